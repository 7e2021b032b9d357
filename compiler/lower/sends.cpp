#include "compiler/lower/sends.h"

#include <algorithm>

#include "runtime/bytecode/format.h"

namespace tollgate {
namespace {

bool names_content_type(const hir::Send& send) {
  return std::any_of(send.headers.begin(), send.headers.end(), [](const hir::Header& h) {
    std::string lower = h.name;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower == "content-type";
  });
}

Index lower_auth(Lowering& lowering, const hir::Auth& auth, const Span& span) {
  if (auth.headers.empty() && auth.query.empty()) return kNone;
  SliceWriter slice(lowering, SliceKind::auth, Slice::FrameOf::auth, kNone);
  slice.use_lets(auth.lets);
  for (uint32_t i = 0; i < auth.lets.size(); ++i) slice.compute_let(i);
  for (const hir::QueryItem& item : auth.query) slice.add_query(item.name, item.value);  // first: a signature in a header covers them
  for (const hir::Header& header : auth.headers) slice.add_header(header.name, header.value);
  Target done;
  done.kind = TargetKind::nothing;
  slice.end(done);
  return slice.finish(span);
}

// A reply's arm: what must be equal is compared, guards hold, then the target.
Arm lower_arm(Lowering& lowering, const hir::Arm& from, FrameOwner owner) {
  Arm to;
  to.head = from.head;
  to.reads = from.reads;
  to.statuses = from.statuses;
  to.repeat = from.repeat;
  to.first_only = from.first_only;
  to.cites = lowering.text(from.grounds.cites);
  if (!from.doc.empty()) {
    to.doc = static_cast<Index>(lowering.module.debug.docs.size());
    lowering.module.debug.docs.push_back(from.doc);
  }
  uint32_t holes = 0;
  if (from.shape) {
    to.shape = lowering.shape(*from.shape);
    holes = static_cast<uint32_t>(from.shape->holes.size());
  }
  SliceWriter slice(lowering, SliceKind::arm, owner.frame, owner.index);
  std::vector<uint32_t> others;  // the row is another charge's
  if (from.shape) others = slice.find_equal_holes(*from.shape);
  if (from.shape) slice.expect_equal_holes(*from.shape, 0);
  for (const hir::HeaderPattern& header : from.headers) {
    to.headers.push_back({lowering.intern.text(header.name), lowering.shape(header.shape), header.optional});
    slice.expect_equal_holes(header.shape, holes);
    holes += static_cast<uint32_t>(header.shape.holes.size());
  }
  std::vector<uint32_t> jumps;
  for (const hir::Expr& guard : from.guard) jumps.push_back(slice.jump_if_false(guard));
  to.target = slice.end(from.target);
  if (!jumps.empty()) {
    for (uint32_t jump : jumps) slice.land(jump);
    Target otherwise;  // the guard refused: nothing is known
    const bool nothing = owner.frame == Slice::FrameOf::enquiry && from.reads == ArmReads::whole;  // of a row that is ours, something is known
    otherwise.kind = nothing ? TargetKind::nothing : TargetKind::in_doubt;
    slice.end(otherwise);
  }
  if (!others.empty()) {
    for (uint32_t jump : others) slice.land(jump);
    Target other;
    other.kind = TargetKind::nothing;
    slice.end(other);
  }
  to.slice = slice.finish(from.span);
  return to;
}

Once lower_once(Lowering& lowering, const hir::Once& from, FrameOwner owner) {
  lowering.promise(PromiseKind::once_per, owner.name, from.grounds);
  return Once{from.keep, from.window_ms, from.repeat_statuses.empty() ? uint16_t{0} : from.repeat_statuses.front(), from.original,
              lowering.text(from.grounds.cites)};
}

}  // namespace

void note_promises(Lowering& lowering, const hir::Arm& arm, std::string_view owner) {
  const hir::Target& target = arm.target;
  hir::Grounds grounds = target.grounds;
  if (grounds.cites.empty()) grounds.cites = arm.grounds.cites;  // written above the arm
  bool definite = target.kind == TargetKind::decline || target.kind == TargetKind::fail;
  if (target.kind == TargetKind::absent) lowering.promise(PromiseKind::absent, owner, grounds);
  if (target.kind == TargetKind::succeed && target.asked) lowering.promise(PromiseKind::asked_amount, owner, grounds);
  if (target.kind == TargetKind::renew && !grounds.cites.empty())
    lowering.promise(PromiseKind::unauthorized_before_processing, owner, grounds);
  if (definite && !arm.shape && !grounds.cites.empty()) lowering.promise(PromiseKind::definite_by_status, owner, grounds);
}

std::vector<Arm> lower_arms(Lowering& lowering, const std::vector<hir::Arm>& arms, FrameOwner owner) {
  std::vector<Arm> lowered;
  for (const hir::Arm& arm : arms) {
    lowered.push_back(lower_arm(lowering, arm, owner));
    note_promises(lowering, arm, owner.name);
  }
  return lowered;
}

Index lower_send(Lowering& lowering, SliceWriter& slice, const hir::Send& send, FrameOwner owner) {
  Exchange exchange;
  exchange.link = send.link;
  exchange.method = lowering.intern.text(send.method);
  exchange.path_shape = lowering.shape(send.path);
  exchange.path = slice.reserve();
  slice.build(exchange.path_shape, kept_holes(send.path), exchange.path);
  if (send.query) {
    exchange.query_shape = lowering.shape(*send.query);
    exchange.query = slice.reserve();
    slice.build(exchange.query_shape, kept_holes(*send.query), exchange.query);
  }
  for (const hir::Header& header : send.headers) {
    std::vector<const hir::Expr*> holes;
    BuiltHeader built{lowering.intern.text(header.name), lowering.text_shape(header.value, holes), slice.reserve()};
    slice.build(built.shape, holes, built.value);
    exchange.headers.push_back(built);
  }
  if (send.body) {
    exchange.body_shape = lowering.shape(*send.body);
    exchange.body = slice.reserve();
    slice.build(exchange.body_shape, kept_holes(*send.body), exchange.body);
    if (!names_content_type(send)) exchange.content_type = lowering.intern.text(content_type_of(send.body->root));
  }
  exchange.auth = lower_auth(lowering, send.auth, send.span);
  exchange.sessions = send.auth.sessions;
  for (const hir::Exposure& exposure : send.auth.exposes) lowering.promise(PromiseKind::exposes, owner.name, exposure.grounds);
  exchange.moves_money = send.moves_money;
  if (send.once) {
    exchange.has_once = true;
    exchange.once = lower_once(lowering, *send.once, owner);
  }
  if (send.priced) {  // listed with the amounts that are believed to be those asked
    hir::Grounds grounds = send.priced->grounds;
    grounds.because = "priced by " + send.priced->value.origin + ": " + grounds.because;
    lowering.promise(PromiseKind::asked_amount, owner.name, grounds);
  }
  exchange.arms = lower_arms(lowering, send.arms, owner);
  lowering.module.exchanges.push_back(std::move(exchange));
  Index index = static_cast<Index>(lowering.module.exchanges.size() - 1);
  slice.send(index);
  return index;
}

}  // namespace tollgate
