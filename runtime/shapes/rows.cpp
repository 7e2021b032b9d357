#include "runtime/shapes/rows.h"

#include <algorithm>

namespace tollgate {
namespace {

Selection one_of(const Matcher& matcher, std::string_view row, size_t shapes, Arena& arena) {
  bool* all = arena.array<bool>(shapes);
  if (all == nullptr) return {};
  std::fill(all, all + shapes, true);
  return matcher.match(row, {all, shapes}, arena);
}

}  // namespace

Rows::Rows(const Module& module, std::vector<Index> each, std::vector<Index> end) : shapes_(each.size()), ends_(end.size()) {
  Index first = !each.empty() ? each[0] : end[0];
  separated_ = module.shapes[first].root == ShapeRoot::csv;
  if (separated_) format_ = csv_format(module.text(module.shapes[first].format));
  each_ = std::make_unique<Matcher>(module, std::move(each));
  if (ends_ != 0) end_ = std::make_unique<Matcher>(module, std::move(end));
}

bool Rows::fail(std::string_view why) {
  if (why_.empty()) why_ = why;
  return false;
}

bool Rows::feed(std::string_view bytes, const Visit& visit) {
  if (!why_.empty()) return false;
  // Never more than one unfinished row and one piece of what comes is held.
  while (!bytes.empty()) {
    size_t piece = std::min(bytes.size(), kRowMax);
    buffer_ += bytes.substr(0, piece);
    bytes.remove_prefix(piece);
    if (!begun_ && buffer_.size() >= 3) {
      if (buffer_.compare(0, 3, "\xef\xbb\xbf") == 0) buffer_.erase(0, 3);
      begun_ = true;
    }
    if (!drain(false, visit)) return false;
  }
  return true;
}

bool Rows::finish(const Visit& visit) {
  if (!why_.empty() || !drain(true, visit)) return false;
  if (separated_ && format_.header && header_.empty()) return fail("no header line");
  if (holding_) return put(held_, true, visit);
  return ends_ == 0 || fail("no row at the end");
}

bool Rows::drain(bool last, const Visit& visit) {
  CsvFormat plain;
  plain.quoted = false;
  size_t at = 0;
  while (at < buffer_.size()) {
    std::string_view rest = std::string_view(buffer_).substr(at);
    size_t length = row_length(rest, separated_ ? format_ : plain, last);
    if (length == std::string_view::npos) break;
    if (length > kRowMax) return fail("a row over 64 KiB");
    std::string_view row = without_line_end(rest.substr(0, length));
    at += length;
    if (!row.empty() && !line(row, visit)) return false;
  }
  buffer_.erase(0, at);
  return buffer_.size() <= kRowMax || fail("a row over 64 KiB");
}

bool Rows::line(std::string_view row, const Visit& visit) {
  if (separated_ && format_.header && header_.empty()) {
    header_.assign(row);
    header_ += '\n';
    return true;
  }
  if (ends_ == 0) return put(row, false, visit);
  // With shapes for the end, a row waits until it is known not to be the last.
  if (holding_ && !put(held_, false, visit)) return false;
  held_.assign(row);
  holding_ = true;
  return true;
}

bool Rows::put(std::string_view row, bool last, const Visit& visit) {
  if (++count_ > kRowsMax) return fail("too many rows");
  if (!header_.empty()) {
    scratch_ = header_;
    scratch_ += row;
    row = scratch_;
  }
  bool ending = last && ends_ != 0;
  arena_.reset();
  Selection selection = ending ? one_of(*end_, row, ends_, arena_) : one_of(*each_, row, shapes_, arena_);
  return visit(ReadRow{selection, ending, count_}) || fail("stopped");
}

}  // namespace tollgate
