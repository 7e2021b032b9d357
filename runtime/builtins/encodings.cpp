// Codecs as expressions. Forms and functions of one name are one thing in two spellings.
#include "runtime/builtins/functions.h"
#include "runtime/codecs/json_text.h"
#include "runtime/value/codec.h"

namespace tollgate {
namespace {

bool give_bytes(BuiltinContext& c, const std::optional<std::string>& bytes, Value& out) {
  return bytes ? c.give_copy(Kind::bytes, *bytes, out) : c.give_missing(out);
}

}  // namespace

TG_RUN(hex_form) { return c.give_text(encode_hex(Octets(a[0]).view()), out); }
TG_RUN(base64_form) { return c.give_text(encode_base64(Octets(a[0]).view()), out); }
TG_RUN(base64url_form) { return c.give_text(encode_base64url(Octets(a[0]).view()), out); }
TG_RUN(hex) { return run_hex_form(c, a, n, out); }
TG_RUN(base64) { return run_base64_form(c, a, n, out); }
TG_RUN(base64url) { return run_base64url_form(c, a, n, out); }
TG_RUN(percent) { return c.give_text(encode_percent(Octets(a[0]).view()), out); }

TG_RUN(concat) {
  std::string all;
  for (uint8_t i = 0; i < n; ++i) all += Octets(a[i]).view();
  return c.give_copy(Kind::bytes, all, out);
}

TG_RUN(bytes_length) { return c.give(Value::number(a[0].size), out); }

TG_RUN(minified) {
  const auto text = minified_json(Octets(a[0]).view());
  return text ? c.give_text(*text, out) : c.give_missing(out);
}

TG_RUN(hex_decode) { return give_bytes(c, decode_hex(a[0].view()), out); }
TG_RUN(base64_decode) { return give_bytes(c, decode_base64(a[0].view()), out); }
TG_RUN(base64url_decode) { return give_bytes(c, decode_base64url(a[0].view()), out); }
TG_RUN(percent_decode) { return give_bytes(c, decode_percent(a[0].view()), out); }

}  // namespace tollgate
