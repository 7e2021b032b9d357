// One instruction: 32 bits. Format abc: op, a, b, c of 8 bits each from the low end; format ai: op, a, and a 16-bit immediate. The rows
// are runtime/catalog/opcodes.def.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tollgate {

enum class Op : uint8_t {
#define TG_OPCODE(name, format, cost, doc) name,
#include "runtime/catalog/opcodes.def"
#undef TG_OPCODE
};

struct OpRow {
  std::string_view name;
  bool immediate;   // format ai
  uint32_t cost;    // units; 0: the operation adds its own
  std::string_view doc;
};

namespace opcode_format { enum { abc, ai }; }
inline constexpr OpRow kOps[] = {
#define TG_OPCODE(name, format, cost, doc) {#name, opcode_format::format == opcode_format::ai, cost, doc},
#include "runtime/catalog/opcodes.def"
#undef TG_OPCODE
};
constexpr size_t kOpCount = sizeof(kOps) / sizeof(kOps[0]);

constexpr uint32_t kImmediateMax = 0xffff;

struct Instruction {
  uint32_t word = 0;

  static constexpr Instruction abc(Op op, uint8_t a, uint8_t b = 0, uint8_t c = 0) {
    return {static_cast<uint32_t>(op) | uint32_t{a} << 8 | uint32_t{b} << 16 | uint32_t{c} << 24};
  }
  // Precondition: immediate <= kImmediateMax; more is cut.
  static constexpr Instruction ai(Op op, uint8_t a, uint32_t immediate) {
    return {static_cast<uint32_t>(op) | uint32_t{a} << 8 | (immediate & kImmediateMax) << 16};
  }

  constexpr Op op() const { return static_cast<Op>(word & 0xff); }
  constexpr bool known() const { return (word & 0xff) < kOpCount; }
  constexpr uint8_t a() const { return static_cast<uint8_t>(word >> 8); }
  constexpr uint8_t b() const { return static_cast<uint8_t>(word >> 16); }
  constexpr uint8_t c() const { return static_cast<uint8_t>(word >> 24); }
  constexpr uint16_t immediate() const { return static_cast<uint16_t>(word >> 16); }
  constexpr bool jumps() const { return op() == Op::jump || op() == Op::jump_present || op() == Op::jump_false; }
  constexpr bool ends() const { return op() == Op::send || op() == Op::end; }
};
static_assert(sizeof(Instruction) == 4);

}  // namespace tollgate
