#include "runtime/shapes/csv.h"

#include <cstring>

namespace tollgate {
namespace {

class Splitter {
 public:
  Splitter(std::string_view row, const CsvFormat& format, Arena& arena) : row_(row), f_(format), arena_(arena) {}

  CsvRow run() {
    fields_ = arena_.array<std::string_view>(most());
    if (fields_ == nullptr) return fail("too large for memory");
    do {
      if (out_.count == kColumnsMax) return fail("too many columns");
      std::string_view field;
      if (!(quoted() ? unquote(field) : plain(field))) return out_;
      fields_[out_.count++] = field;
    } while (at_ < row_.size() && row_[at_++] == f_.separator);
    out_.fields = fields_;
    return out_;
  }

 private:
  CsvRow fail(std::string_view why) { return out_.why = why, out_.at = at_, out_; }
  bool wrong(std::string_view why) { return fail(why), false; }
  bool quoted() const { return f_.quoted && at_ < row_.size() && row_[at_] == f_.quote; }
  size_t most() const {
    size_t n = 1;
    for (char c : row_) n += c == f_.separator ? 1 : 0;
    return n < kColumnsMax ? n : kColumnsMax;
  }

  bool plain(std::string_view& field) {
    size_t end = std::min(row_.find(f_.separator, at_), row_.size());
    field = row_.substr(at_, end - at_);
    if (f_.quoted && field.find(f_.quote) != std::string_view::npos) return wrong("a quote inside a field that is not quoted");
    at_ = end;
    return true;
  }

  // At the opening quote; leaves `at_` at the separator or the end.
  bool unquote(std::string_view& field) {
    size_t from = ++at_, doubled = 0;
    for (;; at_++) {
      at_ = row_.find(f_.quote, at_);
      if (at_ == std::string_view::npos) return at_ = row_.size(), wrong("a quoted field that does not end");
      if (at_ + 1 == row_.size() || row_[at_ + 1] != f_.quote) break;
      doubled++;
      at_++;
    }
    field = row_.substr(from, at_ - from);
    at_++;
    if (at_ < row_.size() && row_[at_] != f_.separator) return wrong("something follows a quoted field");
    return doubled == 0 || undouble(field, doubled);
  }

  bool undouble(std::string_view& field, size_t doubled) {
    char* room = arena_.allocate(field.size() - doubled, 1);
    if (room == nullptr) return wrong("too large for memory");
    char* out = room;
    for (size_t i = 0; i < field.size(); i++) {
      *out++ = field[i];
      if (field[i] == f_.quote) i++;
    }
    field = {room, static_cast<size_t>(out - room)};
    return true;
  }

  std::string_view row_;
  const CsvFormat& f_;
  Arena& arena_;
  std::string_view* fields_ = nullptr;
  size_t at_ = 0;
  CsvRow out_;
};

}  // namespace

size_t row_length(std::string_view text, const CsvFormat& format, bool last) {
  bool inside = false;
  for (size_t i = 0; i < text.size(); i++) {
    if (format.quoted && text[i] == format.quote) inside = !inside;
    if (text[i] == '\n' && !inside) return i + 1;
  }
  return last && !text.empty() ? text.size() : std::string_view::npos;
}

std::string_view without_line_end(std::string_view line) {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

CsvRow split_row(std::string_view row, const CsvFormat& format, Arena& arena) { return Splitter(row, format, arena).run(); }

}  // namespace tollgate
