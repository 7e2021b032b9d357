#include <charconv>

#include "runtime/engine/procedure.h"

namespace tollgate {

namespace {

void put(std::string& out, std::string_view s) {
  for (int i = 0; i < 4; ++i) out += static_cast<char>(s.size() >> (8 * i));
  out += s;
}

bool get(std::string_view& in, std::string& out) {
  if (in.size() < 4) return false;
  size_t n = 0;
  for (int i = 0; i < 4; ++i) n |= static_cast<size_t>(static_cast<uint8_t>(in[static_cast<size_t>(i)])) << (8 * i);
  if (in.size() - 4 < n) return false;
  out = in.substr(4, n);
  in.remove_prefix(4 + n);
  return true;
}

}  // namespace

std::string encode(const Frozen& f) {
  std::string out;
  out.reserve(f.path.size() + f.body.size() + 256);
  for (const std::string* s : {&f.method, &f.path, &f.query, &f.content_type, &f.body}) put(out, *s);
  for (const auto& [name, value] : f.headers) { put(out, name); put(out, value); }
  if (f.host != 0) { put(out, ""); put(out, std::to_string(f.host)); }   // no header has an empty name
  return out;
}

Result<Frozen> decode_frozen(std::string_view in) {
  Frozen f;
  const Error damaged{"attempt_damaged", "a stored request cannot be read"};
  for (std::string* s : {&f.method, &f.path, &f.query, &f.content_type, &f.body}) {
    if (!get(in, *s)) return damaged;
  }
  while (!in.empty()) {
    std::string name, value;
    if (!get(in, name) || !get(in, value)) return damaged;
    if (!name.empty()) f.headers.emplace_back(std::move(name), std::move(value));
    else if (std::from_chars(value.data(), value.data() + value.size(), f.host).ec != std::errc()) return damaged;
  }
  return f;
}

}  // namespace tollgate
