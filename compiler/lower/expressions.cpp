// Expressions: each ends in the register that was asked for.
#include "compiler/lower/slice_writer.h"
#include "runtime/catalog/builtins.h"

namespace tollgate {

using hir::Expr;
using hir::ExprKind;

namespace {

// Forms of an element are computed for all of them at once.
bool of_element(const Expr& expr) { return expr.kind == ExprKind::element || (expr.kind == ExprKind::call && !expr.operands.empty() && of_element(expr.operands[0])); }

}  // namespace

Register SliceWriter::compute(const Expr& expr) {
  Register r = reserve();
  compute(expr, r);
  return r;
}

void SliceWriter::compute(const Expr& expr, Register into) {
  uint32_t mark = top_;
  place(expr.span);
  auto load = [&](Op op) { emit(Instruction::ai(op, into, expr.index)); };
  switch (expr.kind) {
    case ExprKind::poison: TG_CHECK(false, "an expression with a reported error reached lowering");
    case ExprKind::constant: emit(Instruction::ai(Op::constant, into, lowering_.constant(expr.constant))); break;
    case ExprKind::argument: load(Op::argument); break;
    case ExprKind::kept: load(Op::kept); break;
    case ExprKind::parameter: load(Op::parameter); break;
    case ExprKind::setting: load(Op::setting); break;
    case ExprKind::market: load(Op::market); break;
    case ExprKind::session: load(Op::session); break;
    case ExprKind::hole: load(Op::hole); break;
    case ExprKind::request: load(Op::request); break;
    case ExprKind::let:
      if (let_registers_[expr.index] == kNoRegister) compute((*lets_)[expr.index].value, into);
      else emit(Instruction::abc(Op::move, into, let_registers_[expr.index]));
      break;
    case ExprKind::element: compute(expr.operands[0], into); break;  // the whole list: its rounds are the builder's
    case ExprKind::call: {
      std::vector<const Expr*> operands;
      for (const Expr& operand : expr.operands) operands.push_back(&operand);
      compute_call(expr.index, operands, into, !operands.empty() && of_element(*operands[0]));
      break;
    }
    case ExprKind::join: compute_join(expr, into); break;
    case ExprKind::host:
      slice_.impure = true;
      emit(Instruction::abc(Op::read_host, into, static_cast<uint8_t>(expr.index), static_cast<uint8_t>(expr.number)));
      break;
    case ExprKind::url_of:
      compute(expr.operands[0], into);
      emit(Instruction::ai(Op::mint_url, into, expr.index));
      break;
    case ExprKind::bearer_of:
      compute(expr.operands[0], into);
      emit(Instruction::ai(Op::mint_bearer, into, expr.index));
      break;
    case ExprKind::shape: build(lowering_.shape(*expr.shape), kept_holes(*expr.shape), into); break;
    case ExprKind::otherwise: compute_otherwise(expr, into); break;
    case ExprKind::required:
      compute(expr.operands[0], into);
      emit(Instruction::abc(Op::expect_present, into));
      break;
  }
  top_ = mark;
}

void SliceWriter::compute_call(uint32_t id, const std::vector<const Expr*>& operands, Register into, bool each) {
  Register window = reserve();
  std::vector<Register> registers;
  for (size_t i = 0; i < operands.size(); ++i) registers.push_back(reserve());
  for (size_t i = 0; i < operands.size(); ++i) compute(*operands[i], registers[i]);
  // Trailing optional parameters that were not given are missing values.
  const BuiltinRow* row = builtin(id);
  for (size_t i = operands.size(); i < row->parameter_count; ++i) emit(Instruction::ai(Op::absent, reserve(), 0));
  emit(Instruction::ai(each ? Op::call_each : Op::call, window, id));
  emit(Instruction::abc(Op::move, into, window));
}

void SliceWriter::compute_join(const Expr& expr, Register into) {
  Register window = reserve();
  std::vector<Register> registers;
  for (size_t i = 0; i < expr.operands.size(); ++i) registers.push_back(reserve());
  for (size_t i = 0; i < expr.operands.size(); ++i) compute(expr.operands[i], registers[i]);
  emit(Instruction::abc(Op::join, window, static_cast<uint8_t>(expr.operands.size())));
  emit(Instruction::abc(Op::move, into, window));
}

void SliceWriter::compute_otherwise(const Expr& expr, Register into) {
  compute(expr.operands[0], into);
  emit(Instruction::ai(Op::jump_present, into, 0));
  uint32_t jump = here() - 1;
  compute(expr.operands[1], into);
  land(jump);
}

void SliceWriter::build(Index shape, const std::vector<const Expr*>& holes, Register into) {
  uint32_t mark = top_;
  Register window = reserve();
  std::vector<Register> registers;
  for (size_t i = 0; i < holes.size(); ++i) registers.push_back(reserve());
  for (size_t i = 0; i < holes.size(); ++i) compute(*holes[i], registers[i]);
  emit(Instruction::ai(Op::build, window, shape));
  emit(Instruction::abc(Op::move, into, window));
  top_ = mark;
}

}  // namespace tollgate
