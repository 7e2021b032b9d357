#include "runtime/api/query.h"

#include <charconv>

namespace tollgate {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0) return std::nullopt;
    out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
    i += 2;
  }
  return out;
}

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const size_t blank = words.find(' ');
    if (words.substr(0, blank) == word) return true;
    if (blank == words.npos) break;
    words.remove_prefix(blank + 1);
  }
  return false;
}

}  // namespace

Result<std::map<std::string, std::string>> parse_query(std::string_view query, std::string_view known) {
  std::map<std::string, std::string> out;
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == query.npos ? std::string_view() : query.substr(end + 1);
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    const std::string name(pair.substr(0, equals));
    if (!has_word(known, name)) return Error{"query_invalid", "a query parameter is unknown; known are: " + std::string(known)};
    const auto value = equals == pair.npos ? std::optional<std::string>("") : decode(pair.substr(equals + 1));
    if (!value) return Error{"query_invalid", "`" + name + "` is not percent-encoded rightly"};
    if (!out.emplace(name, *value).second) return Error{"query_invalid", "`" + name + "` is given twice"};
  }
  return out;
}

std::optional<int64_t> parse_number(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || number < 0 || text[0] == '-') return std::nullopt;
  return number;
}

std::optional<uint32_t> parse_count(std::string_view text, uint32_t most) {
  const auto number = parse_number(text);
  if (!number || *number > most) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

}  // namespace tollgate
