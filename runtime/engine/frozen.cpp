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
  out += static_cast<char>(f.host);
  for (const std::string* s : {&f.method, &f.path, &f.query, &f.content_type, &f.body}) put(out, *s);
  for (const auto& [name, value] : f.headers) { put(out, name); put(out, value); }
  return out;
}

Result<Frozen> decode_frozen(std::string_view in) {
  Frozen f;
  const Error damaged{"attempt_damaged", "a stored request cannot be read"};
  if (in.empty()) return damaged;
  f.host = static_cast<uint8_t>(in.front());
  in.remove_prefix(1);
  for (std::string* s : {&f.method, &f.path, &f.query, &f.content_type, &f.body}) {
    if (!get(in, *s)) return damaged;
  }
  while (!in.empty()) {
    auto& [name, value] = f.headers.emplace_back();
    if (!get(in, name) || !get(in, value)) return damaged;
  }
  return f;
}

}  // namespace tollgate
