#include "runtime/shapes/multipart.h"

#include <fmt/format.h>

#include <algorithm>

namespace tollgate {
namespace {

uint64_t mixed(std::string_view bytes, uint64_t h) {  // FNV-1a; it need not resist anybody, for what it gives is looked for in the parts
  for (char c : bytes) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return h;
}

std::string boundary_for(std::string_view parts) {
  for (uint64_t n = 0;; n++) {
    std::string boundary = fmt::format("tollgate{:016x}{:016x}", mixed(parts, 0xcbf29ce484222325ull + n), mixed(parts, 0x9e3779b97f4a7c15ull ^ n));
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
