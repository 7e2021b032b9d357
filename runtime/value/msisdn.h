// Msisdn: a user's number. Kept as its E.164 digits without plus; leaves only in a stated form.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate {

constexpr size_t kMsisdnDigitsMin = 7;
constexpr size_t kMsisdnDigitsMax = 15;

enum class MsisdnForm {
  digits,    // 256770000001
  plus,      // +256770000001
  tel,       // tel:+256770000001 (RFC 3966, global number, no parameters)
  national,  // 770000001: without country code and trunk prefix
};

// 7 to 15 digits, the first not zero: no country code begins with one.
bool is_msisdn(std::string_view digits);
// The digits of `text` in exactly that form; a view into `text`. Nullopt for anything else, blanks and separators included.
// `national` never parses: the country is not in it.
std::optional<std::string_view> parse_msisdn(std::string_view text, MsisdnForm form);
// `digits` must satisfy is_msisdn.
std::string format_msisdn(std::string_view digits, MsisdnForm form);
// The E.164 country code at the front of `digits`: one to three digits. Codes are prefix-free by design, so unassigned ones split too.
std::string_view country_code(std::string_view digits);

}  // namespace tollgate
