// Codecs of bytes: base64, base64url, hex, percent. Encoding is total. Decoding gives nullopt for anything that encoding could not have
// made, except where said, so that a text has one meaning: match(build(x)) == x and nothing else matches.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tollgate {

std::string encode_base64(std::string_view bytes);
std::string encode_base64url(std::string_view bytes);  // without padding
std::string encode_hex(std::string_view bytes);        // lower case
std::string encode_percent(std::string_view bytes);    // all but A-Z a-z 0-9 - . _ ~; upper-case digits

// Padding is compulsory, bits past the last byte must be zero.
std::optional<std::string> decode_base64(std::string_view text);
// Padding is accepted when complete, since some senders add it.
std::optional<std::string> decode_base64url(std::string_view text);
// Either case.
std::optional<std::string> decode_hex(std::string_view text);
// Digits in either case; characters that need no escape may stand for themselves, and so may any other byte but %. `+` is a plus.
std::optional<std::string> decode_percent(std::string_view text);

}  // namespace tollgate
