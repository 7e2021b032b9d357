#include "compiler/parse/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compiler/ast/token.h"
#include "compiler/parse/text_diagnostics.h"
#include "compiler/source/text_check.h"

namespace tollgate {
namespace {

enum ByteClass : uint8_t { kDigit = 1, kLetter = 2, kHex = 4, kPlainText = 8 };  // kPlainText: ends no run of plain text in a string

constexpr std::array<uint8_t, 256> byte_classes() {
  std::array<uint8_t, 256> out = {};
  for (size_t c = 0; c < out.size(); ++c) {
    if (c >= '0' && c <= '9') out[c] |= kDigit | kHex;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') out[c] |= kLetter;
    if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) out[c] |= kHex;
    if (c != '"' && c != '\\' && c != '{' && c != '\r' && c != '\n') out[c] |= kPlainText;
  }
  return out;
}
constexpr std::array<uint8_t, 256> kByteClasses = byte_classes();

bool is_of(char c, uint8_t classes) { return (kByteClasses[static_cast<unsigned char>(c)] & classes) != 0; }
bool is_digit(char c) { return is_of(c, kDigit); }
bool is_letter(char c) { return is_of(c, kLetter); }
bool is_word_byte(char c) { return is_of(c, kLetter | kDigit); }
bool is_hex(char c) { return is_of(c, kHex); }

constexpr size_t kBytesPerToken = 4;  // about what carrier files have: room for the tokens is made once

constexpr size_t kYearDigits = 4, kMonthAndDayBytes = 6;         // 2027-03-01
constexpr size_t kMsisdnDigitsMin = 7, kMsisdnDigitsMax = 15;  // E.164
constexpr size_t kEscapeDigitsMax = 6;
constexpr size_t kNameBytesShown = 16;  // of a name that is too long

class Lexer {
 public:
  Lexer(const SourceFile& file, Sink& sink) : file_(file), text_(file.text()), sink_(sink) {}

  Lexed run() {
    at_ = byte_order_mark(text_);
    out_.tokens.reserve(text_.size() / kBytesPerToken + 16);
    while (at_ < text_.size() && !out_.fatal) step();
    out_.unclosed_braces = static_cast<uint32_t>(
        std::count_if(open_.begin(), open_.end(), [](const Open& open) { return open.code == Tok::lbrace; }));
    return std::move(out_);
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  Tok last() const { return out_.tokens.empty() ? Tok::newline : static_cast<Tok>(out_.tokens.back().code); }

  void step() {
    const char c = peek();
    if (c == '\n') {
      ++at_;
      pending_newline_ = true;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
      pending_space_ = true;
    } else if (c == '/' && peek(1) == '/') {
      comment();
    } else if (c == '"') {
      string();
    } else {
      token();
    }
  }

  // --- output

  void push(Tok code, size_t begin, size_t end) {
    const bool newline = pending_newline_;
    if (newline) line_break(code, begin);
    // `or:` and the like at the start of a line are labels, not continuations.
    if ((code == Tok::colon || code == Tok::glued_colon) && out_.tokens.size() >= 2 && is_word(last())) {
      Token& before = out_.tokens[out_.tokens.size() - 2];
      if (static_cast<Tok>(before.code) == Tok::soft_newline) before.code = static_cast<uint8_t>(Tok::newline);
    }
    const bool mistaken = (!out_.error_offsets.empty() && out_.error_offsets.back() >= begin && out_.error_offsets.back() < end) ||
                          (!text_errors_.empty() && said_already(begin));
    out_.tokens.push_back({static_cast<uint8_t>(code), newline, pending_space_ || newline, mistaken, static_cast<uint32_t>(begin),
                           static_cast<uint32_t>(end)});
    pending_newline_ = pending_space_ = false;
    brackets(code, begin);
  }

  void line_break(Tok next, size_t begin) {
    if (out_.tokens.empty() || is_newline(last())) return;
    if (!open_.empty() && open_.back().code == Tok::lparen) {
      if (!starts_statement(next) && next != Tok::rbrace) return;
      // A parenthesis left open would swallow the following statements; it ends here, and the grammar says so.
      while (!open_.empty() && open_.back().code == Tok::lparen) open_.pop_back();
    }
    const uint32_t end = out_.tokens.back().end;
    const Tok code = continues(next, begin) ? Tok::soft_newline : Tok::newline;
    out_.tokens.push_back({static_cast<uint8_t>(code), false, false, false, end, end});
  }

  static bool starts_statement(Tok t) {
    return t == Tok::on || t == Tok::send || t == Tok::keep || t == Tok::let || t == Tok::await || t == Tok::step ||
           t == Tok::procedure || t == Tok::callback || t == Tok::enquiry || t == Tok::endpoint || t == Tok::test ||
           t == Tok::family || t == Tok::carrier || t == Tok::reply || t == Tok::expect;
  }

  bool continues(Tok t, size_t begin) const {
    switch (t) {
      case Tok::arrow:
      case Tok::or_word:
      case Tok::else_word:
      case Tok::within:
      case Tok::because:
      case Tok::cites:
      case Tok::bar:
      case Tok::dot:
      case Tok::plus: return true;
      case Tok::minus: return begin + 1 < text_.size() && (text_[begin + 1] == ' ' || text_[begin + 1] == '\t');
      default: return false;
    }
  }

  void brackets(Tok code, size_t begin) {
    if (is_opener(code)) {
      if (open_.size() >= kNestingMax) {
        report(Diag::too_deep, begin, begin + 1).arg("limit", std::to_string(kNestingMax)).label("one level too many");
        out_.fatal = true;
      }
      open_.push_back({code, begin});
    } else if (code == Tok::rbrace && open_.empty()) {
      ++out_.stray_braces;
    } else if (is_closer(code) && !open_.empty()) {
      if (code == Tok::rbrace)
        while (open_.size() > 1 && open_.back().code != Tok::lbrace) open_.pop_back();
      open_.pop_back();
    }
  }

  Report report(Diag id, size_t begin, size_t end) {
    out_.error_offsets.push_back(static_cast<uint32_t>(begin));
    if (out_.error_offsets.size() >= kLexicalMistakesMax) out_.fatal = true;
    return sink_.report(id, file_.span(begin, end));
  }

  // --- comments and words

  size_t line_end(size_t from) const {
    size_t end = std::min(text_.find('\n', from), text_.size());
    while (end > from && (text_[end - 1] == '\r' || text_[end - 1] == ' ' || text_[end - 1] == '\t')) --end;
    return end;
  }

  void comment() {
    const size_t begin = at_;
    const bool doc = peek(2) == '/' && peek(3) != '/';
    at_ = std::min(text_.find('\n', at_), text_.size());
    const size_t end = line_end(begin);
    if (doc) push(Tok::doc, begin, end);
    else out_.comments.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
  }

  void token() {
    const char c = peek();
    if (is_letter(c)) return word();
    if (is_digit(c)) return number(at_);
    if (c == '\'') return raw_string();
    if ((c == '-' || c == '+') && is_digit(peek(1)) && operand_may_stand()) return signed_literal();
    if (static_cast<unsigned char>(c) >= 0x80) return foreign();
    symbol();
  }

  void word() {
    const size_t begin = at_;
    while (at_ < text_.size() && is_word_byte(text_[at_])) ++at_;
    const std::string_view spelling = text_.substr(begin, at_ - begin);
    if (spelling.size() > kNameBytesMax) {
      report(Diag::name_too_long, begin, begin + kNameBytesShown).arg("size", std::to_string(spelling.size())).arg("limit", std::to_string(kNameBytesMax)).label("begins here");
    }
    if (spelling.size() == 1 && spelling[0] == '_') return push(Tok::underscore, begin, at_);
    if (is_currency(spelling) && amount_follows()) return money(begin);
    push(word_token(spelling), begin, at_);
  }

  static bool is_currency(std::string_view word) {
    return word.size() == 3 && std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  }

  bool amount_follows() const {
    size_t ahead = 0;
    while (peek(ahead) == ' ') ++ahead;
    return ahead > 0 && is_digit(peek(ahead));
  }

  void money(size_t begin) {
    while (peek() == ' ') ++at_;
    scan_digits();
    if (is_letter(peek())) {
      // `GET 5s`: no amount; what looks like a currency is a word like any other.
      at_ = begin + 3;
      return push(Tok::upper, begin, at_);
    }
    push(Tok::money, begin, at_);
  }

  // Digits with at most one point that has a digit on both sides.
  void scan_digits() {
    while (is_digit(peek())) ++at_;
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      while (is_digit(peek())) ++at_;
    }
  }

  // --- numbers

  bool operand_may_stand() const {
    const Tok t = last();
    const bool ended = is_name(t) || t == Tok::upper || is_closer(t) || is_codec_word(t) || between(t, Tok::integer, Tok::clock_time) ||
                       t == Tok::string_end || t == Tok::raw_string || t == Tok::true_word || t == Tok::false_word;
    return !ended || pending_newline_;
  }

  void signed_literal() {
    const size_t begin = at_;
    ++at_;
    if (text_[begin] == '-') return number(begin);
    size_t digits = 0;
    while (is_digit(peek(digits))) ++digits;
    if (digits < kMsisdnDigitsMin || digits > kMsisdnDigitsMax || is_letter(peek(digits))) return push(Tok::plus, begin, at_);
    at_ += digits;
    push(Tok::msisdn, begin, at_);
  }

  void number(size_t begin) {
    if (peek() == '0' && peek(1) == 'x' && is_hex(peek(2))) {
      at_ += 2;
      while (is_hex(peek())) ++at_;
      return finish_number(begin, at_, Tok::hex_int);
    }
    const size_t digits = at_;
    while (is_digit(peek())) ++at_;
    if (peek() == ':' && is_digit(peek(1)) && is_digit(peek(2)) && !is_digit(peek(3)) && at_ - digits <= 2) {
      at_ += 3;
      return push(Tok::clock_time, begin, at_);
    }
    if (at_ - digits == kYearDigits && begin == digits && date_follows()) {
      at_ += kMonthAndDayBytes;
      return push(Tok::date, begin, at_);
    }
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      while (is_digit(peek())) ++at_;
      return finish_number(begin, at_, Tok::decimal);
    }
    finish_number(begin, at_, Tok::integer);
  }

  // After a year: `-03-01` and no further digit or letter. Nobody subtracts numbers with leading zeros.
  bool date_follows() const {
    const auto two_digits = [&](size_t at) { return peek(at) == '-' && is_digit(peek(at + 1)) && is_digit(peek(at + 2)); };
    return two_digits(0) && two_digits(3) && !is_word_byte(peek(kMonthAndDayBytes));
  }

  // What is glued to the digits is a unit or a mistake.
  void finish_number(size_t begin, size_t digits_end, Tok plain) {
    while (is_word_byte(peek())) ++at_;
    const std::string_view unit = text_.substr(digits_end, at_ - digits_end);
    if (unit.empty()) return push(plain, begin, at_);
    if (plain == Tok::integer && (unit == "ms" || unit == "s" || unit == "min" || unit == "h"))
      return push(Tok::duration, begin, at_);
    if (plain == Tok::integer && (unit == "B" || unit == "KiB" || unit == "MiB")) return push(Tok::size, begin, at_);
    Report r = report(Diag::bad_number, begin, at_).arg("text", text_.substr(begin, at_ - begin));
    suggest_unit(r, text_.substr(begin, digits_end - begin), unit, digits_end);
    push(unit == "m" || unit == "d" || unit == "sec" || unit == "hr" ? Tok::duration : plain, begin, at_);
  }

  void suggest_unit(Report& r, std::string_view digits, std::string_view unit, size_t unit_begin) {
    const auto fix = [&](Grade grade, std::string_view with) {
      r.help(grade, fmt::format("write `{}{}`", digits, with), {{file_.span(unit_begin, at_), std::string(with)}});
    };
    if (unit == "m") fix(Grade::likely, "min");
    else if (unit == "sec" || unit == "secs" || unit == "S") fix(Grade::sure, "s");
    else if (unit == "mins" || unit == "minutes") fix(Grade::sure, "min");
    else if (unit == "hr" || unit == "hrs" || unit == "H") fix(Grade::sure, "h");
    else if (unit == "KB" || unit == "kB" || unit == "K") fix(Grade::likely, "KiB");
    else if (unit == "MB" || unit == "M") fix(Grade::likely, "MiB");
    else if (unit == "d") r.because("a day has 23 to 25 hours where clocks change").help(Grade::example, "write hours: `24h`");
  }

  // --- symbols

  void symbol() {
    const char next = peek(1);
    switch (peek()) {
      case '{': return sign(Tok::lbrace, 1);
      case '}': return sign(Tok::rbrace, 1);
      case '[': return sign(Tok::lbracket, 1);
      case ']': return sign(Tok::rbracket, 1);
      case '(': return sign(Tok::lparen, 1);
      case ')': return sign(Tok::rparen, 1);
      case ',': return sign(Tok::comma, 1);
      case ':': return colon();
      case '=': return next == '>' ? sign(Tok::arrow, 2) : next == '=' ? sign(Tok::equal, 2) : sign(Tok::assign, 1);
      case '!': return next == '=' ? sign(Tok::not_equal, 2) : unknown();
      case '<': return next == '=' ? sign(Tok::less_equal, 2) : sign(Tok::less, 1);
      case '>': return next == '=' ? sign(Tok::greater_equal, 2) : sign(Tok::greater, 1);
      case '-': return next == '>' ? sign(Tok::result_arrow, 2) : sign(Tok::minus, 1);
      case '.': return next != '.' ? sign(Tok::dot, 1) : peek(2) == '.' ? sign(Tok::ellipsis, 3) : sign(Tok::dotdot, 2);
      case '+': return sign(Tok::plus, 1);
      case '*': return sign(Tok::asterisk, 1);
      case '/': return sign(Tok::slash, 1);
      case '|': return sign(Tok::bar, 1);
      case '?': return sign(Tok::question, 1);
      case '@': return sign(Tok::at_sign, 1);
      default: return unknown();
    }
  }

  void sign(Tok code, size_t size) {
    const size_t begin = at_;
    at_ += size;
    push(code, begin, at_);
  }

  // `soap:Body` is one label, `label: value` is two things: what is glued on both sides belongs together.
  void colon() {
    const size_t begin = at_++;
    const bool before = !pending_space_ && !pending_newline_ && (is_word(last()) || last() == Tok::asterisk);
    push(before && is_letter(peek()) ? Tok::glued_colon : Tok::colon, begin, at_);
  }

  void foreign() {
    const CodePoint point = decode_utf8(text_, at_);
    const size_t begin = at_;
    at_ += std::max<uint32_t>(1, point.length);
    // Quotes and invisible characters were reported by the text check already.
    if (!said_already(begin)) unknown_run(begin);
    else if (is_confusable_quote(point.value)) confused_string(begin);
    else push(Tok::bad, begin, at_);
  }

  // “…” is taken as the string that was meant, so that its quotes are the only finding.
  void confused_string(size_t begin) {
    const size_t text_begin = at_, end = line_end(begin);
    size_t close = at_, width = 0;
    while (close < end && width == 0) {
      const CodePoint point = decode_utf8(text_, close);
      const uint32_t length = std::max<uint32_t>(1, point.length);
      if (text_[close] == '"' || is_confusable_quote(point.value)) width = length;
      else close += length;
    }
    if (width == 0) return push(Tok::bad, begin, at_);
    push(Tok::string_begin, begin, text_begin);
    if (close > text_begin) push(Tok::string_text, text_begin, close);
    at_ = close + width;
    push(Tok::string_end, close, at_);
  }

  bool said_already(size_t offset) const {
    return std::find(text_errors_.begin(), text_errors_.end(), offset) != text_errors_.end();
  }

  void unknown() {
    const size_t begin = at_++;
    unknown_run(begin);
  }

  void unknown_run(size_t begin) {
    while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) >= 0x80 && !said_already(at_)) ++at_;
    Report r = report(Diag::unknown_character, begin, at_).arg("char", text_.substr(begin, at_ - begin));
    const Span span = file_.span(begin, at_);
    if (text_[begin] == ';') r.help(Grade::sure, "a line break separates statements", {{span, ""}});
    if (text_[begin] == '#') r.help(Grade::sure, "a comment begins with `//`", {{span, "//"}});
    if (text_.substr(begin, at_ - begin) == "\xE2\x87\x92" || text_.substr(begin, at_ - begin) == "\xE2\x86\x92")
      r.help(Grade::sure, "write `=>`", {{span, "=>"}});
    // A comment of another language: what follows on the line is no source.
    if (text_[begin] == '#') at_ = std::min(text_.find('\n', at_), text_.size());
    push(Tok::bad, begin, at_);
  }

  // --- strings

  void raw_string() {
    const size_t begin = at_++;
    while (at_ < text_.size() && peek() != '\'' && peek() != '\n') ++at_;
    if (peek() == '\'') {
      ++at_;
      return push(Tok::raw_string, begin, at_);
    }
    unclosed(begin, "'");
    push(Tok::raw_string, begin, at_);
  }

  void unclosed(size_t begin, const char* quote) {
    at_ = std::max(line_end(begin), begin + 1);
    report(Diag::unclosed_string, begin, at_)
        .label("begins here")
        .help(Grade::likely, "close it", {{file_.span(at_, at_), quote}});
  }

  void string() {
    const size_t begin = at_++;
    push(Tok::string_begin, begin, at_);
    while (!out_.fatal) {
      const char c = peek();
      if (at_ >= text_.size() || c == '\n' || c == '\r') {
        unclosed(begin, "\"");
        return push(Tok::string_end, at_, at_);
      }
      if (c == '"') {
        ++at_;
        return push(Tok::string_end, at_ - 1, at_);
      }
      if (c == '\\') escape();
      else if (c == '{') hole();
      else plain();
    }
  }

  void plain() {
    const size_t begin = at_;
    while (at_ < text_.size() && is_of(text_[at_], kPlainText)) ++at_;
    push(Tok::string_text, begin, at_);
  }

  void escape() {
    const size_t begin = at_;
    const char c = peek(1);
    at_ += 2;
    if (c == 'u') return unicode_escape(begin);
    if (c != '\0' && std::string_view("\"\\{}nt").find(c) != std::string_view::npos)
      return push(Tok::string_escape, begin, at_);
    at_ = std::min(at_, line_end(begin));
    if (at_ <= begin + 1) at_ = begin + 1;
    else if (static_cast<unsigned char>(c) >= 0x80) at_ = begin + 1 + std::max<uint32_t>(1, decode_utf8(text_, begin + 1).length);
    bad_escape(begin);
  }

  void unicode_escape(size_t begin) {
    size_t digits = 0;
    uint32_t value = 0;
    if (peek() == '{') {
      while (digits <= kEscapeDigitsMax && is_hex(peek(1 + digits))) {
        const char d = peek(1 + digits);
        value = value * 16 + static_cast<uint32_t>(is_digit(d) ? d - '0' : (d | 0x20) - 'a' + 10);
        ++digits;
      }
    }
    const bool closed = digits > 0 && digits <= kEscapeDigitsMax && peek(1 + digits) == '}';
    const bool legal = closed && value <= 0x10FFFF && !(value >= 0xD800 && value <= 0xDFFF);
    if (closed) at_ += digits + 2;
    if (legal) return push(Tok::string_escape, begin, at_);
    bad_escape(begin);
  }

  void bad_escape(size_t begin) {
    Report r = report(Diag::unknown_escape, begin, at_).arg("escape", text_.substr(begin, at_ - begin));
    r.help(Grade::likely, "double the backslash", {{file_.span(begin, begin + 1), "\\\\"}});
    push(Tok::string_text, begin, at_);
  }

  // The path between { and }; whatever cannot belong to one ends the hole with a diagnostic.
  void hole() {
    const size_t begin = at_++;
    const size_t first_token = out_.tokens.size();
    push(Tok::hole_open, begin, at_);
    while (true) {
      const char c = peek();
      if (c == '}') {
        ++at_;
        return push(Tok::hole_close, at_ - 1, at_);
      }
      if (at_ >= text_.size() || c == '\n' || c == '\r') {  // the string has no end either, which is the finding
        drop_since(first_token);
        return push(Tok::string_text, begin, at_);
      }
      if (c == '"' || c == '\'') return bad_hole(begin, first_token, "a quote");
      if (c == '{') return bad_hole(begin, first_token, "`{`");
      if (c == '/' && peek(1) == '/') return bad_hole(begin, first_token, "`//`");
      if (c == ' ' || c == '\t') {
        ++at_;
        pending_space_ = true;
      } else {
        token();
      }
    }
  }

  void bad_hole(size_t begin, size_t first_token, const char* problem) {
    report(Diag::bad_hole, at_, std::min(at_ + 1, std::max(text_.size(), at_)))
        .arg("problem", problem)
        .also(file_.span(begin, begin + 1), "the hole begins here")
        .help(Grade::example, "name it before: `let x = …`, then `{x}`")
        .help(Grade::likely, "a plain brace is written `\\{`", {{file_.span(begin, begin + 1), "\\{"}});
    // The rest of the string, as well as it can be found, counts as plain text.
    drop_since(first_token);
    skip_broken_hole();
    push(Tok::string_text, begin, at_);
  }

  void drop_since(size_t first_token) {
    for (size_t i = first_token; i < out_.tokens.size(); ++i)
      if (static_cast<Tok>(out_.tokens[i].code) == Tok::lparen && !open_.empty()) open_.pop_back();
    out_.tokens.resize(first_token);
  }

  // `"{hmac("x")}"`: to the `}` that ends the hole if one is on the line, so that the quote after it ends the string.
  void skip_broken_hole() {
    const size_t end = line_end(at_);
    size_t close = at_;
    while (close < end && text_[close] != '}') ++close;
    const std::string_view between_quotes = text_.substr(at_, close - at_);
    const bool quotes_pair = std::count(between_quotes.begin(), between_quotes.end(), '"') % 2 == 0;
    if (close < end && quotes_pair) at_ = close + 1;
    else if (peek() != '"' && at_ < end) ++at_;
  }

  friend Lexed tollgate::lex(const SourceFile& file, Sink& sink);

  struct Open {
    Tok code;
    size_t begin;
  };

  const SourceFile& file_;
  std::string_view text_;
  Sink& sink_;
  size_t at_ = 0;
  bool pending_newline_ = false, pending_space_ = false;
  std::vector<Open> open_;
  std::vector<size_t> text_errors_;
  Lexed out_;
};

}  // namespace

Lexed lex(const SourceFile& file, Sink& sink) {
  Lexer lexer(file, sink);
  bool fatal = false;
  for (const TextProblem& problem : check_text(file)) {
    report_text_problem(problem, file, sink);
    lexer.text_errors_.push_back(problem.span.begin);
    lexer.out_.error_offsets.push_back(problem.span.begin);
    fatal = fatal || problem.fatal;
  }
  if (fatal) {
    lexer.out_.fatal = true;
    return std::move(lexer.out_);
  }
  return lexer.run();
}

}  // namespace tollgate
