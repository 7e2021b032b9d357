// "OK:{id}.": a text split by the literals between its holes. A hole with a width has that many characters; another stops where the next
// literal begins; the last one takes the rest.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tollgate {

struct TextPart {
  bool literal = false;
  uint32_t width = 0;      // characters of a hole; 0: up to the next literal
  std::string_view text;   // a literal's own text; a hole's, once split
};

// Fills the holes of `parts`; false if the literals are not where they must be. In a path (`segments`) a hole holds no slash and is not
// empty. Two holes side by side cannot be told apart unless the first has a width: the verifier refuses them.
bool split_text(std::string_view text, bool segments, std::span<TextPart> parts);

// Characters of valid UTF-8.
size_t characters_of(std::string_view text);

}  // namespace tollgate
