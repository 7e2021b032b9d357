// Targets: their expressions are computed into registers, the rest is data.
#include "compiler/lower/sends.h"
#include "runtime/bytecode/format.h"

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
  to.at_most = from.at_most;
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
  if (from.answer) build_answer(*from.answer, to);
  to.renewal = optional(from.renewal);
  for (const auto& [value, expr] : from.remembered) to.remembered.push_back({value, compute(expr)});
  if (!from.spent.empty()) {
    Target spent = lower_target(from.spent.front());
    to.spent = static_cast<Index>(lowering_.module.targets.size());
    lowering_.module.targets.push_back(std::move(spent));
  }
  return to;
}

void SliceWriter::build_answer(const hir::BuiltAnswer& from, Target& to) {
  to.answer_status = from.status;
  if (!from.body) return;
  to.answer = reserve();
  build(lowering_.shape(*from.body), kept_holes(*from.body), to.answer);
  to.answer_type = lowering_.text(content_type_of(from.body->root));
}

void SliceWriter::need(const hir::Need& need) {
  std::vector<uint32_t> jumps;
  for (const hir::Expr& condition : need.conditions) jumps.push_back(jump_if_false(condition));
  for (uint32_t let : need.lets) {  // there: past the jump to the end
    const Register r = let_registers_[let];
    emit(Instruction::ai(Op::jump_present, r, 1));
    emit(Instruction::ai(Op::jump, 0, 0));
    jumps.push_back(here() - 1);
  }
  if (jumps.empty()) return;
  emit(Instruction::ai(Op::jump, 0, 0));
  const uint32_t on = here() - 1;
  for (uint32_t jump : jumps) land(jump);
  const uint32_t mark = top_;
  end(need.otherwise);
  top_ = mark;
  land(on);
}

Register SliceWriter::absent() {
  const Register r = reserve();
  emit(Instruction::ai(Op::absent, r, 0));
  return r;
}

void SliceWriter::show(bool url, const hir::Expr& value) {
  const uint32_t mark = top_;
  emit(Instruction::ai(Op::show, compute(value), url ? 0 : 1));
  top_ = mark;
}

Proof SliceWriter::lower_proof(const hir::Proof& from) {
  Proof to;
  to.kind = from.kind;
  to.index = from.index;
  for (const hir::Expr& argument : from.arguments) to.arguments.push_back(compute(argument));
  to.within_ms = from.within_ms;
  to.because = lowering_.text(from.grounds.because);
  if (from.kind == ProofKind::input) to.name = lowering_.text(from.name);
  return to;
}

}  // namespace tollgate
