// One send with the arms that foresee its answers.
#pragma once

#include "compiler/lower/slice_writer.h"

namespace tollgate {

// Whose frame the slices of this send read.
struct FrameOwner {
  Slice::FrameOf frame = Slice::FrameOf::procedure;
  Index index = kNone;
  std::string_view name;  // for promises: "charge"
};

// Computes path, query, headers and body in `slice`, sends, and gives the exchange's index. The slice is finished by the caller.
Index lower_send(Lowering& lowering, SliceWriter& slice, const hir::Send& send, FrameOwner owner);
// Arms of an exchange or a callback, each with its slice and target.
std::vector<Arm> lower_arms(Lowering& lowering, const std::vector<hir::Arm>& arms, FrameOwner owner);
// What a target promises on the carrier's behalf, for the audit.
void note_promises(Lowering& lowering, const hir::Arm& arm, std::string_view owner);

}  // namespace tollgate
