// Rows: many messages in one body, each read as it arrives, in memory that does not grow with the body. Separated values by their rows,
// everything else by its lines: fixed texts, texts, JSON a line each.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shapes/csv.h"
#include "runtime/shapes/shapes.h"

namespace tollgate {

constexpr size_t kRowMax = 64 * 1024;        // bytes of one row; a longer one is a breach of the whole body
constexpr uint64_t kRowsMax = 10'000'000;    // rows of one body

// What one row was. `selection` holds until the visitor returns.
struct ReadRow {
  const Selection& selection;   // chosen: index into `each`, or into `end` when `ending`; -1: no shape takes the row
  bool ending = false;          // the last row, taken by a shape of `end`
  uint64_t number = 0;          // from 1; the header line does not count
};

// Empty lines are no rows. When there are shapes for the end, the last row must be one of them, and no other row is tried on them.
class Rows {
 public:
  // False stops the reading.
  using Visit = std::function<bool(const ReadRow&)>;

  // All shapes have one root and one format: csv, fixed, text or json. `module` outlives the rows.
  Rows(const Module& module, std::vector<Index> each, std::vector<Index> end);
  // False once the body is malformed, too long, or its visitor has stopped it; then `why` says so in one line without values.
  bool feed(std::string_view bytes, const Visit& visit);
  bool finish(const Visit& visit);
  std::string_view why() const { return why_; }
  uint64_t count() const { return count_; }

 private:
  bool fail(std::string_view why);
  bool drain(bool last, const Visit& visit);
  bool line(std::string_view row, const Visit& visit);
  bool put(std::string_view row, bool last, const Visit& visit);

  size_t shapes_ = 0, ends_ = 0;   // how many
  CsvFormat format_;
  bool separated_ = false, begun_ = false;
  std::unique_ptr<Matcher> each_, end_;
  std::string buffer_, held_, header_, scratch_;
  bool holding_ = false;
  uint64_t count_ = 0;
  std::string_view why_;
  Arena arena_;
};

}  // namespace tollgate
