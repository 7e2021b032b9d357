// Codecs as functions: name(arguments…, x) and name_decode(arguments…, x). The codecs themselves are in runtime/codecs.
#include "runtime/codecs/codecs.h"

#include "runtime/builtins/functions.h"

namespace tollgate {

bool run_codec(BuiltinContext& c, const BuiltinRow& row, const Value* a, uint8_t n, Value& out) {
  const uint32_t codec = (row.id - kCodecBuiltins) / 2;
  const bool reads = (row.id - kCodecBuiltins) % 2 == 1;
  const CodecArguments arguments(a, n - size_t{1});
  const Octets in(a[n - 1]);
  std::string made;
  if (reads) return decode_with(codec, arguments, in.view(), made) ? c.give_copy(row.result, made, out) : c.give_missing(out);
  return encode_with(codec, arguments, in.view(), made) ? c.give_copy(row.result, made, out) : c.fault("the text cannot be written in this codec, or not with this key");
}

}  // namespace tollgate
