// Token codes (token.def): what the lexer finds, what the grammar is written over, what the formatter lays out.
#pragma once

#include <cstdint>
#include <string_view>

namespace tollgate {

enum class Tok : uint8_t {
#define TG_TOKEN(name, words) name,
#define TG_WORD(name) name,
#define TG_CODEC(name) name,
#define TG_RESERVED(name) name,
#include "compiler/ast/token.def"
#undef TG_TOKEN
#undef TG_WORD
#undef TG_CODEC
#undef TG_RESERVED
};

inline constexpr Tok kFirstName = Tok::ident, kLastName = Tok::with;            // what a name may be
inline constexpr Tok kFirstCodec = Tok::base64, kLastCodec = Tok::xml;          // codec words
inline constexpr Tok kFirstReserved = Tok::and_word, kLastReserved = Tok::within;
inline constexpr Tok kFirstWord = Tok::upper, kLastWord = Tok::within;          // what a label may be

inline bool between(Tok t, Tok first, Tok last) { return t >= first && t <= last; }
inline bool is_name(Tok t) { return between(t, kFirstName, kLastName); }
inline bool is_codec_word(Tok t) { return between(t, kFirstCodec, kLastCodec); }
inline bool is_reserved(Tok t) { return between(t, kFirstReserved, kLastReserved); }
inline bool is_word(Tok t) { return between(t, kFirstWord, kLastWord); }
inline bool is_newline(Tok t) { return t == Tok::newline || t == Tok::soft_newline; }
inline bool is_opener(Tok t) { return t == Tok::lbrace || t == Tok::lbracket || t == Tok::lparen; }
inline bool is_closer(Tok t) { return t == Tok::rbrace || t == Tok::rbracket || t == Tok::rparen; }

// How a diagnostic calls a token of this code when its own text says less ("the end of the line").
std::string_view token_words(Tok t);
// The code of a word: its own when the language knows it, else ident or upper by its first letter.
Tok word_token(std::string_view spelling);

}  // namespace tollgate
