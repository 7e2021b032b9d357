#include "compiler/ast/token.h"

#include <algorithm>
#include <array>
#include <utility>

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

using Spelling = std::pair<std::string_view, Tok>;

const auto& spellings() {
  static const auto sorted = [] {
    std::array table = std::to_array<Spelling>({
#define TG_TOKEN(name, words)
#define TG_WORD(name) {spelled(#name), Tok::name},
#define TG_CODEC(name) {spelled(#name), Tok::name},
#define TG_RESERVED(name) {spelled(#name), Tok::name},
#include "compiler/ast/token.def"
#undef TG_TOKEN
#undef TG_WORD
#undef TG_CODEC
#undef TG_RESERVED
    });
    std::sort(table.begin(), table.end());
    return table;
  }();
  return sorted;
}

}  // namespace

std::string_view token_words(Tok t) { return kWords[static_cast<size_t>(t)]; }

Tok word_token(std::string_view spelling) {
  const char first = spelling.empty() ? '_' : spelling.front();
  if (first >= 'A' && first <= 'Z') return Tok::upper;
  const auto& table = spellings();
  auto at = std::lower_bound(table.begin(), table.end(), spelling,
                             [](const Spelling& row, std::string_view word) { return row.first < word; });
  return at != table.end() && at->first == spelling ? at->second : Tok::ident;
}

}  // namespace tollgate
