#include "runtime/value/uuid.h"

namespace tollgate {
namespace {

constexpr size_t kLength = 36;

bool dash_at(size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

}  // namespace

std::optional<std::string> parse_uuid(std::string_view text) {
  if (text.size() != kLength) return std::nullopt;
  std::string out(text);
  for (size_t i = 0; i < kLength; ++i) {
    char& c = out[i];
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash_at(i) ? c != '-' : !hex) return std::nullopt;
  }
  return out;
}

bool is_uuid(std::string_view text) {
  auto parsed = parse_uuid(text);
  return parsed && *parsed == text;
}

std::string make_uuid(std::array<uint8_t, 16> random) {
  random[6] = static_cast<uint8_t>((random[6] & 0x0f) | 0x40);
  random[8] = static_cast<uint8_t>((random[8] & 0x3f) | 0x80);
  std::string out;
  out.reserve(kLength);
  for (uint8_t byte : random) {
    if (dash_at(out.size())) out += '-';
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

}  // namespace tollgate
