// Codecs of runtime/catalog/codecs.def: one pair of functions each, encode_<name> and decode_<name>; a row without them does not link.
// Pure but for encryption, which draws fresh bytes. Decoding is total: whatever encoding could not have made is refused, and so is
// whatever would become larger than kDecodedMax.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/value/value.h"

namespace tollgate {

constexpr size_t kDecodedMax = 4 * 1024 * 1024;  // of compressed bytes: a bomb must not fill the memory

// What stood in the codec's parentheses, in order, of the kinds that its row says (reading: other_half of them).
using CodecArguments = std::span<const Value>;

// False: `in` cannot be said in this codec (a character outside the charset, a text too long for the key). `out` is appended to.
bool encode_with(uint32_t codec, CodecArguments arguments, std::string_view in, std::string& out);
bool decode_with(uint32_t codec, CodecArguments arguments, std::string_view in, std::string& out);

}  // namespace tollgate
