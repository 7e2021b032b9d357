// Uuid: RFC 4122 identifiers, kept as 36 lower-case characters.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate {

// 8-4-4-4-12 hexadecimal digits in either case, to lower case; nullopt for anything else (braces, urn:uuid: and compact forms too).
std::optional<std::string> parse_uuid(std::string_view text);
// 36 characters, already lower-case.
bool is_uuid(std::string_view text);
// Version 4 from 16 random bytes.
std::string make_uuid(std::array<uint8_t, 16> random);

}  // namespace tollgate
