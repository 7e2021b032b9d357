// Calls a builtin: rows are in runtime/catalog/builtins.def, and each has one function in this room (functions.h). Pure: no clock, no
// chance, no I/O; the same arguments give the same result. Safe from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/base/arena.h"
#include "runtime/catalog/builtins.h"
#include "runtime/value/value.h"

namespace tollgate {

struct BuiltinFault {
  bool out_of_memory = false;  // the arena's ceiling; otherwise the value cannot be built
  std::string_view why;        // one line without values; static
};

// Applies builtin `id` to the `n` values of the window. On success `out` has the row's kind, or is missing where the row says so, and its
// labels follow the row's rule; text in it lives in `arena` or where the arguments' text does. False: `fault` says why. Arguments of kinds
// that the row does not take are a fault too, so that unverified code is harmless.
bool call_builtin(uint32_t id, const Value* window, uint8_t n, Arena& arena, Value& out, BuiltinFault& fault);

// Units of the meter for that call, known before it is made. 1 for an unknown id.
uint64_t builtin_cost(uint32_t id, const Value* window, uint8_t n);

// Whether both have the same bytes; the time depends on the lengths alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace tollgate
