// What the listener hands in and takes back: one HTTP request, one response.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tollgate {

struct HttpRequest {
  std::string method;        // "POST"
  std::string path, query;   // as sent, still percent-encoded; query without '?'
  std::vector<std::pair<std::string, std::string>> headers;  // names lower-case, in order
  std::string body;
  std::string peer_address;  // "127.0.0.1", "::1"

  // The first header of that lower-case name; empty if there is none.
  std::string_view header(std::string_view name) const {
    for (const auto& [n, v] : headers)
      if (n == name) return v;
    return {};
  }
};

// As a response's status: hang up without a word. A simulated carrier loses its answers that way.
constexpr uint16_t kHangUp = 0;

struct HttpResponse {
  uint16_t status = 200;
  std::string content_type, body;
  std::vector<std::pair<std::string, std::string>> headers;  // further ones
};

}  // namespace tollgate
