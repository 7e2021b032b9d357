// Decimals written like "1.234,56": which character separates groups of three digits, which is the point, how many digits follow it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/value/decimal.h"

namespace tollgate {

struct DecimalPicture {
  char group = 0;         // 0: digits are not grouped
  char point = 0;         // 0: no digits after the point
  uint8_t decimals = 0;
};

// "1234", "1234.56", "1,234.56", "1.234,56", "1 234,5", "1'234". Nothing for any other text.
std::optional<DecimalPicture> parse_decimal_picture(std::string_view text);
// A text written like the picture; digits may be grouped or not, and fewer or more may follow the point.
std::optional<Decimal> parse_decimal_like(std::string_view text, const DecimalPicture& picture);
// Nothing if the value has more digits after the point than the picture.
std::optional<std::string> decimal_like(Decimal value, const DecimalPicture& picture);

}  // namespace tollgate
