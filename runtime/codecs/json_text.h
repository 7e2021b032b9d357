// JSON as characters, for what is signed: nothing is parsed into numbers and written again, so every digit and escape stays as it came.
// RFC 8259, at most 32 levels; an object with two members of one name is refused, since two readers would read it differently.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tollgate {

// Without the blanks between tokens. Nullopt for what is no JSON.
std::optional<std::string> minified_json(std::string_view text);

using TextPairs = std::vector<std::pair<std::string, std::string>>;

constexpr size_t kFlatBytesMax = 1024 * 1024;   // names and values of one flat object

// The members of an object in order: inner ones as "a.b", elements as "a.0"; strings without their escapes, null as "". Nullopt unless the
// text is a JSON object, and one whose flat form is not larger than kFlatBytesMax.
std::optional<TextPairs> flat_json(std::string_view text);

// The fields of application/x-www-form-urlencoded, or of a query. Nullopt when an escape is broken or a field is not UTF-8.
std::optional<TextPairs> flat_form(std::string_view text);

}  // namespace tollgate
