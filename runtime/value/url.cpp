#include "runtime/value/url.h"

#include <arpa/inet.h>

#include <algorithm>

namespace tollgate {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool alphanumeric(char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9'); }

bool take_scheme(std::string_view& text, std::string_view scheme) {
  if (text.size() < scheme.size()) return false;
  if (!std::equal(scheme.begin(), scheme.end(), text.begin(), [](char a, char b) { return a == lower(b); })) return false;
  text.remove_prefix(scheme.size());
  return true;
}

// A name of letters, digits, dots, dashes and underscores, or an address in brackets.
bool valid_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    return std::all_of(host.begin(), host.end(), [](char c) { return c == ':' || c == '.' || (alphanumeric(c) && lower(c) <= 'f'); });
  }
  return !host.empty() && host.size() <= 253 && host.front() != '.' && host.front() != '-' &&
         std::all_of(host.begin(), host.end(), [](char c) { return alphanumeric(c) || c == '.' || c == '-' || c == '_'; });
}

bool read_port(std::string_view digits, uint16_t& port) {
  if (digits.empty() || digits.size() > 5) return false;
  uint32_t n = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return false;
    n = n * 10 + static_cast<uint32_t>(c - '0');
  }
  if (n == 0 || n > 65535) return false;
  port = static_cast<uint16_t>(n);
  return true;
}

// Visible ASCII without what RFC 3986 excludes; international names and paths come percent-encoded.
bool visible(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f && std::string_view("\"<>\\^`{|}#").find(c) == std::string_view::npos;
}

}  // namespace

std::optional<UrlParts> parse_url(std::string_view text) {
  if (text.size() > kUrlMax || !std::all_of(text.begin(), text.end(), visible)) return std::nullopt;
  UrlParts parts;
  if (take_scheme(text, "https://")) parts.https = true;
  else if (!take_scheme(text, "http://")) return std::nullopt;
  parts.port = parts.https ? 443 : 80;

  std::string_view authority = text.substr(0, text.find_first_of("/?"));
  text.remove_prefix(authority.size());
  if (authority.find('@') != std::string_view::npos) return std::nullopt;
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    if (!read_port(authority.substr(colon + 1), parts.port)) return std::nullopt;
    authority = authority.substr(0, colon);
  }
  if (!valid_host(authority)) return std::nullopt;
  parts.host = authority;
  parts.path = text.substr(0, text.find('?'));
  if (parts.path.size() < text.size()) parts.query = text.substr(parts.path.size() + 1);
  return parts;
}

bool names_loopback(std::string_view host) {
  if (host == "localhost") return true;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    in6_addr address{};
    const std::string text(host.substr(1, host.size() - 2));
    return inet_pton(AF_INET6, text.c_str(), &address) == 1 && IN6_IS_ADDR_LOOPBACK(&address);
  }
  in_addr address{};
  const std::string text(host);
  return inet_pton(AF_INET, text.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

std::string url_host(std::string_view text) {
  auto parts = parse_url(text);
  if (!parts) return {};
  std::string host(parts->host);
  std::transform(host.begin(), host.end(), host.begin(), lower);
  return host;
}

}  // namespace tollgate
