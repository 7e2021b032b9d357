#include "runtime/engine/detail.h"

namespace tollgate {

namespace {

void quote(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') { out += '\\'; out += c; }
    else if (byte < 0x20) { out += "\\u00"; out += hex[byte >> 4]; out += hex[byte & 15]; }
    else out += c;
  }
  out += '"';
}

}  // namespace

void Detail::name(std::string_view name) {
  if (out_.size() > 1) out_ += ',';
  quote(out_, name);
  out_ += ':';
}

Detail& Detail::text(std::string_view name_, std::string_view value) {
  name(name_);
  quote(out_, value);
  return *this;
}

Detail& Detail::number(std::string_view name_, int64_t value) {
  name(name_);
  out_ += std::to_string(value);
  return *this;
}

Detail& Detail::raw(std::string_view name_, std::string_view json) {
  name(name_);
  out_ += json;
  return *this;
}

}  // namespace tollgate
