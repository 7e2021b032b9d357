// The alphabet of short messages, GSM 03.38 (3GPP TS 23.038): seven bits a character, an extension table behind an escape.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate {

// One septet in each byte; nullopt for a character outside the alphabet and its extension, or what is not UTF-8.
std::optional<std::string> septets_of(std::string_view utf8);
// The text; nullopt for a byte above 127 or an escape that the extension table has no character for.
std::optional<std::string> text_of_septets(std::string_view septets);

std::string pack_septets(std::string_view septets);
std::string unpack_septets(std::string_view octets, size_t count);

// Short messages that the text takes: 160 septets, or 153 in each of several; 70 UTF-16 units or 67. An escape and its character, or the
// halves of a surrogate pair, are never parted. An empty text takes one.
size_t sms_parts_of(std::string_view utf8);

}  // namespace tollgate
