// Query strings, strictly: unknown and repeated names are mistakes of the caller, and are told.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/result.h"

namespace tollgate {

// "a=1&b=x%20y" by name; every name must be one of `known` (separated by blanks). The Error's message begins with the name in backticks.
Result<std::map<std::string, std::string>> parse_query(std::string_view query, std::string_view known);
// A whole number from 0 to `most`.
std::optional<uint32_t> parse_count(std::string_view text, uint32_t most);
std::optional<int64_t> parse_number(std::string_view text);   // from 0

}  // namespace tollgate
