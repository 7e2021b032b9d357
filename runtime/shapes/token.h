// What the scanners find at a place of interest, before any reader turned it into a value.
#pragma once

#include <cstdint>
#include <string_view>

namespace tollgate {

enum class TokenKind : uint8_t {
  missing,
  null,
  boolean,  // text: true or false
  number,   // text: the lexeme, untouched
  text,     // a JSON string, decoded
  bare,     // the single kind of everything but JSON: readers alone decide
  object,
  list,
};

struct Token {
  TokenKind kind = TokenKind::missing;
  uint32_t at = 0;      // offset in the body (of the outermost bytes when codecs nest)
  uint32_t count = 0;   // list: elements; xml: how often the element occurs
  std::string_view text;
  Token* found = nullptr;  // a list that was searched: the slots of the element that fits, `count` of them did

  bool scalar() const { return kind == TokenKind::text || kind == TokenKind::bare; }
};

}  // namespace tollgate
