#include "compiler/parse/syntax_error.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/ast/token.h"
#include "compiler/diag/suggest.h"

namespace tollgate {
namespace {

struct ExpectedRow {
  std::string_view what;
  std::string_view example;
};
constexpr ExpectedRow kExpected[] = {
#define TG_EXPECTED(id, what, example) {what, example},
#include "compiler/parse/expectations.def"
#undef TG_EXPECTED
};

struct PlaceRow {
  std::string_view name;
  bool comma;
  std::string_view words;
};
constexpr PlaceRow kPlaces[] = {
#define TG_PLACE(id, name, comma, words) {name, comma, words},
#include "compiler/parse/places.def"
#undef TG_PLACE
};

const PlaceRow& row(Place place) { return kPlaces[static_cast<size_t>(place)]; }

std::vector<std::string_view> split(std::string_view words) {
  std::vector<std::string_view> out;
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    out.push_back(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return out;
}

// The words in backticks: "`declined` or `failed`".
std::vector<std::string_view> quoted_words(std::string_view what) {
  std::vector<std::string_view> out;
  for (size_t open = what.find('`'); open != std::string_view::npos; open = what.find('`', open)) {
    const size_t close = std::min(what.find('`', open + 1), what.size());
    for (std::string_view one : split(what.substr(open + 1, close - open - 1))) out.push_back(one);
    open = std::min(close + 1, what.size());
  }
  return out;
}

class Telling {
 public:
  Telling(const SyntaxError& error, Place place, const Tree& tree, Sink& sink)
      : error_(error), place_(place), tree_(tree), sink_(sink) {}

  void tell() {
    if (!at_end() && tree_.tokens[error_.token].mistaken) return;  // the lexer said what is wrong
    const bool next_is_mistaken = is_newline(code()) && error_.token + 1 < tree_.tokens.size() && tree_.tokens[error_.token + 1].mistaken;
    if (next_is_mistaken || after_unclosed_string()) return;
    if (code() == Tok::doc) {
      sink_.report(Diag::stray_doc, span()).help(Grade::likely, "make it a plain comment", {{doc_slashes(), "//"}});
      return;
    }
    switch (error_.what) {
      case SyntaxError::What::expected: return expected();
      case SyntaxError::What::unexpected_item: return unexpected();
      case SyntaxError::What::missing_separator: return separator();
    }
  }

 private:
  bool at_end() const { return error_.token >= tree_.tokens.size(); }
  Tok code() const { return at_end() ? Tok::none : static_cast<Tok>(tree_.tokens[error_.token].code); }

  // What an unclosed string swallowed, up to the end of its line, cannot be missed as well. Its end has no width.
  bool after_unclosed_string() const {
    if (error_.token == 0 || (!at_end() && !is_newline(code()))) return false;
    const auto& before = tree_.tokens[std::min<size_t>(error_.token, tree_.tokens.size()) - 1];
    return static_cast<Tok>(before.code) == Tok::string_end && before.begin == before.end;
  }

  // The token found; where that is a line break or the end, the point after what was read last.
  Span span() const {
    const SourceFile& file = *tree_.source;
    if (!at_end() && !is_newline(code())) return file.span(tree_.tokens[error_.token].begin, token_end());
    uint32_t i = std::min<uint32_t>(error_.token, static_cast<uint32_t>(tree_.tokens.size()));
    while (i > 0 && is_newline(static_cast<Tok>(tree_.tokens[i - 1].code))) --i;
    const uint32_t end = i == 0 ? 0 : tree_.tokens[i - 1].end;
    return file.span(end, end);
  }

  // A string is many tokens; all of it is underlined.
  uint32_t token_end() const {
    uint32_t i = error_.token;
    if (code() != Tok::string_begin) return tree_.tokens[i].end;
    while (i + 1 < tree_.tokens.size() && static_cast<Tok>(tree_.tokens[i].code) != Tok::string_end) ++i;
    return tree_.tokens[i].end;
  }

  Span doc_slashes() const { return tree_.source->span(tree_.tokens[error_.token].begin, tree_.tokens[error_.token].begin + 3); }

  std::string_view word() const { return at_end() ? std::string_view() : tree_.source->text(span()); }

  std::string found() const {
    if (at_end() || is_newline(code()) || between(code(), Tok::string_begin, Tok::doc)) return std::string(token_words(code()));
    return fmt::format("`{}`", word());
  }

  void expected() {
    const ExpectedRow& want = kExpected[static_cast<size_t>(error_.expected)];
    if (error_.expected == Expected::name && is_word(code())) return bad_name();
    if (error_.expected == Expected::type && is_word(code()) && code() != Tok::upper) return wrong_case("a type", "a capital", true);
    Report r = sink_.report(Diag::expected, span()).arg("what", want.what).arg("found", found());
    fix(r);
    if (is_word(code()))
      if (std::optional<std::string> near = suggest(word(), quoted_words(want.what)))
        r.help(Grade::sure, fmt::format("did you mean `{}`?", *near), {{span(), *near}});
    if (!want.example.empty()) r.help(Grade::example, std::string(want.example));
  }

  void fix(Report& r) {
    const Span here = span();
    const auto replace = [&](std::string_view with) {
      r.help(Grade::sure, fmt::format("write `{}`", with), {{here, std::string(with)}});
    };
    switch (error_.expected) {
      case Expected::arrow:
        if (place_ == Place::rows && after_name() && (code() == Tok::colon || code() == Tok::lbrace || code() == Tok::slash)) row_of_message(r);
        else if (code() == Tok::result_arrow || code() == Tok::assign || code() == Tok::colon) replace("=>");
        break;
      case Expected::assign:
        if (code() == Tok::colon || code() == Tok::equal) replace("=");
        break;
      case Expected::colon:
        if (code() == Tok::assign) replace(":");
        break;
      case Expected::open_brace: r.help(Grade::likely, "open the block", {{before(), " {"}}); break;
      case Expected::close_paren: r.help(Grade::likely, "close it", {{before(), ")"}}); break;
      case Expected::close_bracket: r.help(Grade::likely, "close it", {{before(), "]"}}); break;
      case Expected::send_path:
        if (is_name(code())) r.help(Grade::likely, "put it in quotes", {{here, fmt::format("\"/{}\"", word())}});
        break;
      case Expected::text:
        if (is_name(code())) r.help(Grade::likely, "put it in quotes", {{here, fmt::format("\"{}\"", word())}});
        break;
      default: break;
    }
  }

  // An element or an attribute is not a row: a row is what a code, or the whole message, is.
  static void row_of_message(Report& r) { r.help(Grade::example, "a row of messages is a record: `{ *:answer { … } } => …`"); }

  bool after_name() const { return error_.token > 0 && is_name(static_cast<Tok>(tree_.tokens[error_.token - 1].code)); }

  // The point right after the token before.
  Span before() const {
    const uint32_t end = error_.token == 0 ? 0 : tree_.tokens[error_.token - 1].end;
    return tree_.source->span(end, end);
  }

  void bad_name() {
    if (code() == Tok::upper) return wrong_case("a name", "a lower-case letter", false);
    Report r = sink_.report(Diag::reserved_name, span()).arg("word", word());
    r.label("a name belongs here");
    if (is_codec_word(code())) r.because("a codec word may begin a shape wherever a value may stand");
    r.help(Grade::example, fmt::format("take another name, `{}_` or a longer one", word()));
  }

  void wrong_case(std::string_view what, std::string_view wanted, bool upper) {
    std::string other(word());
    char& first = other.front();
    if (upper && first >= 'a' && first <= 'z') first = static_cast<char>(first - 'a' + 'A');
    if (!upper && first >= 'A' && first <= 'Z') first = static_cast<char>(first - 'A' + 'a');
    sink_.report(Diag::name_case, span())
        .arg("what", what)
        .arg("wanted", wanted)
        .arg("word", word())
        .help(Grade::likely, fmt::format("write `{}`", other), {{span(), other}});
  }

  void unexpected() {
    const PlaceRow& where = row(place_);
    const std::vector<std::string_view> words = split(where.words);
    if (is_closer(code())) {
      sink_.report(Diag::stray_closer, span()).arg("close", word()).help(Grade::likely, "remove it", {{span(), ""}});
      return;
    }
    if (!is_word(code()) || words.empty()) {
      Report r = sink_.report(Diag::unexpected, span()).arg("where", where.name).arg("found", found());
      if (!words.empty()) r.because(fmt::format("items here begin with: {}", fmt::join(words, ", ")));
      if (place_ == Place::rows) row_of_message(r);
      return;
    }
    Report r = sink_.report(Diag::unknown_word, span()).arg("where", where.name).arg("word", word());
    if (std::optional<std::string> near = suggest(word(), words))
      r.help(Grade::sure, fmt::format("did you mean `{}`?", *near), {{span(), *near}});
    else
      r.because(fmt::format("items here begin with: {}", fmt::join(words, ", ")));
  }

  void separator() {
    Report r = sink_.report(Diag::missing_separator, span()).arg("found", found());
    r.label("what stood before ends here");
    if (comma_ends(place_) && (is_word(code()) || code() == Tok::string_begin)) r.help(Grade::likely, "separate them", {{before(), ","}});
  }

  const SyntaxError& error_;
  Place place_;
  const Tree& tree_;
  Sink& sink_;
};

}  // namespace

bool comma_ends(Place place) { return row(place).comma; }

void report_syntax_error(const SyntaxError& error, Place place, const Tree& tree, Sink& sink) {
  Telling(error, place, tree, sink).tell();
}

}  // namespace tollgate
