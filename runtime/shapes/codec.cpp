#include "runtime/shapes/codec.h"

#include <algorithm>

#include "runtime/codecs/codecs.h"
#include "runtime/shapes/text_check.h"
#include "runtime/value/codec.h"

namespace tollgate {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

bool keep(const std::optional<std::string>& decoded, Arena& arena, std::string_view& out) {
  if (!decoded) return false;
  out = arena.copy(*decoded);
  return out.data() != nullptr;
}

}  // namespace

bool decode_codec(Codec codec, std::span<const Value> arguments, std::string_view in, Arena& arena, std::string_view& out) {
  std::string made;
  if (!decode_with(static_cast<uint32_t>(codec), arguments, in, made)) return false;
  out = arena.copy(made);
  return out.data() != nullptr;
}

bool decode_segment(std::string_view in, Arena& arena, std::string_view& out) {
  if (in.find('%') == std::string_view::npos) return out = in, true;
  return keep(decode_percent(in), arena, out) && valid_utf8(out);
}

bool decode_form(std::string_view in, Arena& arena, std::string_view& out) {
  if (in.find('+') == std::string_view::npos) return decode_segment(in, arena, out);
  std::string blanks(in);
  std::replace(blanks.begin(), blanks.end(), '+', ' ');
  return keep(decode_percent(blanks), arena, out) && valid_utf8(out);
}

bool encode_codec(Codec codec, std::span<const Value> arguments, std::string_view in, std::string& out) {
  return encode_with(static_cast<uint32_t>(codec), arguments, in, out);
}

void escape_json(std::string_view in, std::string& out) {
  size_t plain = 0;
  for (size_t i = 0; i < in.size(); i++) {
    auto byte = static_cast<unsigned char>(in[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(in, plain, i - plain);
    plain = i + 1;
    out += '\\';
    static constexpr std::string_view kFrom = "\"\\\b\f\n\r\t", kTo = "\"\\bfnrt";
    size_t known = kFrom.find(in[i]);
    if (known != std::string_view::npos) out += kTo[known];
    else out += "u00", out += kHex[byte >> 4], out += kHex[byte & 15];
  }
  out.append(in, plain, in.size() - plain);
}

bool escape_xml(std::string_view in, bool attribute, std::string& out) {
  for (size_t i = 0; i < in.size(); i++) {
    char c = in[i];
    auto byte = static_cast<unsigned char>(c);
    if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '&') out += "&amp;";
    else if (c == '"' && attribute) out += "&quot;";
    else if (c == '\r') out += "&#13;";
    else if (c == '\n' && attribute) out += "&#10;";
    else if (c == '\t' && attribute) out += "&#9;";
    else if (byte < 0x20 && c != '\n' && c != '\t') return false;
    else if (in.substr(i, 3) == "\xef\xbf\xbe" || in.substr(i, 3) == "\xef\xbf\xbf") return false;  // U+FFFE, U+FFFF
    else out += c;
  }
  return true;
}

void escape_percent(std::string_view in, std::string& out) { out += encode_percent(in); }

void escape_form(std::string_view in, std::string& out) {
  for (char c : in) {
    if (c == ' ') out += '+';
    else escape_percent({&c, 1}, out);
  }
}

}  // namespace tollgate
