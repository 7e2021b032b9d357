// Which tokens a rule can begin with, found at compile time from the rules themselves. A rule says it with a member `first_t`; one that says
// nothing can begin with anything, which is always safe. Asked for only inside match functions, when every rule is complete.
// Used by grammar_combinators.h only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "compiler/ast/token.h"

namespace tollgate::grammar {

inline constexpr size_t kTokenCodes = 256;

struct TokenSet {
  std::array<uint64_t, kTokenCodes / 64> bits = {};
  bool nothing = false;  // the rule may also match without taking a token

  constexpr bool has(Tok t) const { return (bits[static_cast<size_t>(t) / 64] >> (static_cast<size_t>(t) % 64) & 1) != 0; }
  constexpr void add(Tok t) { bits[static_cast<size_t>(t) / 64] |= uint64_t{1} << (static_cast<size_t>(t) % 64); }
  constexpr void add(const TokenSet& other) {
    for (size_t i = 0; i < bits.size(); ++i) bits[i] |= other.bits[i];
  }
  static constexpr TokenSet all() {
    TokenSet set;
    set.bits.fill(~uint64_t{0});
    set.nothing = true;
    return set;
  }
};

template <class Rule>
constexpr TokenSet first_of() {
  if constexpr (requires { typename Rule::first_t; }) return Rule::first_t::value();
  else return TokenSet::all();
}
template <class Rule>
inline constexpr TokenSet kFirst = first_of<Rule>();

struct first_anything {
  static constexpr TokenSet value() { return TokenSet::all(); }
};
// What looks ahead takes no token: what follows it decides.
struct first_nothing {
  static constexpr TokenSet value() {
    TokenSet set;
    set.nothing = true;
    return set;
  }
};
template <Tok... T>
struct first_tokens {
  static constexpr TokenSet value() {
    TokenSet set;
    (set.add(T), ...);
    return set;
  }
};
template <Tok First, Tok Last>
struct first_between {
  static constexpr TokenSet value() {
    TokenSet set;
    for (size_t t = static_cast<size_t>(First); t <= static_cast<size_t>(Last); ++t) set.add(static_cast<Tok>(t));
    return set;
  }
};
// The first rule's tokens; if it may match nothing, the next one's too, and so on. What stands behind is not looked at: it may begin with this
// very rule.
template <class... R>
struct first_of_sequence : first_nothing {};
template <class R1, class... R>
struct first_of_sequence<R1, R...> {
  static constexpr TokenSet value() {
    TokenSet set = kFirst<R1>;
    if constexpr (kFirst<R1>.nothing) {
      const TokenSet rest = first_of_sequence<R...>::value();
      set.add(rest);
      set.nothing = rest.nothing;
    }
    return set;
  }
};
template <class... R>
struct first_of_choice {
  static constexpr TokenSet value() {
    TokenSet set;
    (set.add(kFirst<R>), ...);
    set.nothing = (kFirst<R>.nothing || ...);
    return set;
  }
};
template <class... R>
struct first_maybe {
  static constexpr TokenSet value() {
    TokenSet set = first_of_sequence<R...>::value();
    set.nothing = true;
    return set;
  }
};

// For each token, the alternatives of a choice that can begin with it, as bits.
template <class... R>
constexpr std::array<uint32_t, kTokenCodes> alternatives() {
  static_assert(sizeof...(R) <= 32, "a choice has more alternatives than bits");
  std::array<uint32_t, kTokenCodes> out = {};
  for (size_t t = 0; t < kTokenCodes; ++t) {
    uint32_t bit = 1;
    ((out[t] |= kFirst<R>.nothing || kFirst<R>.has(static_cast<Tok>(t)) ? bit : 0, bit <<= 1), ...);
  }
  return out;
}
template <class... R>
inline constexpr std::array<uint32_t, kTokenCodes> kAlternatives = alternatives<R...>();

}  // namespace tollgate::grammar
