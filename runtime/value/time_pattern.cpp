#include <algorithm>

#include "runtime/value/time_format.h"

namespace tollgate {
namespace {

// A letter, the lengths it may be repeated to, and what that means. Widths are the length unless stated.
struct LetterRow {
  char letter;
  uint8_t from, upto;
  TimeField field;
};
constexpr LetterRow kLetters[] = {
    {'y', 4, 4, TimeField::year4},         {'y', 2, 2, TimeField::year2},        {'M', 1, 2, TimeField::month},
    {'M', 3, 3, TimeField::month_short},   {'M', 4, 4, TimeField::month_long},   {'d', 1, 2, TimeField::day},
    {'E', 1, 3, TimeField::weekday_short}, {'E', 4, 4, TimeField::weekday_long}, {'H', 1, 2, TimeField::hour24},
    {'h', 1, 2, TimeField::hour12},        {'a', 1, 1, TimeField::half},         {'m', 1, 2, TimeField::minute},
    {'s', 1, 2, TimeField::second},        {'S', 1, 9, TimeField::fraction},     {'X', 1, 3, TimeField::offset_z},
    {'x', 1, 3, TimeField::offset},        {'Z', 1, 3, TimeField::offset},
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

Error bad_pattern(const std::string& why) { return {"time_pattern", "the time pattern is not understood: " + why}; }

class PatternReader {
 public:
  explicit PatternReader(std::string_view text) : text_(text) {}

  Result<TimePattern> read() {
    if (text_.empty()) return bad_pattern("it is empty");
    if (text_.size() > kTimePatternMax) return bad_pattern("it is longer than " + std::to_string(kTimePatternMax) + " bytes");
    while (!text_.empty()) {
      Status status = text_[0] == '\'' ? quoted() : is_letter(text_[0]) ? field() : plain();
      if (!status) return std::move(status).error();
    }
    pattern_.says_utc = utc_word_ && !pattern_.has_offset;
    return pattern_;
  }

 private:
  void push(TimeItem item) { pattern_.items[pattern_.count++] = item; }  // never more items than bytes of pattern
  void literal(char c) { push({TimeField::literal, 1, c}); }

  Status plain() {
    if (std::string_view("[]{}#").find(text_[0]) != std::string_view::npos) {
      return bad_pattern(std::string("`") + text_[0] + "` must stand in quotes");
    }
    literal(text_[0]);
    text_.remove_prefix(1);
    return Done{};
  }

  Status quoted() {
    if (text_.starts_with("''")) {
      literal('\'');
      text_.remove_prefix(2);
      return Done{};
    }
    std::string word;
    for (size_t i = 1; i < text_.size(); ++i) {
      if (text_[i] != '\'') {
        word += text_[i];
      } else if (i + 1 < text_.size() && text_[i + 1] == '\'') {
        word += text_[i++];
      } else {
        for (char c : word) literal(c);
        utc_word_ |= word == "Z" || word == "UTC" || word == "GMT";
        text_.remove_prefix(i + 1);
        return Done{};
      }
    }
    return bad_pattern("a quote is not closed");
  }

  Status field() {
    const char letter = text_[0];
    const size_t n = std::min(text_.find_first_not_of(letter), text_.size());
    for (const LetterRow& row : kLetters) {
      if (row.letter != letter || n < row.from || n > row.upto) continue;
      const bool offset = row.field == TimeField::offset || row.field == TimeField::offset_z;
      pattern_.has_offset |= offset;
      push({row.field, static_cast<uint8_t>(letter == 'Z' ? 2 : n), 0});
      text_.remove_prefix(n);
      return Done{};
    }
    return bad_pattern("`" + std::string(n, letter) + "`; letters that stand for themselves go in quotes");
  }

  std::string_view text_;
  TimePattern pattern_;
  bool utc_word_ = false;
};

}  // namespace

bool TimePattern::has(TimeField field) const {
  return std::any_of(items.begin(), items.begin() + count, [&](const TimeItem& item) { return item.field == field; });
}

bool TimePattern::readable() const {
  const bool year = has(TimeField::year4) || has(TimeField::year2);
  const bool month = has(TimeField::month) || has(TimeField::month_short) || has(TimeField::month_long);
  return year && month && has(TimeField::day) && has(TimeField::hour12) == has(TimeField::half);
}

Result<TimePattern> parse_time_pattern(std::string_view pattern) { return PatternReader(pattern).read(); }

}  // namespace tollgate
