// "OK:{id}.": a text split by the literals between its holes. A hole stops where the next literal begins; the last one takes the rest.
#pragma once

#include <span>
#include <string_view>

namespace tollgate {

struct TextPart {
  bool literal = false;
  std::string_view text;   // a literal's own text; a hole's, once split
};

// Fills the holes of `parts`; false if the literals are not where they must be. In a path (`segments`) a hole holds no slash and is not
// empty. Two holes side by side cannot be told apart: the verifier refuses them.
bool split_text(std::string_view text, bool segments, std::span<TextPart> parts);

}  // namespace tollgate
