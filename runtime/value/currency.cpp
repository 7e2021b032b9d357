#include "runtime/value/currency.h"

#include <algorithm>
#include <iterator>

#include "runtime/value/value.h"

namespace tollgate {
namespace {

constexpr Currency kCurrencies[] = {
#define TG_CURRENCY(code, numeric, exponent, name) {#code, numeric, exponent, name},
#include "runtime/value/currency.def"
#undef TG_CURRENCY
};

}  // namespace

std::span<const Currency> currencies() { return kCurrencies; }

const Currency* find_currency(std::string_view code) {
  const auto* row = std::lower_bound(std::begin(kCurrencies), std::end(kCurrencies), code,
                                     [](const Currency& c, std::string_view wanted) { return c.code < wanted; });
  return row != std::end(kCurrencies) && row->code == code ? row : nullptr;
}

const Currency* find_currency(uint32_t packed) {
  const char code[3] = {static_cast<char>(packed >> 16), static_cast<char>(packed >> 8), static_cast<char>(packed)};
  return find_currency(std::string_view(code, 3));
}

}  // namespace tollgate
