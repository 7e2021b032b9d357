// The table, and the codecs that are nothing but another spelling of bytes.
#include "runtime/codecs/codecs.h"

#include <optional>

#include "runtime/codecs/pairs.h"
#include "runtime/value/codec.h"
#include "runtime/value/utf8.h"

namespace tollgate {
namespace {

struct CodecPair {
  bool (*encode)(CodecArguments, std::string_view, std::string&);
  bool (*decode)(CodecArguments, std::string_view, std::string&);
  uint8_t arguments;
};

// How many words stand in a row's parentheses.
constexpr uint8_t words_in(std::string_view list) {
  uint8_t n = list == "()" ? 0 : 1;
  for (char c : list)
    if (c == ',') ++n;
  return n;
}

constexpr CodecPair kPairs[] = {
#define TG_CODEC(name, made_or_own, parameters, ...) {encode_##name, decode_##name, words_in(#parameters)},
#include "runtime/catalog/codecs.def"
#undef TG_CODEC
};

bool keep(const std::optional<std::string>& decoded, std::string& out) {
  if (decoded) out += *decoded;
  return decoded.has_value();
}

}  // namespace

bool encode_with(uint32_t codec, CodecArguments arguments, std::string_view in, std::string& out) {
  return codec < std::size(kPairs) && arguments.size() == kPairs[codec].arguments && kPairs[codec].encode(arguments, in, out);
}

bool decode_with(uint32_t codec, CodecArguments arguments, std::string_view in, std::string& out) {
  return codec < std::size(kPairs) && arguments.size() == kPairs[codec].arguments && kPairs[codec].decode(arguments, in, out);
}

TG_ENCODE(base64) { return out += encode_base64(in), true; }
TG_DECODE(base64) { return keep(decode_base64(in), out); }
TG_ENCODE(base64url) { return out += encode_base64url(in), true; }
TG_DECODE(base64url) { return keep(decode_base64url(in), out); }
TG_ENCODE(hex) { return out += encode_hex(in), true; }
TG_DECODE(hex) { return keep(decode_hex(in), out); }
TG_ENCODE(percent) { return out += encode_percent(in), true; }
TG_DECODE(percent) { return keep(decode_percent(in), out); }
TG_ENCODE(plain) { return out += in, is_utf8(in); }
TG_DECODE(plain) { return out += in, is_utf8(in); }

}  // namespace tollgate
