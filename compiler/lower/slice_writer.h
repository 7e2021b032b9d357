// SliceWriter: the code of one slice. Registers are a stack: an expression is computed into a register that its caller chose, its temporaries lie
// above and are given back. Windows of calls are consecutive by construction.
#pragma once

#include <vector>

#include "compiler/lower/lowering.h"
#include "runtime/bytecode/instruction.h"

namespace tollgate {

class SliceWriter {
 public:
  SliceWriter(Lowering& lowering, SliceKind kind, Slice::FrameOf frame, Index owner);

  // The next free register, kept until the slice ends.
  Register reserve();

  // Makes expressions of kind `let` read registers: lets are computed where they stand, once.
  void use_lets(const std::vector<hir::Let>& lets) { lets_ = &lets; let_registers_.assign(lets.size(), kNoRegister); }
  void compute_let(uint32_t index);
  void compute_keep(uint32_t index, const hir::Expr& value);

  void compute(const hir::Expr& expr, Register into);
  Register compute(const hir::Expr& expr);  // into a fresh register
  void build(Index shape, const std::vector<const hir::Expr*>& holes, Register into);
  // The arm's `==` holes, in order: loads each, computes what it must equal, asserts.
  void expect_equal_holes(const hir::Shape& shape, uint32_t first_hole);
  // The `==` holes of a row by which ours is known: a jump for each, taken when they are not equal.
  std::vector<uint32_t> find_equal_holes(const hir::Shape& shape);
  void add_header(std::string_view name, const hir::Expr& value);
  void add_query(std::string_view name, const hir::Expr& value);
  // A message for which it does not hold is refused.
  void expect_true(const hir::Expr& condition);

  void send(Index exchange) { emit(Instruction::ai(Op::send, 0, exchange)); }
  // Ends the slice in a target; its expressions are computed first.
  Index end(const hir::Target& target);
  Index end(Target target);
  // Until `land`, the code that follows runs only if `condition` holds.
  uint32_t jump_if_false(const hir::Expr& condition);
  void land(uint32_t jump);

  // Closes the slice and gives its index. Too many registers or instructions are a diagnostic at `span`.
  Index finish(const Span& span);

 private:
  void emit(Instruction instruction);
  uint32_t here() const { return static_cast<uint32_t>(code_.size()); }
  void place(const Span& span);
  void compute_call(uint32_t builtin, const std::vector<const hir::Expr*>& operands, Register into, bool each);
  void compute_join(const hir::Expr& expr, Register into);
  void compute_otherwise(const hir::Expr& expr, Register into);
  Target lower_target(const hir::Target& from);
  Proof lower_proof(const hir::Proof& from);
  Register optional(const std::optional<hir::Expr>& expr) { return expr ? compute(*expr) : kNoRegister; }

  Lowering& lowering_;
  Slice slice_;
  std::vector<uint32_t> code_;
  std::vector<Place> places_;
  const std::vector<hir::Let>* lets_ = nullptr;
  std::vector<Register> let_registers_;
  uint32_t top_ = 0;   // first free register
  uint32_t used_ = 0;  // most ever in use
};

// A target without registers, as a table's row has.
Target plain_target(Lowering& lowering, const hir::Target& from);

}  // namespace tollgate
