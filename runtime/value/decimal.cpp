#include "runtime/value/decimal.h"

#include <algorithm>
#include <limits>

namespace tollgate {
namespace {

__extension__ using Wide = __int128;

constexpr int kDigitsMax = 18;

Wide power_of_ten(int n) {
  Wide p = 1;
  while (n-- > 0) p *= 10;
  return p;
}

std::optional<Decimal> narrow(Wide coefficient, int scale) {
  if (coefficient > std::numeric_limits<int64_t>::max() || coefficient < std::numeric_limits<int64_t>::min()) return std::nullopt;
  return Decimal{static_cast<int64_t>(coefficient), static_cast<uint8_t>(scale)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  int64_t coefficient = 0;
  int significant = 0, scale = -1;
  bool digit_last = false;
  for (char c : text) {
    if (c == '.') {
      if (scale >= 0 || !digit_last) return std::nullopt;
      scale = 0;
      digit_last = false;
      continue;
    }
    if (!is_digit(c)) return std::nullopt;
    digit_last = true;
    if (significant > 0 || c != '0') ++significant;
    if (significant > kDigitsMax) return std::nullopt;
    if (scale >= 0 && ++scale > Decimal::kScaleMax) return std::nullopt;
    coefficient = coefficient * 10 + (c - '0');
  }
  if (!digit_last) return std::nullopt;
  return Decimal{negative ? -coefficient : coefficient, static_cast<uint8_t>(std::max(scale, 0))};
}

std::string to_text(Decimal d) {
  const bool negative = d.coefficient < 0;
  uint64_t magnitude = negative ? 0 - static_cast<uint64_t>(d.coefficient) : static_cast<uint64_t>(d.coefficient);
  std::string digits = std::to_string(magnitude);
  if (d.scale > 0) {
    if (digits.size() <= d.scale) digits.insert(0, d.scale + 1u - digits.size(), '0');
    digits.insert(digits.size() - d.scale, 1, '.');
  }
  return negative ? "-" + digits : digits;
}

std::optional<Decimal> rescale(Decimal d, uint8_t scale) {
  if (scale > Decimal::kScaleMax || d.scale > Decimal::kScaleMax) return std::nullopt;
  if (scale >= d.scale) return narrow(Wide{d.coefficient} * power_of_ten(scale - d.scale), scale);
  const Wide step = power_of_ten(d.scale - scale);
  if (d.coefficient % step != 0) return std::nullopt;
  return narrow(d.coefficient / step, scale);
}

std::optional<Decimal> add(Decimal a, Decimal b) {
  if (a.scale > Decimal::kScaleMax || b.scale > Decimal::kScaleMax) return std::nullopt;
  const int scale = std::max(a.scale, b.scale);
  return narrow(Wide{a.coefficient} * power_of_ten(scale - a.scale) + Wide{b.coefficient} * power_of_ten(scale - b.scale), scale);
}

std::optional<Decimal> subtract(Decimal a, Decimal b) {
  if (a.scale > Decimal::kScaleMax || b.scale > Decimal::kScaleMax) return std::nullopt;
  const int scale = std::max(a.scale, b.scale);
  return narrow(Wide{a.coefficient} * power_of_ten(scale - a.scale) - Wide{b.coefficient} * power_of_ten(scale - b.scale), scale);
}

std::optional<Decimal> multiply(Decimal a, Decimal b) {
  if (a.scale + b.scale > Decimal::kScaleMax) return std::nullopt;
  return narrow(Wide{a.coefficient} * Wide{b.coefficient}, a.scale + b.scale);
}

int compare(Decimal a, Decimal b) {
  const int scale = std::max(a.scale, b.scale);
  const Wide left = Wide{a.coefficient} * power_of_ten(scale - a.scale), right = Wide{b.coefficient} * power_of_ten(scale - b.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

}  // namespace tollgate
