// The grammar in words, printed from PEGTL's types. Apart from grammar.cpp for the same reason as grammar_check.cpp: it is instantiated over
// every rule once more, for the reference manual only.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/parse/grammar.h"
#include "compiler/parse/grammar_declaration.h"

namespace tollgate {
namespace grammar {
namespace {

constexpr size_t kLineColumnsMax = 100;  // a longer choice is written one alternative a line

constexpr std::string_view kTokenNames[] = {
#define TG_TOKEN(name, words) #name,
#define TG_WORD(name) #name,
#define TG_CODEC(name) #name,
#define TG_RESERVED(name) #name,
#include "compiler/ast/token.def"
#undef TG_TOKEN
#undef TG_WORD
#undef TG_CODEC
#undef TG_RESERVED
};

// 'when' for a word or a sign, INTEGER for a kind of token.
std::string token_text(Tok t) {
  std::string_view words = token_words(t);
  if (words.starts_with('`') && t != Tok::hole_open && t != Tok::hole_close) {
    words.remove_prefix(1);
    words.remove_suffix(1);
    if (words.ends_with("_word")) words.remove_suffix(5);
    return "'" + std::string(words) + "'";
  }
  std::string out;
  for (const char c : kTokenNames[static_cast<size_t>(t)]) out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

// How strongly the parts of a text hang together: what is looser than its surroundings needs parentheses.
enum class Binding { choice, sequence, repeated, atom };

struct Text {
  std::string words;  // empty: takes no token, so the page does not show it
  Binding binding = Binding::atom;
};

std::string inside(const Text& text, Binding wanted) { return text.binding < wanted ? "(" + text.words + ")" : text.words; }

// The name of a rule as the source gives it: "procedure"; empty for what has no name of its own.
template <class Rule>
std::string name_of() {
  std::string_view text = __PRETTY_FUNCTION__;
  constexpr std::string_view kBefore = "Rule = tollgate::grammar::";
  const size_t at = text.find(kBefore);
  if (at == std::string_view::npos) return "";
  text.remove_prefix(at + kBefore.size());
  text = text.substr(0, text.find_first_of(";]"));
  if (text.starts_with("type_within<")) return "one_type";  // one rule for each depth; on paper they are one
  // `a_name` is `name` with a message for when it is missing.
  if (text.starts_with("a_") || text.starts_with("an_")) return "";
  return text.find('<') == std::string_view::npos && text.find("::") == std::string_view::npos ? std::string(text) : "";
}

class Printer {
 public:
  template <class Rule>
  void define() {
    const std::string name = name_of<Rule>();
    if (!defined_.emplace(name, order_.size()).second) return;
    order_.emplace_back();
    const size_t at = order_.size() - 1;
    const Text text = body<Rule>();
    order_[at] = text.words.empty() ? "" : name + " =" + wrapped(text) + "\n";
  }

  std::string all() const {
    std::string out;
    for (const std::string& rule : order_) out += rule;
    return out;
  }

 private:
  template <class Rule>
  Text text_of() {
    const std::string name = name_of<Rule>();
    if (name.empty() || !shows<Rule>()) return body<Rule>();
    define<Rule>();
    return {name, Binding::atom};
  }

  // A rule that only looks ahead or that only insists says nothing about the text.
  template <class Rule>
  static bool shows() {
    return !std::is_same_v<typename Rule::rule_t, p::success::rule_t> && !std::is_same_v<typename Rule::rule_t, p::failure::rule_t> &&
           !std::is_same_v<typename Rule::rule_t, p::eof::rule_t>;
  }

  template <class Rule>
  Text body() {
    if constexpr (requires { typename Rule::items_t; }) return block_of<Rule>();
    else return by_form(static_cast<typename Rule::rule_t*>(nullptr));
  }

  template <class Rule>
  Text block_of() {
    const Text item = text_of<typename Rule::item_t>();
    const Text all{text_of<typename Rule::open_t>().words + " " + inside(item, Binding::repeated) + "* " + text_of<typename Rule::close_t>().words, Binding::sequence};
    if constexpr (requires { typename Rule::may_be_left_out_t; }) return suffixed({all}, "?");
    else return all;
  }

  // --- by the form that PEGTL gives a rule
  template <Tok... T>
  Text by_form(tok<T...>*) {
    if (((T == Tok::newline || T == Tok::soft_newline || T == Tok::comma) && ...) && sizeof...(T) > 1) return {};  // separators: see the page's head
    if (((T == Tok::soft_newline) && ...)) return {};
    if (((T == Tok::colon || T == Tok::glued_colon) && ...)) return {"':'", Binding::atom};
    return joined({Text{token_text(T), Binding::atom}...}, " | ", Binding::choice);
  }
  template <Tok First, Tok Last>
  Text by_form(tok_between<First, Last>*) {
    return {First == kFirstCodec ? "CODEC" : Last == kLastName ? "NAME" : "WORD", Binding::atom};
  }
  template <class... R>
  Text by_form(p::internal::seq<R...>*) {
    return joined({text_of<R>()...}, " ", Binding::sequence);
  }
  template <class... R>
  Text by_form(p::internal::sor<R...>*) {
    return joined({text_of<R>()...}, " | ", Binding::choice);
  }
  template <class... R>
  Text by_form(p::internal::opt<R...>*) {
    return suffixed({text_of<R>()...}, "?");
  }
  template <class... R>
  Text by_form(p::internal::star<R...>*) {
    return suffixed({text_of<R>()...}, "*");
  }
  template <class... R>
  Text by_form(p::internal::plus<R...>*) {
    return suffixed({text_of<R>()...}, "+");
  }
  Text by_form(void*) { return {}; }

  static Text joined(const std::vector<Text>& parts, std::string_view between, Binding binding) {
    std::vector<const Text*> shown;
    for (const Text& part : parts)
      if (!part.words.empty()) shown.push_back(&part);
    if (shown.empty()) return {};
    if (shown.size() == 1) return *shown[0];
    std::string out;
    for (const Text* part : shown) out += (out.empty() ? "" : std::string(between)) + (binding == Binding::choice ? part->words : inside(*part, Binding::sequence));
    return {out, binding};
  }

  static Text suffixed(const std::vector<Text>& parts, const char* suffix) {
    const Text all = joined(parts, " ", Binding::sequence);
    if (all.words.empty()) return {};
    return {inside(all, Binding::atom) + suffix, Binding::repeated};
  }

  // A long choice: one alternative a line.
  static std::string wrapped(const Text& text) {
    if (text.binding != Binding::choice || text.words.size() <= kLineColumnsMax) return " " + text.words;
    std::string out;
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.words.size(); ++i) {
      const char c = text.words[i];
      if (c == '\'') quoted = !quoted;
      if (!quoted && c == '(') ++depth;
      if (!quoted && c == ')') --depth;
      if (!quoted && depth == 0 && text.words.compare(i, 3, " | ") == 0) out += "\n ";
      else out += c;
    }
    return "\n   " + out;
  }

  std::map<std::string, size_t> defined_;
  std::vector<std::string> order_;
};

}  // namespace
}  // namespace grammar

std::string grammar_text() {
  grammar::Printer printer;
  printer.define<grammar::file>();
  return printer.all();
}

}  // namespace tollgate
