// Targets: their expressions are computed into registers, the rest is data.
#include "compiler/lower/slice_writer.h"

namespace tollgate {

Target plain_target(Lowering& lowering, const hir::Target& from) {
  Target to;
  to.kind = from.kind;
  to.reason = lowering.text(from.reason);
  to.index = from.index;
  // An amount that the match compared with what was asked is the amount asked.
  to.asked = from.asked || (from.kind == TargetKind::succeed && !from.paid);
  to.within_ms = from.within_ms;
  to.because = lowering.text(from.grounds.because);
  to.cites = lowering.text(from.grounds.cites);
  return to;
}

Target SliceWriter::lower_target(const hir::Target& from) {
  Target to = plain_target(lowering_, from);
  to.carrier_ref = optional(from.carrier_ref);
  to.paid = optional(from.paid);
  to.after = optional(from.after);
  to.key = optional(from.key);
  to.code = optional(from.code);
  to.said = optional(from.said);
  for (const hir::Expr& argument : from.arguments) to.arguments.push_back(compute(argument));
  for (const hir::Proof& proof : from.proofs) to.proofs.push_back(lower_proof(proof));
  return to;
}

Proof SliceWriter::lower_proof(const hir::Proof& from) {
  Proof to;
  to.kind = from.kind;
  to.index = from.index;
  for (const hir::Expr& argument : from.arguments) to.arguments.push_back(compute(argument));
  to.within_ms = from.within_ms;
  to.because = lowering_.text(from.grounds.because);
  return to;
}

}  // namespace tollgate
