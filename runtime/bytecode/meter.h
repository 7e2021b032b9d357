// The meter: what the VM counts and what is computed ahead, by the same formulas. Prices of operations are in opcodes.def, of builtins in builtins.def.
#pragma once

#include <cstdint>

#include "runtime/catalog/builtins.h"
#include "runtime/value/value.h"

namespace tollgate {

constexpr uint64_t kSliceFuel = 1'000'000;   // no slice may take more units, whatever it is stated to cost
constexpr uint64_t kBuildCost = 8;           // of any message
constexpr uint64_t kBytesPerUnit = 16;       // … and one unit for so many bytes of it, or of a text that is joined

constexpr uint64_t build_units(uint64_t bytes) { return kBuildCost + bytes / kBytesPerUnit; }
constexpr uint64_t join_units(uint64_t bytes) { return bytes / kBytesPerUnit; }

// Memory that a call takes for a result of that weight: its bytes, and for a list or pairs the elements beside them, each of which weighs one.
constexpr uint64_t call_memory(const BuiltinRow& row, uint64_t weight) {
  const bool elements = row.result == Kind::list || row.result == Kind::pairs;
  return elements ? weight * (1 + sizeof(Value)) : weight;
}

}  // namespace tollgate
