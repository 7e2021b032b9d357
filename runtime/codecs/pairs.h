// The pairs of functions behind the rows, for the files that define them.
#pragma once

#include "runtime/codecs/codecs.h"

namespace tollgate {

#define TG_CODEC(name, ...)                                                    \
  bool encode_##name(CodecArguments, std::string_view in, std::string& out);  \
  bool decode_##name(CodecArguments, std::string_view in, std::string& out);
#include "runtime/catalog/codecs.def"
#undef TG_CODEC

}  // namespace tollgate

// The head of each.
#define TG_ENCODE(name) \
  bool encode_##name([[maybe_unused]] CodecArguments a, [[maybe_unused]] std::string_view in, [[maybe_unused]] std::string& out)
#define TG_DECODE(name) \
  bool decode_##name([[maybe_unused]] CodecArguments a, [[maybe_unused]] std::string_view in, [[maybe_unused]] std::string& out)
