// Text from outside becomes values of the model: a merchant's arguments and an operator's settings. Strict, and every refusal says what to write instead.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/bytecode/module.h"

namespace tollgate {

using Named = std::vector<std::pair<std::string, std::string>>;

struct Arguments {
  std::span<Value> values;   // by Procedure::arguments; in the arena
  Value amount;              // money at the market's decimals, or missing
};

// Errors: argument_missing, argument_unknown, argument_invalid, currency_missing, currency_wrong.
// Money is "UGX 5000", "5000 UGX", or "5000" with the currency in "<name>.currency" or "currency".
Result<Arguments> convert_arguments(const Module& module, const Procedure& procedure, const Named& given, Arena& arena);

// One value of `type` from text; the text must outlive it. `name` is for the error.
Result<Value> convert_text(const Module& module, const Type& type, std::string_view name, std::string_view text, Arena& arena);

// "+256 XXX XXX XXX | +256 XX XXXX": whether `digits` (without plus) fits one of the alternatives; an empty picture fits all.
bool fits_picture(std::string_view picture, std::string_view digits);

}  // namespace tollgate
