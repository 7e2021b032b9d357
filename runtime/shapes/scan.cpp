#include "runtime/shapes/scan.h"

#include "runtime/shapes/codec.h"
#include "runtime/shapes/text_check.h"

namespace tollgate {

bool scan_body(Scan& scan, ShapeRoot root, std::string_view body, uint32_t node) {
  if (root != ShapeRoot::bytes) {
    size_t bad = utf8_breaks_at(body);
    if (bad != std::string_view::npos) return scan.fail("not UTF-8", bad);
  }
  switch (root) {
    case ShapeRoot::json: return scan_json(scan, body, node);
    case ShapeRoot::form:
    case ShapeRoot::query: return scan_form(scan, body, node);
    case ShapeRoot::xml: return scan_xml(scan, body, node);
    case ShapeRoot::text:
    case ShapeRoot::path:
    case ShapeRoot::bytes:
      if (!scan.fill(node, {TokenKind::bare, 0, 1, body})) return false;
      scan.follow_codecs(node);
      return true;
    case ShapeRoot::multipart: break;
  }
  return scan.fail("multipart bodies are not read", 0);
}

void Scan::follow_codecs(uint32_t node) {
  if (!slots[node].scalar()) return;
  for (const CodecEdge& edge : trie[node].codecs) {
    std::string_view inner;
    if (!decode_codec(edge.codec, slots[node].text, arena, inner)) continue;
    Scan nested{trie, slots, arena};
    if (!scan_body(nested, edge.root, inner, edge.to)) slots[edge.to] = Token{};
  }
}

}  // namespace tollgate
