#include "runtime/codecs/gsm.h"

#include <array>
#include <cstdint>

#include "runtime/codecs/pairs.h"
#include "runtime/value/utf8.h"

namespace tollgate {
namespace {

constexpr uint8_t kEscape = 0x1b;
constexpr char kReturn = '\r';

// The default alphabet, by septet; the escape itself stands for nothing.
constexpr std::array<uint16_t, 128> kDefault = {
    0x40,  0xa3,  0x24,  0xa5,  0xe8,  0xe9,  0xf9,  0xec,  0xf2,  0xc7,  0x0a,  0xd8,  0xf8,  0x0d,  0xc5,  0xe5,
    0x394, 0x5f,  0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, 0,     0xc6,  0xe6,  0xdf,  0xc9,
    0x20,  0x21,  0x22,  0x23,  0xa4,  0x25,  0x26,  0x27,  0x28,  0x29,  0x2a,  0x2b,  0x2c,  0x2d,  0x2e,  0x2f,
    0x30,  0x31,  0x32,  0x33,  0x34,  0x35,  0x36,  0x37,  0x38,  0x39,  0x3a,  0x3b,  0x3c,  0x3d,  0x3e,  0x3f,
    0xa1,  0x41,  0x42,  0x43,  0x44,  0x45,  0x46,  0x47,  0x48,  0x49,  0x4a,  0x4b,  0x4c,  0x4d,  0x4e,  0x4f,
    0x50,  0x51,  0x52,  0x53,  0x54,  0x55,  0x56,  0x57,  0x58,  0x59,  0x5a,  0xc4,  0xd6,  0xd1,  0xdc,  0xa7,
    0xbf,  0x61,  0x62,  0x63,  0x64,  0x65,  0x66,  0x67,  0x68,  0x69,  0x6a,  0x6b,  0x6c,  0x6d,  0x6e,  0x6f,
    0x70,  0x71,  0x72,  0x73,  0x74,  0x75,  0x76,  0x77,  0x78,  0x79,  0x7a,  0xe4,  0xf6,  0xf1,  0xfc,  0xe0};

struct Extended {
  uint8_t septet;
  uint16_t character;
};
constexpr Extended kExtension[] = {{0x0a, 0x0c}, {0x14, 0x5e}, {0x28, 0x7b}, {0x29, 0x7d}, {0x2f, 0x5c},
                                   {0x3c, 0x5b}, {0x3d, 0x7e}, {0x3e, 0x5d}, {0x40, 0x7c}, {0x65, 0x20ac}};

bool append_character(uint32_t character, std::string& out) {
  for (size_t i = 0; i < kDefault.size(); ++i) {
    if (kDefault[i] != character || i == kEscape) continue;
    out += static_cast<char>(i);
    return true;
  }
  for (const Extended& e : kExtension) {
    if (e.character != character) continue;
    out += static_cast<char>(kEscape);
    out += static_cast<char>(e.septet);
    return true;
  }
  return false;
}

constexpr size_t kOneGsm = 160, kPartGsm = 153, kOneUtf16 = 70, kPartUtf16 = 67;

// Parts when units of one or two, given by `widths`, fill parts of `part`.
template <class Widths>
size_t parts(const Widths& widths, size_t one, size_t part) {
  size_t all = 0, parts = 1, used = 0;
  for (size_t width : widths) {
    all += width;
    if (used + width > part) ++parts, used = 0;
    used += width;
  }
  return all <= one ? 1 : parts;
}

}  // namespace

std::optional<std::string> septets_of(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    const CodePoint c = first_character(utf8);
    if (!c.valid || !append_character(c.value, out)) return std::nullopt;
    utf8.remove_prefix(c.size);
  }
  return out;
}

std::optional<std::string> text_of_septets(std::string_view septets) {
  std::string out;
  for (size_t i = 0; i < septets.size(); ++i) {
    const auto septet = static_cast<uint8_t>(septets[i]);
    if (septet > 127) return std::nullopt;
    if (septet != kEscape) {
      append_utf8(kDefault[septet], out);
      continue;
    }
    if (++i == septets.size()) return std::nullopt;
    const Extended* found = nullptr;
    for (const Extended& e : kExtension)
      if (e.septet == static_cast<uint8_t>(septets[i])) found = &e;
    if (found == nullptr) return std::nullopt;
    append_utf8(found->character, out);
  }
  return out;
}

std::string pack_septets(std::string_view septets) {
  std::string out;
  uint32_t pending = 0;
  int bits = 0;
  for (char septet : septets) {
    pending |= static_cast<uint32_t>(septet & 0x7f) << bits;
    bits += 7;
    if (bits < 8) continue;
    out += static_cast<char>(pending);
    pending >>= 8;
    bits -= 8;
  }
  if (bits > 0) out += static_cast<char>(pending);
  return out;
}

std::string unpack_septets(std::string_view octets, size_t count) {
  std::string out;
  uint32_t pending = 0;
  int bits = 0;
  for (char octet : octets) {
    pending |= static_cast<uint32_t>(static_cast<uint8_t>(octet)) << bits;
    for (bits += 8; bits >= 7 && out.size() < count; bits -= 7, pending >>= 7) out += static_cast<char>(pending & 0x7f);
  }
  return out;
}

size_t sms_parts_of(std::string_view utf8) {
  std::string widths;
  bool gsm = true;
  for (std::string_view rest = utf8; !rest.empty();) {
    const CodePoint c = first_character(rest);
    std::string one;
    gsm = gsm && c.valid && append_character(c.value, one);
    widths += static_cast<char>(one.size());
    rest.remove_prefix(c.size);
  }
  if (gsm) return parts(widths, kOneGsm, kPartGsm);
  widths.clear();
  for (std::string_view rest = utf8; !rest.empty();) {
    const CodePoint c = first_character(rest);
    widths += static_cast<char>(c.value > 0xffff ? 2 : 1);
    rest.remove_prefix(c.size);
  }
  return parts(widths, kOneUtf16, kPartUtf16);
}

// Packed septets do not say how many they are: when seven bits are left over they are either padding or an @, which is septet 0. As TS
// 23.038 6.1.2.3.1 has it for USSD, padding of seven bits is a carriage return; and a text that ends in one at that place gets a second.
TG_ENCODE(gsm7) {
  auto septets = septets_of(in);
  if (!septets) return false;
  const size_t n = septets->size();
  if (n % 8 == 1 && n > 1 && septets->ends_with("\r\r")) return false;  // would be read as padding
  if (n % 8 == 7 || (n % 8 == 0 && n > 0 && septets->back() == kReturn)) *septets += kReturn;
  out += pack_septets(*septets);
  return true;
}

TG_DECODE(gsm7) {
  const size_t count = in.size() * 8 / 7;
  std::string septets = unpack_septets(in, count);
  if (pack_septets(septets) != in) return false;
  const size_t n = septets.size();
  if (n % 8 == 0 && n > 0 && septets.back() == kReturn) septets.pop_back();
  else if (n % 8 == 1 && n > 1 && septets.back() == kReturn && septets[n - 2] == kReturn) septets.pop_back();
  const auto text = text_of_septets(septets);
  if (text) out += *text;
  return text.has_value();
}

TG_ENCODE(gsm8) {
  const auto septets = septets_of(in);
  if (septets) out += *septets;
  return septets.has_value();
}

TG_DECODE(gsm8) {
  const auto text = text_of_septets(in);
  if (text) out += *text;
  return text.has_value();
}

}  // namespace tollgate
