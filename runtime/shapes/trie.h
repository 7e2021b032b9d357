// Trie: every place that any of a matcher's shapes looks at, merged, per outermost root. A scanner walks it beside the body and fills one
// slot per node; whatever has no node is checked for form and skipped. Built once at load; immutable.
#pragma once

#include <string_view>
#include <vector>

#include "runtime/bytecode/module.h"
#include "runtime/bytecode/wire.h"

namespace tollgate {

struct TrieEdge {
  std::string_view name;  // member label; "" in xml: the element's own text
  std::string_view ns;    // xml namespace URI; "" none
  bool attribute = false, any_namespace = false;
  uint32_t to = 0;
};
struct ElementEdge { uint32_t position = 0, to = 0; };
struct PairsEdge { std::string_view key, value; uint32_t group = 0; };  // group: a node whose edges are the names of interest
// What stands in a codec's parentheses: a text of the module, or a setting.
struct CodecOperand {
  std::string_view text;
  Index setting = kNone;
  friend bool operator==(const CodecOperand&, const CodecOperand&) = default;
};
struct CodecEdge {
  Index codec = kNone;      // codecs.def; kNone: the bytes themselves
  ShapeRoot root = ShapeRoot::json;
  std::string_view format;  // of the root
  uint32_t to = 0;
  std::vector<CodecOperand> operands = {};
};
// `[.., p, ..]` and `[.., p]`: each element is read into the nodes (state, end) in turn, and judged by the shape that searches.
struct SearchEdge {
  uint32_t state = 0;       // its slot keeps what was found; `to` is the next node
  uint32_t to = 0, end = 0;
  uint32_t shape = 0;       // in the order of Trie::add
  Index node = kNone;       // p, in that shape
  ShapeRoot root = ShapeRoot::json;  // of the bytes that the list stands in
  bool last = false;        // the last element, whatever it is
  // Rows: every element is kept, and all shapes that read them look at the same places, which are not one range.
  bool rows = false;
  std::vector<uint32_t> places = {};
};

struct TrieNode {
  std::vector<TrieEdge> edges;
  std::vector<ElementEdge> elements;
  std::vector<PairsEdge> pairs;
  std::vector<CodecEdge> codecs;
  std::vector<SearchEdge> searches;
  bool repeats() const { return listed || !pairs.empty(); }
  bool listed = false;  // a list is expected here (perhaps an empty one)
};

class Trie {
 public:
  // The node where a body of this root and format begins.
  uint32_t root(ShapeRoot root, std::string_view format);
  // Adds a shape; returns, for each of its nodes, the trie node it looks at.
  std::vector<uint32_t> add(const Module& module, const Shape& shape);
  // The search of a list with `..` at its start, by the trie node that its one element looks at.
  const SearchEdge* search(uint32_t list, uint32_t element) const;
  // The rows that stand in the list at `list`, or null.
  const SearchEdge* rows(uint32_t list) const;
  // After the last shape: which places the rows fill.
  void finish();

  const TrieNode& operator[](uint32_t i) const { return nodes_[i]; }
  size_t size() const { return nodes_.size(); }

 private:
  struct Placing;
  uint32_t fresh();
  uint32_t member(uint32_t at, const TrieEdge& wanted);
  void place(Placing& p, Index node, uint32_t at);
  void place_pairs(Placing& p, const ShapeNode& node, uint32_t at);
  void place_list(Placing& p, const ShapeNode& node, uint32_t at);
  void place_codec(Placing& p, const ShapeNode& node, uint32_t at);
  void place_rows(Placing& p, const ShapeNode& node, uint32_t at);
  void gather(uint32_t at, std::vector<uint32_t>& places) const;

  struct Root { ShapeRoot root; std::string_view format; uint32_t at; };
  std::vector<TrieNode> nodes_;
  std::vector<Root> roots_;
  uint32_t shapes_ = 0;
};

}  // namespace tollgate
