// UTF-8 as the standard has it: shortest form, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace tollgate {

// Bytes of the code point at the front of `s`, or 0 if it is not UTF-8.
inline size_t utf8_length(const unsigned char* s, size_t n) {
  auto more = [&](size_t i, unsigned char low = 0x80, unsigned char high = 0xbf) { return i < n && s[i] >= low && s[i] <= high; };
  unsigned char c = s[0];
  if (c < 0x80) return 1;
  if (c >= 0xc2 && c <= 0xdf) return more(1) ? 2 : 0;
  if (c >= 0xe0 && c <= 0xef) {
    unsigned char low = c == 0xe0 ? 0xa0 : 0x80, high = c == 0xed ? 0x9f : 0xbf;
    return more(1, low, high) && more(2) ? 3 : 0;
  }
  if (c >= 0xf0 && c <= 0xf4) {
    unsigned char low = c == 0xf0 ? 0x90 : 0x80, high = c == 0xf4 ? 0x8f : 0xbf;
    return more(1, low, high) && more(2) && more(3) ? 4 : 0;
  }
  return 0;
}

// Where `text` stops being UTF-8, or npos. ASCII goes eight bytes at a time.
inline size_t utf8_breaks_at(std::string_view text) {
  const auto* s = reinterpret_cast<const unsigned char*>(text.data());
  size_t i = 0, n = text.size();
  while (i < n) {
    uint64_t eight;
    if (i + 8 <= n && (std::memcpy(&eight, s + i, 8), (eight & 0x8080808080808080ull) == 0)) {
      i += 8;
      continue;
    }
    size_t length = utf8_length(s + i, n - i);
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

inline bool valid_utf8(std::string_view text) { return utf8_breaks_at(text) == std::string_view::npos; }

// Writes `code` as UTF-8 at `out` (room for 4); returns the length.
inline size_t put_utf8(uint32_t code, char* out) {
  auto put = [&](size_t i, uint32_t byte) { out[i] = static_cast<char>(byte); };
  if (code < 0x80) return put(0, code), 1;
  if (code < 0x800) return put(0, 0xc0 | code >> 6), put(1, 0x80 | (code & 0x3f)), 2;
  if (code < 0x10000) return put(0, 0xe0 | code >> 12), put(1, 0x80 | (code >> 6 & 0x3f)), put(2, 0x80 | (code & 0x3f)), 3;
  return put(0, 0xf0 | code >> 18), put(1, 0x80 | (code >> 12 & 0x3f)), put(2, 0x80 | (code >> 6 & 0x3f)), put(3, 0x80 | (code & 0x3f)), 4;
}

}  // namespace tollgate
