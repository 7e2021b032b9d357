#include "runtime/links/request_check.h"

#include <algorithm>

#include "runtime/value/url.h"

namespace tollgate {
namespace {

constexpr size_t kRequestUrlMax = 8 * 1024;
constexpr size_t kMethodMax = 16;

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c != 0x7f; });
}

bool token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kMarks.find(static_cast<char>(c)) != kMarks.npos;
  });
}

// A line break in a value would begin a header of its own.
bool header_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); });
}

std::string_view without_port(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

std::string_view authority_of(std::string_view url) {
  const std::string_view rest = url.substr(in_clear(url) ? 7 : 8);
  return rest.substr(0, rest.find_first_of("/?#\\"));
}

std::string trouble_with_url(std::string_view url) {
  if (url.size() > kRequestUrlMax) return "the URL is over 8 KiB";
  if (!printable(url)) return "the URL has a space or a control character in it";
  const bool clear = in_clear(url);
  if (!clear && !url.starts_with("https://")) return "the URL is neither http nor https";
  const std::string_view rest = url.substr(clear ? 7 : 8), authority = authority_of(url);
  if (authority.find('@') != authority.npos || rest.substr(0, rest.find_first_of("/?#")) != authority)
    return "the URL has credentials or a backslash in its host";
  const std::string_view host = without_port(authority);
  if (host.empty()) return "the URL has no host";
  if (clear && !names_loopback(host)) return "plain http to another machine is refused: use https";
  return {};
}

}  // namespace

bool in_clear(std::string_view url) { return url.starts_with("http://"); }

bool to_loopback(std::string_view url) { return (in_clear(url) || url.starts_with("https://")) && names_loopback(without_port(authority_of(url))); }

std::string trouble_with(const Request& request) {
  if (!token(request.method) || request.method.size() > kMethodMax) return "the method is not an HTTP token";
  if (std::string trouble = trouble_with_url(request.url); !trouble.empty()) return trouble;
  for (const auto& [name, value] : request.headers) {
    if (!token(name)) return "a header's name is not an HTTP token";
    if (!header_value(value)) return "header " + name + " has a control character in its value";
  }
  return {};
}

}  // namespace tollgate
