// How large the result of a builtin can be, from how large its arguments can be. The compiler and the verifier bound memory and instructions with it
// before anything runs; see runtime/bytecode/cost.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "runtime/catalog/builtins.h"

namespace tollgate {

constexpr uint64_t kWeightMax = uint64_t{1} << 32;  // more than any arena holds: bounds stop here instead of overflowing
constexpr uint64_t kOwnBytes = 64;                  // what a result may have that no argument brought: digits, a sign, padding
constexpr uint64_t kUnpackedBytes = 4 * 1024 * 1024;

// The weight of a value: its bytes if it is text-like, of a list or pairs one for each element and the weights of all. Numbers weigh nothing.
uint64_t weight_of(const Value& value);

// What is known of an argument before it is there.
struct Argued {
  uint64_t weight = 0;
  std::optional<int64_t> number;  // it is this constant
};

// No call of `row` with such arguments gives a value of greater weight. Those that may be left out may be.
uint64_t weight_of_result(const BuiltinRow& row, std::span<const Argued> arguments);

}  // namespace tollgate
