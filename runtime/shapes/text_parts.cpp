#include "runtime/shapes/text_parts.h"

namespace tollgate {
namespace {

bool fits(std::string_view hole, bool segments) {
  return !segments || (!hole.empty() && hole.find('/') == std::string_view::npos);
}

// Where the hole that precedes `literal` ends, or npos. The last literal must end the text.
size_t hole_end(std::string_view text, std::string_view literal, bool last) {
  if (!last) return text.find(literal);
  if (text.size() < literal.size() || text.substr(text.size() - literal.size()) != literal) return std::string_view::npos;
  return text.size() - literal.size();
}

// Bytes of the first `width` characters, or npos.
size_t width_end(std::string_view text, uint32_t width) {
  size_t at = 0;
  for (; width > 0; width--) {
    if (at == text.size()) return std::string_view::npos;
    at++;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) at++;
  }
  return at;
}

}  // namespace

size_t characters_of(std::string_view text) {
  size_t n = 0;
  for (char c : text) n += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return n;
}

bool split_text(std::string_view text, bool segments, std::span<TextPart> parts) {
  for (size_t i = 0; i < parts.size(); i++) {
    if (parts[i].literal) {
      if (text.substr(0, parts[i].text.size()) != parts[i].text) return false;
      text.remove_prefix(parts[i].text.size());
      continue;
    }
    size_t end = text.size();
    if (parts[i].width != 0) end = width_end(text, parts[i].width);
    else if (i + 1 < parts.size()) end = parts[i + 1].literal ? hole_end(text, parts[i + 1].text, i + 2 == parts.size()) : 0;
    if (end == std::string_view::npos) return false;
    parts[i].text = text.substr(0, end);
    if (!fits(parts[i].text, segments)) return false;
    text.remove_prefix(end);
  }
  return text.empty();
}

}  // namespace tollgate
