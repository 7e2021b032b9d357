// The rules that are ours among PEGTL's: matching a token, building a node, insisting, recovering.
// Used by the other grammar headers only.
#pragma once

#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze.hpp>

#include "compiler/parse/first_tokens.h"
#include "compiler/parse/token_input.h"

namespace tollgate::grammar {

namespace p = tao::pegtl;
using Kind = SyntaxKind;

// No control hooks: nodes are built by the rules themselves, which keeps the number of template instances small.
template <class Rule>
struct control : p::normal<Rule> {
  static constexpr bool enable = false;
};

template <Tok... T>
struct tok {
  using first_t = first_tokens<T...>;
  using rule_t = tok;
  using subs_t = p::empty_list;
  static bool match(TokenInput& in) {
    const Tok next = in.peek();
    if (!((next == T) || ...)) return false;
    in.bump();
    return true;
  }
};

template <Tok First, Tok Last>
struct tok_between {
  using first_t = first_between<First, Last>;
  using rule_t = tok_between;
  using subs_t = p::empty_list;
  static bool match(TokenInput& in) {
    if (in.empty() || !between(in.peek(), First, Last)) return false;
    in.bump();
    return true;
  }
};

#define TG_MATCH_PARAMETERS                                                                               \
  template <p::apply_mode A, p::rewind_mode M, template <typename...> class Action, template <typename...> \
                                                                              class Control>
#define TG_MATCH(rule, mode) Control<rule>::template match<A, mode, Action, Control>(in)

// PEGTL's own combinators, which know the tokens that each alternative can begin with: only those are tried that fit the next token, so a
// choice of thirty statements costs one look-up and not thirty attempts.
template <class... R>
struct seq : p::seq<R...> {
  using first_t = first_of_sequence<R...>;
};
template <class... R>
struct at : p::at<R...> {
  using first_t = first_nothing;
};
template <class... R>
struct not_at : p::not_at<R...> {
  using first_t = first_nothing;
};

template <class... R>
struct sor : p::sor<R...> {
  using first_t = first_of_choice<R...>;
  TG_MATCH_PARAMETERS
  static bool match(TokenInput& in) {
    return try_each<A, M, Action, Control>(in, kAlternatives<R...>[static_cast<size_t>(in.peek())], std::index_sequence_for<R...>());
  }

 private:
  template <p::apply_mode A, p::rewind_mode M, template <typename...> class Action, template <typename...> class Control, size_t... I>
  static bool try_each(TokenInput& in, [[maybe_unused]] uint32_t fits, std::index_sequence<I...>) {
    return (((fits >> I & 1) != 0 && TG_MATCH(R, (I + 1 == sizeof...(R) ? M : p::rewind_mode::required))) || ...);
  }
};

template <class... R>
struct opt : p::opt<R...> {
  using first_t = first_maybe<R...>;
  TG_MATCH_PARAMETERS
  static bool match(TokenInput& in) {
    if (kFirst<seq<R...>>.has(in.peek())) (void)TG_MATCH(seq<R...>, p::rewind_mode::required);
    return true;
  }
};

template <class... R>
struct star : p::star<R...> {
  using first_t = first_maybe<R...>;
  TG_MATCH_PARAMETERS
  static bool match(TokenInput& in) {
    while (kFirst<seq<R...>>.has(in.peek()) && TG_MATCH(seq<R...>, p::rewind_mode::required)) {
    }
    return true;
  }
};

template <class... R>
struct plus : p::plus<R...> {
  using first_t = first_of_sequence<R...>;
  TG_MATCH_PARAMETERS
  static bool match(TokenInput& in) {
    if (!TG_MATCH(seq<R...>, M)) return false;
    return star<R...>::template match<A, M, Action, Control>(in);
  }
};

// R…, and a node of kind K over what they matched.
template <Kind K, class... R>
struct node {
  using first_t = first_of_sequence<R...>;
  using rule_t = typename seq<R...>::rule_t;
  using subs_t = typename seq<R...>::subs_t;
  TG_MATCH_PARAMETERS
  static bool match(TokenInput& in) {
    auto mark = in.mark<p::rewind_mode::required>();
    const TokenInput::Cursor since = in.cursor();
    if (!TG_MATCH(seq<R...>, p::rewind_mode::active)) return false;
    in.build(K, since, false);
    return mark(true);
  }
};

// Like node, but what was built right before becomes the first child: `a` then `+ b` is add(a, b).
template <Kind K, class... R>
struct left {
  using first_t = first_of_sequence<R...>;
  using rule_t = typename seq<R...>::rule_t;
  using subs_t = typename seq<R...>::subs_t;
  TG_MATCH_PARAMETERS
  static bool match(TokenInput& in) {
    auto mark = in.mark<p::rewind_mode::required>();
    const TokenInput::Cursor since = in.cursor();
    if (!TG_MATCH(seq<R...>, p::rewind_mode::active)) return false;
    in.build(K, since, true);
    return mark(true);
  }
};

// Heads, then what they stand before; they become its first children.
template <class Heads, class R>
struct headed {
  using first_t = first_of_sequence<star<Heads>, R>;
  using rule_t = typename seq<star<Heads>, R>::rule_t;
  using subs_t = typename seq<star<Heads>, R>::subs_t;
  TG_MATCH_PARAMETERS
  static bool match(TokenInput& in) {
    auto mark = in.mark<p::rewind_mode::required>();
    const TokenInput::Cursor since = in.cursor();
    if (!TG_MATCH(star<Heads>, p::rewind_mode::active)) return false;
    if (!TG_MATCH(R, p::rewind_mode::active)) return false;
    in.build_heads(since);
    return mark(true);
  }
};

template <SyntaxError::What W, Expected E>
struct fail {
  using rule_t = p::failure::rule_t;
  using subs_t = p::empty_list;
  static bool match(TokenInput& in) { throw SyntaxError{W, E, in.cursor().token}; }
};

template <Expected E, class... R>
struct must : sor<seq<R...>, fail<SyntaxError::What::expected, E>> {
  using first_t = first_anything;  // it insists, so it must be asked
};

// An item of a block. When it throws, or is nothing the block knows, the mistake is reported, everything built since its start
// is taken back, and the input goes on behind the statement. Recovering from the start, not from where the mistake was seen,
// is what prevents cascades.
template <Place Where, class R>
struct guarded {
  using rule_t = typename seq<R>::rule_t;
  using subs_t = typename seq<R>::subs_t;
  TG_MATCH_PARAMETERS
  static bool match(TokenInput& in) {
    const TokenInput::Cursor since = in.cursor();
    try {
      if (TG_MATCH(R, p::rewind_mode::required)) return true;
      in.report({SyntaxError::What::unexpected_item, Expected::name, behind_heads(in)}, Where);
    } catch (const SyntaxError& error) {
      in.report(error, Where);
    }
    in.rewind(since);
    in.skip_statement(Where);
    in.build_error(since);
    return true;
  }

  // What a block does not know is the word after `///` and `open`, not these.
  static uint32_t behind_heads(const TokenInput& in) {
    uint32_t ahead = 0;
    while (in.peek(ahead) == Tok::doc && is_newline(in.peek(ahead + 1))) ahead += 2;
    const bool lone_doc = ahead > 0 && (is_closer(in.peek(ahead)) || in.peek(ahead) == Tok::none);
    return in.cursor().token + (lone_doc ? ahead - 2 : ahead);
  }
};

// The block was not closed: what stands here belongs outside.
struct outside {
  using rule_t = p::success::rule_t;
  using subs_t = p::empty_list;
  static bool match(TokenInput& in) { return in.at_declaration() || in.at_dedent(); }
};

struct end_of_input {
  using rule_t = p::eof::rule_t;
  using subs_t = p::empty_list;
  static bool match(TokenInput& in) { return in.empty(); }
};

using newline = tok<Tok::newline, Tok::soft_newline>;
using soft = opt<tok<Tok::soft_newline>>;
using separator = tok<Tok::newline, Tok::soft_newline, Tok::comma>;

// After an item: a separator, or the end of the block; else two items stand on one line.
template <Place Where, class End>
struct item_end
    : sor<plus<separator>, at<End>, outside, guarded<Where, fail<SyntaxError::What::missing_separator, Expected::name>>> {};

// Open, items, close. A closing bracket that is not there is reported and taken as there, so that the items stay.
template <Place Where, class Item, Tok Open, Tok Close, class Prologue = p::success>
struct block {
  using first_t = first_tokens<Open>;
  using items_t = block;  // how grammar_print.cpp knows it
  using open_t = tok<Open>;
  using item_t = Item;
  using close_t = tok<Close>;
  using end = sor<tok<Close>, end_of_input, outside>;
  using inside = seq<star<separator>, Prologue, star<not_at<end>, guarded<Where, Item>, item_end<Where, end>, star<separator>>>;
  using rule_t = typename seq<tok<Open>, inside, sor<tok<Close>, p::success>>::rule_t;
  using subs_t = typename seq<tok<Open>, inside, sor<tok<Close>, p::success>>::subs_t;

  TG_MATCH_PARAMETERS
  static bool match(TokenInput& in) {
    const uint32_t open = in.cursor().token;
    if (in.peek() != Open) return false;
    in.bump();
    const TokenInput::InBlock here(in, open);
    do {
      (void)TG_MATCH(inside, p::rewind_mode::required);
    } while (in.take_stray_brace(open, Where));
    if (in.peek() == Close) in.bump();
    else in.report_unclosed(open);
    return true;
  }
};

template <Place Where, class Item>
struct braces : block<Where, Item, Tok::lbrace, Tok::rbrace> {};

// A `{` that was forgotten before indented lines is reported and taken as there: to drop the head and keep its lines would
// report every one of them.
template <Place Where, class Item, class Prologue = p::success>
struct must_braces : block<Where, Item, Tok::lbrace, Tok::rbrace, Prologue> {
  using base = block<Where, Item, Tok::lbrace, Tok::rbrace, Prologue>;
  using first_t = first_anything;
  TG_MATCH_PARAMETERS
  static bool match(TokenInput& in) {
    if (in.peek() == Tok::lbrace) return base::template match<A, M, Action, Control>(in);
    const uint32_t open = in.cursor().token;
    const SyntaxError error{SyntaxError::What::expected, Expected::open_brace, open};
    if (!is_newline(in.peek()) || open == 0 || !in.line_is_indented_more(open - 1)) throw error;
    in.report(error, Where);
    const TokenInput::InBlock here(in, open - 1);
    const TokenInput::Cursor since = in.cursor();
    in.build_error(since);
    (void)TG_MATCH(typename base::inside, p::rewind_mode::required);
    if (in.peek() == Tok::rbrace) in.bump();
    return true;
  }
};

// A block that may be left out; in a file with a } too many, indented lines show that only its { was forgotten.
template <Place Where, class Item>
struct opt_braces : must_braces<Where, Item> {
  TG_MATCH_PARAMETERS
  static bool match(TokenInput& in) {
    const bool forgotten = in.peek() == Tok::newline && in.has_stray_braces() && in.cursor().token > 0 &&
                           in.line_is_indented_more(in.cursor().token - 1);
    if (in.peek() != Tok::lbrace && !forgotten) return true;
    return must_braces<Where, Item>::template match<A, M, Action, Control>(in);
  }
  using may_be_left_out_t = opt_braces;
  using rule_t = typename opt<braces<Where, Item>>::rule_t;
  using subs_t = typename opt<braces<Where, Item>>::subs_t;
};

#undef TG_MATCH
#undef TG_MATCH_PARAMETERS

}  // namespace tollgate::grammar

// What PEGTL's grammar analysis must know of the atoms: each consumes one token.
namespace TAO_PEGTL_NAMESPACE {
template <typename Name, tollgate::Tok... T>
struct analyze_traits<Name, tollgate::grammar::tok<T...>> : analyze_any_traits<> {};
template <typename Name, tollgate::Tok First, tollgate::Tok Last>
struct analyze_traits<Name, tollgate::grammar::tok_between<First, Last>> : analyze_any_traits<> {};
}  // namespace TAO_PEGTL_NAMESPACE
