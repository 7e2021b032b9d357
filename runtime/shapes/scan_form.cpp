// application/x-www-form-urlencoded, of bodies and of queries: one rule for both.
#include "runtime/shapes/codec.h"
#include "runtime/shapes/scan.h"

namespace tollgate {

namespace {

// A name that may occur several times: alone it is a text too.
bool repeated(Scan& scan, uint32_t node, std::string_view value, size_t at) {
  Token& slot = scan.slots[node];
  uint32_t position = slot.count;
  if (position == 0 && !scan.text(node, value, at)) return false;
  if (position != 0) slot.kind = TokenKind::list, slot.count++;
  return scan.element(node, position, value, at);
}

}  // namespace

bool scan_form(Scan& scan, std::string_view body, uint32_t node) {
  if (!scan.fill(node, {TokenKind::object, 0, 1, {}, nullptr})) return false;
  size_t at = 0;
  while (at < body.size()) {
    size_t end = std::min(body.find('&', at), body.size());
    std::string_view pair = body.substr(at, end - at);
    size_t equals = std::min(pair.find('='), pair.size());
    std::string_view name, value;
    if (!decode_form(pair.substr(0, equals), scan.arena, name)) return scan.fail("a name that is not percent-encoded UTF-8", at);
    if (!decode_form(pair.substr(std::min(equals + 1, pair.size())), scan.arena, value))
      return scan.fail("a value that is not percent-encoded UTF-8", at + equals);
    if (pair.empty() && at + 1 < body.size()) return scan.fail("an empty pair", at);
    for (const TrieEdge& e : scan.trie[node].edges) {
      if (e.name != name) continue;
      if (!scan.trie[e.to].repeats() ? !scan.text(e.to, value, at) : !repeated(scan, e.to, value, at)) return false;
    }
    at = end + 1;
  }
  return true;
}

}  // namespace tollgate
