// Exact decimals: coefficient x 10^-scale in 64 bits. Every operation that could overflow or lose value says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate {

struct Decimal {
  int64_t coefficient = 0;
  uint8_t scale = 0;  // 0..kScaleMax
  static constexpr uint8_t kScaleMax = 18;
};

// -?digits(.digits)? without exponent, blanks, plus or grouping; at most 18 significant digits.
std::optional<Decimal> parse_decimal(std::string_view text);
std::string to_text(Decimal d);  // keeps the scale: 1.50 stays "1.50"
// The same value at another scale; nullopt if digits would be lost or it overflows.
std::optional<Decimal> rescale(Decimal d, uint8_t scale);
std::optional<Decimal> add(Decimal a, Decimal b);
std::optional<Decimal> subtract(Decimal a, Decimal b);
std::optional<Decimal> multiply(Decimal a, Decimal b);
int compare(Decimal a, Decimal b);

}  // namespace tollgate
