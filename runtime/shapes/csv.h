// Separated values (RFC 4180 and its dialects): where a row ends, and its fields.
#pragma once

#include <string_view>

#include "runtime/base/arena.h"
#include "runtime/bytecode/format.h"

namespace tollgate {

constexpr size_t kColumnsMax = 1024;

// The bytes of the first row of `text` with its line end, quoted line ends included; npos when the row is not finished in `text`. A row
// without a line end is finished when `last`: nothing follows `text`.
size_t row_length(std::string_view text, const CsvFormat& format, bool last);
// The line without its line end.
std::string_view without_line_end(std::string_view line);

struct CsvRow {
  const std::string_view* fields = nullptr;
  size_t count = 0;
  std::string_view why;   // a malformed row: static text
  size_t at = 0;          // and where in it
  bool ok() const { return why.empty(); }
};
// Takes a row apart, without its line end. Fields point into `row`, or into `arena` where quotes were doubled.
CsvRow split_row(std::string_view row, const CsvFormat& format, Arena& arena);

}  // namespace tollgate
