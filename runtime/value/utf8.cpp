#include "runtime/value/utf8.h"

#include <algorithm>

namespace tollgate {
namespace {

constexpr uint32_t kReplacement = 0xfffd;

size_t units(const CodePoint& c, LengthUnit unit) {
  switch (unit) {
    case LengthUnit::characters: return 1;
    case LengthUnit::bytes: return c.size;
    case LengthUnit::utf16: return c.value > 0xffff ? 2 : 1;
  }
  return 1;
}

bool continues(char c) { return (static_cast<uint8_t>(c) & 0xc0) == 0x80; }

}  // namespace

CodePoint first_character(std::string_view text) {
  if (text.empty()) return {};
  const CodePoint broken{kReplacement, 1, false};
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return {lead, 1, true};
  const uint8_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return broken;
  uint32_t value = lead & (0xffu >> (size + 1));
  for (uint8_t i = 1; i < size; ++i) {
    if (!continues(text[i])) return broken;
    value = value << 6 | (static_cast<uint8_t>(text[i]) & 0x3fu);
  }
  const bool shortest = size == 2 || (size == 3 ? value >= 0x800 : value >= 0x10000);
  if (!shortest || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return broken;
  return {value, size, true};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint c = first_character(text);
    if (!c.valid) return false;
    text.remove_prefix(c.size);
  }
  return true;
}

size_t count_characters(std::string_view text) {
  size_t n = 0;
  for (; !text.empty(); ++n) text.remove_prefix(first_character(text).size);
  return n;
}

void append_utf8(uint32_t c, std::string& out) {
  if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) c = kReplacement;
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr uint32_t kLead[] = {0, 0xc0, 0xe0, 0xf0};
  out += static_cast<char>(kLead[more] | c >> (6 * more));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (c >> (6 * i) & 0x3f));
}

std::string_view first_of(std::string_view text, size_t n, LengthUnit unit) {
  size_t end = 0, used = 0;
  while (end < text.size()) {
    const CodePoint c = first_character(text.substr(end));
    used += units(c, unit);
    if (used > n) break;
    end += c.size;
  }
  return text.substr(0, end);
}

std::string_view last_of(std::string_view text, size_t n) {
  const size_t all = count_characters(text);
  for (size_t skip = all > n ? all - n : 0; skip > 0; --skip) text.remove_prefix(first_character(text).size);
  return text;
}

}  // namespace tollgate
