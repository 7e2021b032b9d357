#include "runtime/observe/json_writer.h"

#include <fmt/format.h>

#include <ctime>

namespace tollgate {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// Length of the well-formed UTF-8 sequence at the front; 0 if there is none.
size_t sequence(std::string_view s) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char c = byte(0);
  const size_t n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
  if (n == 0 || n > s.size()) return 0;
  for (size_t i = 1; i < n; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  const bool overlong = (c == 0xe0 && byte(1) < 0xa0) || (c == 0xf0 && byte(1) < 0x90);
  const bool outside = (c == 0xed && byte(1) >= 0xa0) || (c == 0xf4 && byte(1) >= 0x90);
  return overlong || outside ? 0 : n;
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    const size_t n = sequence(text);
    if (n == 0) {
      out += kReplacement;
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c < 0x20 || c == 0x7f) {
      out += "\\u00";
      out += kHexDigits[c >> 4];
      out += kHexDigits[c & 15];
    } else {
      out += text.substr(0, n);
    }
    text.remove_prefix(n == 0 ? 1 : n);
  }
  out += '"';
}

void JsonWriter::member(std::string_view name) {
  if (!out_.empty() && out_.back() != '{' && out_.back() != '[') out_ += ',';
  if (name.empty()) return;
  append_json_text(out_, name);
  out_ += ':';
}

JsonWriter& JsonWriter::open(std::string_view name, char bracket) {
  member(name);
  out_ += bracket;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view name, std::string_view value) {
  member(name);
  append_json_text(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(std::string_view name, int64_t value) { return raw(name, fmt::format_int(value).c_str()); }
JsonWriter& JsonWriter::boolean(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }

JsonWriter& JsonWriter::raw(std::string_view name, std::string_view json) {
  member(name);
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::time(std::string_view name, int64_t wall_us) { return wall_us == 0 ? *this : text(name, time_text(wall_us)); }

std::string time_text(int64_t wall_us) {
  int64_t seconds = wall_us / 1'000'000, micros = wall_us % 1'000'000;
  if (micros < 0) {
    --seconds;
    micros += 1'000'000;
  }
  const std::time_t at = seconds;
  std::tm utc{};
  if (gmtime_r(&at, &utc) == nullptr) return "";
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, micros);
}

}  // namespace tollgate
