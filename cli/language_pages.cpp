#include "cli/language_pages.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <vector>

#include "cli/markdown.h"
#include "compiler/ast/token.h"
#include "compiler/parse/grammar.h"
#include "runtime/catalog/builtins.h"
#include "runtime/patterns/pattern.h"

namespace tollgate::cli {
namespace {

std::string words_of(Tok first, Tok last) {
  std::string out;
  for (size_t t = static_cast<size_t>(first); t <= static_cast<size_t>(last); ++t) {
    if (static_cast<Tok>(t) == Tok::upper || static_cast<Tok>(t) == Tok::ident) continue;
    std::string word(token_words(static_cast<Tok>(t)));
    if (word.ends_with("_word`")) word.replace(word.size() - 6, 6, "`");
    out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

// The forms that a value of this kind has: "`.text`, `.first(…)`".
std::string forms_of(Kind kind) {
  std::string out;
  for (const BuiltinRow& builtin : builtins()) {
    const auto arguments = builtin.arguments();
    if (builtin.calling != Calling::form || arguments.empty() || !contains(arguments[0].kinds, kind)) continue;
    const std::string form = code(fmt::format(".{}{}", builtin.name, arguments.size() > 1 ? "(…)" : ""));
    if (out.find(form) == std::string::npos) out += (out.empty() ? "" : " ") + form;
  }
  return out;
}

std::string readers_of(Kind kind) {
  std::string out;
#define TG_READER(name, spelling, gives, doc) \
  if (Kind::gives == kind) out += (out.empty() ? "" : " ") + code(spelling);
#include "runtime/catalog/readers.def"
#undef TG_READER
  return out;
}

// A state diagram of the rows that begin in one of `from`, as Mermaid writes it; several events between two states are one arrow.
std::string diagram(const std::vector<State>& from) {
  std::vector<std::pair<State, State>> order;
  std::map<std::pair<State, State>, std::string> events;
  for (const Transition& t : transitions()) {
    if (std::find(from.begin(), from.end(), t.from) == from.end()) continue;
    std::string& text = events[{t.from, t.to}];
    if (text.empty()) order.emplace_back(t.from, t.to);
    const std::string event = std::string(event_name(t.event)) + (needs_proof(t.event) ? "*" : "");
    if ((" " + text + ",").find(" " + event + ",") == std::string::npos) text += (text.empty() ? "" : ", ") + event;
  }
  std::string out = "```mermaid\nstateDiagram-v2\n";
  std::vector<State> ends;
  for (const auto& arrow : order) {
    out += fmt::format("  {} --> {}: {}\n", state_name(arrow.first), state_name(arrow.second), events[arrow]);
    if (terminal(arrow.second) && std::find(ends.begin(), ends.end(), arrow.second) == ends.end()) ends.push_back(arrow.second);
  }
  for (const State state : ends) out += fmt::format("  {} --> [*]\n", state_name(state));
  return out + "```\n\n";
}

}  // namespace

std::string grammar_page() {
  return page("compiler/parse/grammar_*.h", "Grammar",
              "Printed from the rules that the parser runs. `x?` may be missing, `x*` stands any number of times, `x+` at least once, `|` separates "
              "alternatives, which are tried in order. Words in quotes stand for themselves; words in capitals are kinds of token.\n\n"
              "The items of a block in `{ }` or `[ ]` are separated by commas or by line breaks. A line that begins with `=>`, "
              "`or`, `else`, `within`, `because`, `cites`, `|`, `.`, `+` or a `-` before a blank goes on with the line above; inside `( )` "
              "line breaks mean nothing. `//` begins a comment, `///` one that documents what follows.") +
         "```ebnf\n" + grammar_text() + "```\n\n## Tokens\n\n" + heads({"token", "what"}) +
         row({code("NAME"), "letters, digits and `_`, beginning with a small letter; no reserved word, no codec"}) +
         row({code("UPPER"), "the same, beginning with a capital: a type, a market, a currency, a method"}) +
         row({code("WORD"), "any word, reserved or not: only where nothing else can stand"}) + row({code("CODEC"), words_of(kFirstCodec, kLastCodec)}) +
         row({code("INTEGER") + ", " + code("HEX_INT") + ", " + code("DECIMAL"), "`42`, `-1`, `0x1F`, `1.50`"}) +
         row({code("DURATION") + ", " + code("SIZE"), "`250ms` `3s` `10min` `24h`; `16B` `4KiB` `1MiB`"}) +
         row({code("MONEY") + ", " + code("MSISDN") + ", " + code("CLOCK_TIME"), "`KES 5.50`, `+254708374149`, `22:30`"}) +
         row({code("STRING_BEGIN") + " … " + code("STRING_END"), "`\"text with {holes.of.paths}\"`; escapes `\\\"` `\\\\` `\\{` `\\}` `\\n` `\\t` `\\u{…}`"}) +
         row({code("RAW_STRING"), "`'text without holes or escapes'`"}) + row({code("DOC"), "`/// to the end of the line`"}) +
         "\n## Words\n\nReserved everywhere: " + words_of(kFirstReserved, kLastReserved) +
         ".\n\nWith a meaning at their own place, and names everywhere else: " + words_of(static_cast<Tok>(static_cast<size_t>(Tok::ident) + 1), kLastName) + ".\n";
}

std::string types_page() {
  std::string out = page("runtime/value/kind.def, runtime/catalog/builtins.def and readers.def", "Types",
                         "A type is written in a declaration (`settings { key: Secret }`) and in a match (`{ id: Text }`). *Forms* stand behind a dot; "
                         "[builtins.md](builtins.md) says what each gives. *Read by* lists the words that read it from a message; [readers.md](readers.md) has "
                         "their rules. `many T` is a list, allowed in settings; `T?` may be missing, and must be handled before it is used.") +
                    heads({"type", "what it is", "forms", "read by"});
#define TG_KIND(name, spelling, doc) \
  if (std::string_view(spelling) != "") out += row({code(spelling), doc, forms_of(Kind::name), readers_of(Kind::name)});
#include "runtime/value/kind.def"
#undef TG_KIND
  return out;
}

std::string patterns_page() {
  std::string out = page("runtime/patterns/transitions.def", "Patterns as state diagrams",
                         "One table moves every procedure; these are its parts. An event with `*` changes nothing unless it comes with proof. Guards, actions and "
                         "reasons of each row are in [states.md](states.md).");
  out += "## Before anything is sent\n\nThe request is recorded under its idempotency key; from here it may still be withdrawn.\n\n" +
         diagram({State::accepted, State::held, State::ready});
  out += "## Request and read\n\nThe attempt is durable before its first byte leaves. Whatever is not a declared answer is doubt, where money moves.\n\n" + diagram({State::sending});
  out += "## Request, wait, receive\n\nThe carrier has it; a callback or an enquiry brings the proof.\n\n" + diagram({State::waiting});
  out += "## Doubt\n\nNo timer leaves it: only proof, or a person.\n\n" + diagram({State::in_doubt, State::suspended});
  out += "## After the money\n\n" + diagram({State::partial, State::succeeded, State::reversing});
  return out;
}

}  // namespace tollgate::cli
