// Scans one body along a trie and fills slots, one per trie node. Total: what is not well-formed gives false and a reason with the byte;
// places are offsets into the body, or into the decoded bytes where a codec wraps them. Recursion is bounded by kShapeDepthMax.
#pragma once

#include <span>
#include <string_view>

#include "runtime/base/arena.h"
#include "runtime/shapes/token.h"
#include "runtime/shapes/trie.h"

namespace tollgate {

struct Scan;

// Judges the elements of searched lists: does the shape's pattern select what the slots hold?
class Judge {
 public:
  virtual bool selects(const Scan& scan, const SearchEdge& edge) const = 0;

 protected:
  ~Judge() = default;
};

// The rows of one body, as tokens: for each row what stood in the edge's places. They live in the scan's arena.
struct RowTokens {
  const SearchEdge* edge = nullptr;
  std::vector<Token*> rows;
};

struct Scan {
  const Trie& trie;
  std::span<Token> slots;
  Arena& arena;
  const Judge& judge;
  std::span<const Value> settings = {};  // for codecs that take a key
  RowTokens* rows = nullptr;  // where rows are kept; null: nobody reads them
  std::string_view why = {};  // set when a scan fails: static text
  uint32_t at = 0;            // where

  bool fail(std::string_view reason, size_t offset) {
    if (why.empty()) why = reason, at = static_cast<uint32_t>(offset);
    return false;
  }
  // Fills the slot of `node`; a second time is a duplicate.
  bool fill(uint32_t node, const Token& token) {
    if (slots[node].kind != TokenKind::missing) return fail("a member of interest occurs twice", token.at);
    slots[node] = token;
    return true;
  }
  // Follows the codecs that look into a text. What does not decode leaves their slots missing: the shape does not select.
  void follow_codecs(uint32_t node);
  // Fills a slot with text, and those of the codecs that look into it. The node may be of a list's element.
  bool text(uint32_t node, std::string_view value, size_t offset) {
    if (!fill(node, {TokenKind::bare, static_cast<uint32_t>(offset), 1, value, nullptr})) return false;
    follow_codecs(node);
    return true;
  }
  // An element of a searched list has been read into the edge's slots: kept if it fits, then the slots are emptied for the next one.
  bool settle(const SearchEdge& edge);
  bool settle_row(const SearchEdge& edge);
  // One element of a list whose elements are texts, at its position and for every search.
  bool element(uint32_t list, uint32_t position, std::string_view value, size_t offset);
};

bool scan_body(Scan& scan, ShapeRoot root, std::string_view format, std::string_view body, uint32_t node);
bool scan_json(Scan& scan, std::string_view body, uint32_t node);
bool scan_form(Scan& scan, std::string_view body, uint32_t node);
bool scan_xml(Scan& scan, std::string_view body, uint32_t node);
bool scan_multipart(Scan& scan, std::string_view body, uint32_t node);
bool scan_csv(Scan& scan, std::string_view format, std::string_view body, uint32_t node);
bool scan_lines(Scan& scan, std::string_view separator, std::string_view body, uint32_t node);

}  // namespace tollgate
