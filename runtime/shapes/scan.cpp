#include "runtime/shapes/scan.h"

#include <algorithm>

#include "runtime/shapes/codec.h"
#include "runtime/shapes/shapes.h"
#include "runtime/shapes/text_check.h"

namespace tollgate {

bool scan_body(Scan& scan, ShapeRoot root, std::string_view format, std::string_view body, uint32_t node) {
  if (root != ShapeRoot::bytes && root != ShapeRoot::multipart) {  // a part may be a file of bytes
    size_t bad = utf8_breaks_at(body);
    if (bad != std::string_view::npos) return scan.fail("not UTF-8", bad);
  }
  switch (root) {
    case ShapeRoot::json: return scan_json(scan, body, node);
    case ShapeRoot::form:
    case ShapeRoot::query: return scan_form(scan, body, node);
    case ShapeRoot::xml: return scan_xml(scan, body, node);
    case ShapeRoot::multipart: return scan_multipart(scan, body, node);
    case ShapeRoot::csv: return scan_csv(scan, format, body, node);
    case ShapeRoot::lines: return scan_lines(scan, format, body, node);
    case ShapeRoot::fixed:
    case ShapeRoot::text:
      if (scan.trie.rows(node) != nullptr) return scan_lines(scan, {}, body, node);
      return scan.text(node, body, 0);
    case ShapeRoot::path:
    case ShapeRoot::bytes: return scan.text(node, body, 0);
  }
  return false;
}

void Scan::follow_codecs(uint32_t node) {
  if (!slots[node].scalar()) return;
  for (const CodecEdge& edge : trie[node].codecs) {
    std::string_view inner = slots[node].text;
    std::vector<Value> arguments;
    for (const CodecOperand& operand : edge.operands)
      arguments.push_back(operand.setting == kNone ? Value::text(operand.text) : operand.setting < settings.size() ? settings[operand.setting] : Value::missing());
    if (edge.codec != kNone && !decode_codec(static_cast<Codec>(edge.codec), arguments, slots[node].text, arena, inner)) continue;
    Scan nested{trie, slots, arena, judge, settings, rows};
    if (!scan_body(nested, edge.root, edge.format, inner, edge.to)) slots[edge.to] = Token{};
  }
}

bool Scan::settle_row(const SearchEdge& edge) {
  if (rows == nullptr) return fail("rows where one message is read", 0);
  if (rows->edge != nullptr && rows->edge != &edge) return fail("rows in two places", 0);
  if (rows->rows.size() == kAnswerRowsMax) return fail("too many rows", 0);
  Token* kept = arena.array<Token>(edge.places.size());
  if (kept == nullptr) return fail("too large for memory", 0);
  for (size_t i = 0; i < edge.places.size(); i++) {
    kept[i] = slots[edge.places[i]];
    slots[edge.places[i]] = Token{};
  }
  rows->edge = &edge;
  rows->rows.push_back(kept);
  return true;
}

bool Scan::settle(const SearchEdge& edge) {
  if (edge.rows) return settle_row(edge);
  Token& state = slots[edge.state];
  std::span<Token> own = slots.subspan(edge.to, edge.end - edge.to);
  if (edge.last || judge.selects(*this, edge)) {
    state.count = edge.last ? 1 : state.count + 1;
    if (state.count == 1) {
      // Of the last element only the newest is kept, in one place.
      Token* kept = state.found != nullptr ? state.found : arena.array<Token>(own.size());
      if (kept == nullptr) return fail("too large for memory", 0);
      std::copy(own.begin(), own.end(), kept);
      state.found = kept;
    }
  }
  std::fill(own.begin(), own.end(), Token{});
  return true;
}

bool Scan::element(uint32_t list, uint32_t position, std::string_view value, size_t offset) {
  for (const ElementEdge& e : trie[list].elements)
    if (e.position == position && !text(e.to, value, offset)) return false;
  for (const SearchEdge& e : trie[list].searches)
    if (!text(e.to, value, offset) || !settle(e)) return false;
  return true;
}

}  // namespace tollgate
