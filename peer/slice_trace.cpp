#include "peer/slice_trace.h"

#include <algorithm>
#include <bitset>

#include "runtime/bytecode/instruction.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::peer {
namespace {

constexpr size_t kRegisters = 256;

// Instructions that write their operand a.
bool writes(Op op) {
  switch (op) {
    case Op::keep:
    case Op::header:
    case Op::jump:
    case Op::jump_present:
    case Op::jump_false:
    case Op::expect_equal:
    case Op::expect_present:
    case Op::send:
    case Op::end: return false;
    default: return true;
  }
}

// How many registers after its own an instruction may read.
int window_of(const Module& module, Instruction i) {
  switch (i.op()) {
    case Op::join: return i.b();
    case Op::build: return i.immediate() < module.shapes.size() ? static_cast<int>(module.shapes[i.immediate()].holes.size()) : 0;
    case Op::call_each:
    case Op::call: return builtin(i.immediate()) == nullptr ? 0 : builtin(i.immediate())->parameter_count;
    default: return 0;
  }
}

}  // namespace

std::vector<uint32_t> holes_behind(const Module& module, Index slice, Register reg) {
  std::vector<uint32_t> found;
  if (slice >= module.slices.size() || reg == kNoRegister) return found;
  const Slice& s = module.slices[slice];
  // The first effect ends the path on which everything holds; what jumps behind it leaves that path and never comes back.
  uint32_t end = s.begin;
  const uint32_t all = std::min<uint32_t>(s.end, static_cast<uint32_t>(module.code.size()));
  while (end < all && !Instruction{module.code[end]}.ends()) ++end;
  bool branches = false;
  for (uint32_t pc = s.begin; pc < end; ++pc) {
    Instruction i{module.code[pc]};
    branches = branches || (i.jumps() && pc + 1 + i.immediate() <= end);
  }
  std::bitset<kRegisters> wanted;
  wanted.set(reg);
  for (uint32_t pc = end; pc > s.begin; --pc) {
    Instruction i{module.code[pc - 1]};
    if (!i.known() || !writes(i.op()) || !wanted.test(i.a())) continue;
    if (!branches) wanted.reset(i.a());
    if (i.op() == Op::hole) found.push_back(i.immediate());
    if (i.op() == Op::move) wanted.set(i.b());
    int window = window_of(module, i);
    for (int n = 1; n <= window && i.a() + n < static_cast<int>(kRegisters); ++n) wanted.set(static_cast<size_t>(i.a() + n));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace tollgate::peer
