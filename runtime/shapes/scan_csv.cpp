// Separated values: one row of data, as `on` reads a reply, or any number of them, as `each` does. A header line names the columns; without one
// they have positions.
#include "runtime/shapes/csv.h"
#include "runtime/shapes/scan.h"

namespace tollgate {
namespace {

class CsvScanner {
 public:
  CsvScanner(Scan& scan, const CsvFormat& format, std::string_view body) : scan_(scan), format_(format), body_(body) {
    if (body_.substr(0, 3) == "\xef\xbb\xbf") at_ = 3;
  }

  bool document(uint32_t node) {
    CsvRow names, row, more;
    if (format_.header && !next(names)) return scan_.why.empty() ? scan_.fail("no header line", at_) : false;
    if (const SearchEdge* edge = scan_.trie.rows(node)) return rows(node, *edge, names);
    if (!next(row)) return scan_.why.empty() ? scan_.fail("no row", at_) : false;
    if (next(more) || !scan_.why.empty()) return scan_.fail("more than one row", begun_);
    return format_.header ? record(node, names, row) : list(node, row);
  }

 private:
  // The next row that is not an empty line.
  bool next(CsvRow& row) {
    while (at_ < body_.size()) {
      begun_ = at_;
      std::string_view rest = body_.substr(at_);
      size_t length = row_length(rest, format_, true);
      std::string_view line = without_line_end(rest.substr(0, length));
      at_ += length;
      if (line.empty()) continue;
      row = split_row(line, format_, scan_.arena);
      return row.ok() || scan_.fail(row.why, begun_ + row.at);
    }
    return false;
  }

  bool rows(uint32_t node, const SearchEdge& edge, const CsvRow& names) {
    uint32_t count = 0;
    for (CsvRow row; next(row); count++) {
      if (!(format_.header ? record(edge.to, names, row) : list(edge.to, row)) || !scan_.settle_row(edge)) return false;
      row = {};
    }
    return scan_.why.empty() && scan_.fill(node, {TokenKind::list, 0, count, {}, nullptr});
  }

  size_t place(std::string_view field) const {
    bool inside = field.data() >= body_.data() && field.data() < body_.data() + body_.size();
    return inside ? static_cast<size_t>(field.data() - body_.data()) : begun_;
  }

  bool record(uint32_t node, const CsvRow& names, const CsvRow& row) {
    if (names.count != row.count) return scan_.fail("a row with another number of columns than the header", begun_);
    if (!scan_.fill(node, {TokenKind::object, 0, 1, {}, nullptr})) return false;
    for (const TrieEdge& e : scan_.trie[node].edges)
      for (size_t i = 0; i < names.count; i++)
        if (names.fields[i] == e.name && !scan_.text(e.to, row.fields[i], place(row.fields[i]))) return false;
    return true;
  }

  bool list(uint32_t node, const CsvRow& row) {
    for (uint32_t i = 0; i < row.count; i++)
      if (!scan_.element(node, i, row.fields[i], place(row.fields[i]))) return false;
    return scan_.fill(node, {TokenKind::list, 0, static_cast<uint32_t>(row.count), {}, nullptr});
  }

  Scan& scan_;
  const CsvFormat& format_;
  std::string_view body_;
  size_t at_ = 0, begun_ = 0;
};

}  // namespace

bool scan_csv(Scan& scan, std::string_view format, std::string_view body, uint32_t node) {
  CsvFormat dialect = csv_format(format);
  return CsvScanner(scan, dialect, body).document(node);
}

}  // namespace tollgate
