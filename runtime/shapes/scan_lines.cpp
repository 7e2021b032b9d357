// Lines of a text: by position, as rows, or `name=value` each. A line end is LF or CR LF; the one at the very end begins no further line.
#include "runtime/shapes/csv.h"
#include "runtime/shapes/scan.h"

namespace tollgate {
namespace {

bool named(Scan& scan, std::string_view separator, std::string_view line, size_t at, uint32_t node) {
  size_t end = line.find(separator);
  if (end == std::string_view::npos) return scan.fail("a line without its separator", at);
  for (const TrieEdge& e : scan.trie[node].edges)
    if (e.name == line.substr(0, end) && !scan.text(e.to, line.substr(end + separator.size()), at + end)) return false;
  return true;
}

}  // namespace

bool scan_lines(Scan& scan, std::string_view separator, std::string_view body, uint32_t node) {
  const bool rows = scan.trie.rows(node) != nullptr;   // an empty line is no row
  uint32_t count = 0;
  for (size_t at = rows && body.substr(0, 3) == "\xef\xbb\xbf" ? 3 : 0; at < body.size(); count++) {
    size_t length = std::min(body.find('\n', at), body.size() - 1) + 1 - at;
    std::string_view line = without_line_end(body.substr(at, length));
    if (rows && line.empty()) {
      at += length;
      continue;
    }
    bool fits = separator.empty() ? scan.element(node, count, line, at) : line.empty() || named(scan, separator, line, at, node);
    if (!fits) return false;
    at += length;
  }
  TokenKind kind = separator.empty() ? TokenKind::list : TokenKind::object;
  return scan.fill(node, {kind, 0, separator.empty() ? count : 1, {}, nullptr});
}

}  // namespace tollgate
