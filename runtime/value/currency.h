// Currencies of ISO 4217 (currency.def). Codes are packed as value.h packs them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tollgate {

struct Currency {
  std::string_view code;   // "UGX"
  uint16_t numeric = 0;    // 800
  uint8_t exponent = 0;    // digits after the point of the minor unit
  std::string_view name;   // "Uganda Shilling"
};

std::span<const Currency> currencies();  // by code
// Null when no such currency is in use.
const Currency* find_currency(std::string_view code);
const Currency* find_currency(uint32_t packed);

}  // namespace tollgate
