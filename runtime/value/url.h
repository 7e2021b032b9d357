// Url: absolute http and https URLs, kept as they came. Only what the runtime must be sure of is checked: the scheme, a host that is a
// name or an address, a port, and no characters that end a line or hide something.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate {

constexpr size_t kUrlMax = 2048;

struct UrlParts {       // views into the URL
  bool https = false;
  std::string_view host;   // as written; IPv6 with its brackets
  uint16_t port = 0;       // 80 or 443 when not written
  std::string_view path;   // begins with / or is empty
  std::string_view query;  // after ?, without it
};

// Nullopt unless `text` is an absolute http or https URL without user information and fragment, of at most kUrlMax bytes.
std::optional<UrlParts> parse_url(std::string_view text);
// True for 127.0.0.0/8 and ::1 written as addresses (IPv6 in its brackets), and for the name "localhost"; `127.0.0.1.example.com` is another machine.
bool names_loopback(std::string_view host);
// The host in lower case, without port; empty when `text` is no URL.
std::string url_host(std::string_view text);

}  // namespace tollgate
