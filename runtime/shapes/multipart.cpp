#include "runtime/shapes/multipart.h"

#include <fmt/format.h>

#include <algorithm>

namespace tollgate {
namespace {

// One of many boundaries, told by a number. It is made of how long the parts are and not of what they say: it stands in a header, where a hash of a
// user's number would be the number.
std::string boundary_number(uint64_t n) {
  uint64_t a = (n + 1) * 0x9e3779b97f4a7c15ull, b = (n + 1) * 0xbf58476d1ce4e5b9ull;
  a = (a ^ (a >> 31)) * 0x94d049bb133111ebull;
  b = (b ^ (b >> 29)) * 0xc2b2ae3d27d4eb4full;
  return fmt::format("tollgate{:016x}{:016x}", a ^ (a >> 30), b ^ (b >> 32));
}

std::string boundary_for(std::string_view parts) {
  for (uint64_t n = parts.size();; n++) {
    std::string boundary = boundary_number(n);
    if (parts.find(boundary) == std::string_view::npos) return boundary;
  }
}

}  // namespace

void join_parts(std::string_view parts, std::span<const size_t> cuts, std::string& out) {
  std::string boundary = boundary_for(parts);
  for (size_t i = 0; i < cuts.size(); i++) {
    size_t end = i + 1 < cuts.size() ? cuts[i + 1] : parts.size();
    out += "--" + boundary + "\r\n";
    out += parts.substr(cuts[i], end - cuts[i]);
  }
  out += "--" + boundary + "--\r\n";
}

std::string_view boundary_of(std::string_view body) {
  while (!body.empty()) {
    size_t end = std::min(body.find('\n'), body.size());
    std::string_view line = body.substr(0, end);
    if (line.substr(0, 2) == "--" && line.size() > 2) {
      line.remove_prefix(2);
      while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
      return line;
    }
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return {};
}

std::string content_type_with_boundary(std::string_view declared, std::string_view body) {
  if (declared != kMultipart) return std::string(declared);
  std::string_view boundary = boundary_of(body);
  if (boundary.size() > 2 && boundary.substr(boundary.size() - 2) == "--") boundary.remove_suffix(2);  // a body without any part
  return fmt::format("{}; boundary={}", declared, boundary);
}

}  // namespace tollgate
