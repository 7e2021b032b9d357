// Codecs and escapes of messages. Decoders write into the arena and are total; encoders append.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runtime/base/arena.h"
#include "runtime/bytecode/wire.h"

namespace tollgate {

// `arguments` are what stood in the codec's parentheses.
bool decode_codec(Codec codec, std::span<const Value> arguments, std::string_view in, Arena& arena, std::string_view& out);
// Percent-encoding with plus as blank, then UTF-8.
bool decode_form(std::string_view in, Arena& arena, std::string_view& out);
// Percent-encoding alone, then UTF-8: one segment of a path.
bool decode_segment(std::string_view in, Arena& arena, std::string_view& out);

bool encode_codec(Codec codec, std::span<const Value> arguments, std::string_view in, std::string& out);  // false: cannot be said in it
void escape_json(std::string_view in, std::string& out);       // what stands between the quotes
// False if `in` has a character that XML 1.0 cannot carry.
bool escape_xml(std::string_view in, bool attribute, std::string& out);
void escape_percent(std::string_view in, std::string& out);    // everything but unreserved characters
void escape_form(std::string_view in, std::string& out);       // the same, a blank as plus

}  // namespace tollgate
