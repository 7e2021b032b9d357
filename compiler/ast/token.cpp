#include "compiler/ast/token.h"

#include <array>
#include <iterator>

namespace tollgate {
namespace {

constexpr std::string_view kWords[] = {
#define TG_TOKEN(name, words) words,
#define TG_WORD(name) "`" #name "`",
#define TG_CODEC(name) "`" #name "`",
#define TG_RESERVED(name) "`" #name "`",
#include "compiler/ast/token.def"
#undef TG_TOKEN
#undef TG_WORD
#undef TG_CODEC
#undef TG_RESERVED
};

// Enumerators that C++ or another token would not allow under their own spelling end in _word.
constexpr std::string_view spelled(std::string_view enumerator) {
  return enumerator.ends_with("_word") ? enumerator.substr(0, enumerator.size() - 5) : enumerator;
}

struct Spelling {
  std::string_view text;
  Tok code;
};

constexpr Spelling kSpellings[] = {
#define TG_TOKEN(name, words)
#define TG_WORD(name) {spelled(#name), Tok::name},
#define TG_CODEC(name) {spelled(#name), Tok::name},
#define TG_RESERVED(name) {spelled(#name), Tok::name},
#include "compiler/ast/token.def"
#undef TG_TOKEN
#undef TG_WORD
#undef TG_CODEC
#undef TG_RESERVED
};

// Every word of a file is looked up, so the table is hashed, at compile time, with a free slot beside each used one or nearly.
constexpr size_t kSlots = 1024;
static_assert(std::size(kSpellings) < kSlots / 4, "the table of words becomes crowded");

constexpr size_t slot_of(std::string_view text) {
  uint32_t hash = static_cast<uint32_t>(text.size());
  for (const char c : text) hash = hash * 31 + static_cast<unsigned char>(c);
  return (hash ^ hash >> 10) % kSlots;
}

constexpr std::array<uint8_t, kSlots> hashed() {
  std::array<uint8_t, kSlots> slots = {};  // an index into kSpellings, plus 1
  for (size_t i = 0; i < std::size(kSpellings); ++i) {
    size_t slot = slot_of(kSpellings[i].text);
    while (slots[slot] != 0) slot = (slot + 1) % kSlots;
    slots[slot] = static_cast<uint8_t>(i + 1);
  }
  return slots;
}
constexpr std::array<uint8_t, kSlots> kWordSlots = hashed();

constexpr size_t longest() {
  size_t most = 0;
  for (const Spelling& word : kSpellings) most = word.text.size() > most ? word.text.size() : most;
  return most;
}
constexpr size_t kWordBytesMax = longest();

}  // namespace

std::string_view token_words(Tok t) { return kWords[static_cast<size_t>(t)]; }

Tok word_token(std::string_view spelling) {
  const char first = spelling.empty() ? '_' : spelling.front();
  if (first >= 'A' && first <= 'Z') return Tok::upper;
  if (spelling.size() > kWordBytesMax) return Tok::ident;
  for (size_t slot = slot_of(spelling); kWordSlots[slot] != 0; slot = (slot + 1) % kSlots) {
    const Spelling& word = kSpellings[kWordSlots[slot] - 1];
    if (word.text == spelling) return word.code;
  }
  return Tok::ident;
}

}  // namespace tollgate
