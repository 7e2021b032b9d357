#include "compiler/lower/slice_writer.h"

#include <string>

#include "runtime/catalog/builtins.h"

namespace tollgate {

SliceWriter::SliceWriter(Lowering& lowering, SliceKind kind, Slice::FrameOf frame, Index owner) : lowering_(lowering) {
  slice_.kind = kind;
  slice_.frame = frame;
  slice_.owner = owner;
}

void SliceWriter::emit(Instruction instruction) { code_.push_back(instruction.word); }

Register SliceWriter::reserve() {
  uint32_t r = top_++;
  if (top_ > used_) used_ = top_;
  return static_cast<Register>(r < static_cast<uint32_t>(kRegistersMax) ? r : 0);  // too many: refused in finish()
}

void SliceWriter::place(const Span& span) { places_.push_back(lowering_.place(here(), span)); }

void SliceWriter::compute_let(uint32_t index) {
  Register r = reserve();
  compute((*lets_)[index].value, r);
  let_registers_[index] = r;
}

void SliceWriter::compute_keep(uint32_t index, const hir::Expr& value) {
  uint32_t mark = top_;
  Register r = compute(value);
  emit(Instruction::ai(Op::keep, r, index));
  top_ = mark;
}

void SliceWriter::add_header(std::string_view name, const hir::Expr& value) {
  uint32_t mark = top_;
  Register r = compute(value);
  emit(Instruction::ai(Op::header, r, lowering_.intern.constant_text(name)));
  top_ = mark;
}

void SliceWriter::add_query(std::string_view name, const hir::Expr& value) {
  uint32_t mark = top_;
  Register r = compute(value);
  emit(Instruction::ai(Op::query, r, lowering_.intern.constant_text(name)));
  top_ = mark;
}

void SliceWriter::expect_true(const hir::Expr& condition) {
  uint32_t mark = top_;
  Register r = compute(condition);
  place(condition.span);
  emit(Instruction::ai(Op::expect_true, r, 0));
  top_ = mark;
}

std::vector<uint32_t> SliceWriter::find_equal_holes(const hir::Shape& shape) {
  std::vector<uint32_t> jumps;
  for (uint32_t i = 0; i < shape.holes.size(); ++i) {
    const hir::Hole& from = shape.holes[i];
    if (!from.finds) continue;
    hir::Expr hole;
    hole.kind = hir::ExprKind::hole;
    hole.index = i;
    hole.type = from.type;
    hole.span = from.span;
    const Kind kinds[] = {from.type.kind, from.type.kind};
    const BuiltinRow* row = find_operation("equal", kinds);
    TG_CHECK(row != nullptr, "a reference that cannot be compared");
    hir::Expr same;
    same.kind = hir::ExprKind::call;
    same.index = row->id;
    same.span = from.span;
    same.operands = {std::move(hole), from.value};
    jumps.push_back(jump_if_false(same));
  }
  return jumps;
}

void SliceWriter::expect_equal_holes(const hir::Shape& shape, uint32_t first_hole) {
  for (uint32_t i = 0; i < shape.holes.size(); ++i) {
    if (!shape.holes[i].equal || shape.holes[i].finds) continue;
    uint32_t mark = top_;
    Register found = reserve();
    place(shape.holes[i].span);
    emit(Instruction::ai(Op::hole, found, first_hole + i));
    Register wanted = compute(shape.holes[i].value);
    emit(Instruction::abc(Op::expect_equal, found, wanted));
    top_ = mark;
  }
}

uint32_t SliceWriter::jump_if_false(const hir::Expr& condition) {
  uint32_t mark = top_;
  Register r = compute(condition);
  top_ = mark;
  emit(Instruction::ai(Op::jump_false, r, 0));
  return here() - 1;
}

void SliceWriter::land(uint32_t jump) {
  Instruction old{code_[jump]};
  code_[jump] = Instruction::ai(old.op(), old.a(), here() - jump - 1).word;
}

Index SliceWriter::end(const hir::Target& target) {
  place(target.span);
  return end(lower_target(target));
}

Index SliceWriter::end(Target target) {
  lowering_.module.targets.push_back(std::move(target));
  Index index = static_cast<Index>(lowering_.module.targets.size() - 1);
  emit(Instruction::ai(Op::end, 0, index));
  return index;
}

Index SliceWriter::finish(const Span& span) {
  if (used_ > static_cast<uint32_t>(kRegistersMax) || code_.size() > kImmediateMax) {
    lowering_.sink.report(Diag::slice_too_large, span)
        .arg("registers", std::to_string(used_))
        .arg("limit", std::to_string(kRegistersMax))
        .label("too many values at once")
        .help(Grade::example, "split the message into fewer fields, or the procedure into steps");
    used_ = kRegistersMax;
  }
  Module& module = lowering_.module;
  slice_.begin = static_cast<uint32_t>(module.code.size());
  slice_.end = slice_.begin + static_cast<uint32_t>(code_.size());
  slice_.registers = static_cast<uint8_t>(used_);
  module.code.insert(module.code.end(), code_.begin(), code_.end());
  for (Place& p : places_) {
    p.pc += slice_.begin;
    if (module.debug.places.empty() || module.debug.places.back().pc != p.pc) module.debug.places.push_back(p);
  }
  module.slices.push_back(slice_);
  return static_cast<Index>(module.slices.size() - 1);
}

}  // namespace tollgate
