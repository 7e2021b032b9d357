// UTF-8: how long a character is, and whether bytes are text at all. Everything here is total: a byte that begins no character
// stands for itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tollgate {

struct CodePoint {
  uint32_t value = 0;  // U+FFFD for a byte that begins no character
  uint8_t size = 0;    // bytes taken; 0 only at the end
  bool valid = false;
};

// The first character of `text`: shortest form only, no surrogates, at most U+10FFFF.
CodePoint first_character(std::string_view text);
bool is_utf8(std::string_view text);
size_t count_characters(std::string_view text);
// UTF-8 of `code_point`; of U+FFFD for surrogates and values past U+10FFFF.
void append_utf8(uint32_t code_point, std::string& out);

enum class LengthUnit { characters, bytes, utf16 };
// The longest start of `text` of at most `n` units that splits no character.
std::string_view first_of(std::string_view text, size_t n, LengthUnit unit);
// The last `n` characters at most.
std::string_view last_of(std::string_view text, size_t n);

}  // namespace tollgate
