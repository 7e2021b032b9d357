// The syntax tree of one carrier file: lossless (with the token and comment lists a formatter can rebuild every byte that
// means something), generic (one node type, kinds in syntax.def), and complete even when the text is wrong (nodes of kind
// `error`, and has_error() on everything above them).
//
//   Tree tree = parse(file, sink);
//   for (NodeRef family : tree.root().children(SyntaxKind::family))
//     if (NodeRef name = family.child(SyntaxKind::name)) print(name.text());
//
// A Tree borrows its SourceFile, which must outlive it. A NodeRef borrows the Tree. Both are immutable after parse().
#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source.h"

namespace tollgate {

// Named SyntaxKind, not Kind: runtime/value/value.h has the Kind of values, and both meet in the resolver.
enum class SyntaxKind : uint8_t {
#define TG_SYNTAX(name, children) name,
#include "compiler/ast/syntax.def"
#undef TG_SYNTAX
};

// The row's own words: "arm", and what its children are.
std::string_view kind_name(SyntaxKind kind);
std::string_view kind_children(SyntaxKind kind);

// Index of a node in its Tree.
enum class NodeId : uint32_t { none = UINT32_MAX };

struct Node {
  SyntaxKind kind = SyntaxKind::error;
  bool has_error = false;  // this node or one below it could not be parsed
  uint32_t begin = 0;      // bytes, without the comments and separators around the node
  uint32_t end = 0;
  NodeId parent = NodeId::none;
  NodeId first_child = NodeId::none;
  NodeId next_sibling = NodeId::none;
};

// One lexical token as the formatter and the editor need it; strings are several tokens (quote, text, holes, quote).
struct Token {
  uint8_t code = 0;  // compiler/ast/token.h
  bool newline_before = false;
  bool space_before = false;
  bool mistaken = false;  // the lexer reported a mistake in it
  uint32_t begin = 0;
  uint32_t end = 0;
};

struct Comment {
  uint32_t begin = 0;  // `//` up to, but not including, the line break; `///` is a token, not a comment
  uint32_t end = 0;
};

class NodeRef;

struct Tree {
  const SourceFile* source = nullptr;
  std::vector<Node> nodes;
  NodeId root_id = NodeId::none;
  std::vector<Token> tokens;      // in order, without comments
  std::vector<Comment> comments;  // in order

  // A tree always has a root of kind `file`, even for an empty or unreadable file.
  NodeRef root() const;
  bool has_error() const;
};

// A node of a tree, or nothing: `if (NodeRef x = …)`. Asking "nothing" for its children gives nothing; for its kind, `error`.
class NodeRef {
 public:
  NodeRef() = default;
  NodeRef(const Tree* tree, NodeId id) : tree_(tree), id_(id) {}

  explicit operator bool() const { return tree_ != nullptr && id_ != NodeId::none; }
  NodeId id() const { return id_; }
  const Tree& tree() const { return *tree_; }
  SyntaxKind kind() const { return *this ? node().kind : SyntaxKind::error; }
  bool is(SyntaxKind kind) const { return *this && node().kind == kind; }
  bool has_error() const { return *this && node().has_error; }
  Span span() const;
  std::string_view text() const;

  NodeRef parent() const { return *this ? NodeRef(tree_, node().parent) : NodeRef(); }
  NodeRef next() const { return *this ? NodeRef(tree_, node().next_sibling) : NodeRef(); }
  NodeRef first() const { return *this ? NodeRef(tree_, node().first_child) : NodeRef(); }

  // Every child in order; or only those of one kind. Usable in a range-for.
  class Range;
  Range children() const;
  Range children(SyntaxKind kind) const;
  size_t child_count() const;

  // First child of that kind, or the i-th child (from 0); nothing when there is none.
  NodeRef child(SyntaxKind kind) const;
  NodeRef child(size_t index) const;
  bool has(SyntaxKind kind) const { return static_cast<bool>(child(kind)); }
  // The i-th child (from 0) of that kind.
  NodeRef child(SyntaxKind kind, size_t index) const;
  NodeRef last() const;

  friend bool operator==(const NodeRef& a, const NodeRef& b) { return a.tree_ == b.tree_ && a.id_ == b.id_; }

 private:
  const Node& node() const { return tree_->nodes[static_cast<uint32_t>(id_)]; }

  const Tree* tree_ = nullptr;
  NodeId id_ = NodeId::none;
};

class NodeRef::Range {
 public:
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = NodeRef;
    using difference_type = std::ptrdiff_t;
    using pointer = const NodeRef*;
    using reference = NodeRef;

    iterator() = default;
    iterator(NodeRef at, std::optional<SyntaxKind> only) : at_(at), only_(only) { settle(); }
    NodeRef operator*() const { return at_; }
    iterator& operator++() {
      at_ = at_.next();
      settle();
      return *this;
    }
    iterator operator++(int) {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) {
      return static_cast<bool>(a.at_) == static_cast<bool>(b.at_) && (!a.at_ || a.at_ == b.at_);
    }

   private:
    void settle() {
      while (at_ && only_ && at_.kind() != *only_) at_ = at_.next();
    }
    NodeRef at_;
    std::optional<SyntaxKind> only_;
  };

  Range(NodeRef first, std::optional<SyntaxKind> only) : first_(first), only_(only) {}
  iterator begin() const { return iterator(first_, only_); }
  iterator end() const { return iterator(); }
  bool empty() const { return begin() == end(); }
  size_t size() const { return static_cast<size_t>(std::distance(begin(), end())); }

 private:
  NodeRef first_;
  std::optional<SyntaxKind> only_;
};

inline NodeRef Tree::root() const { return NodeRef(this, root_id); }
inline bool Tree::has_error() const { return root().has_error(); }
inline NodeRef::Range NodeRef::children() const { return Range(first(), std::nullopt); }
inline NodeRef::Range NodeRef::children(SyntaxKind kind) const { return Range(first(), kind); }

// True for doc, cites, deprecated, allow and the words private, open, replace, extend.
bool is_head(SyntaxKind kind);
// The text value of a `string` without holes or of a `raw_string`: quotes off, escapes resolved. Nothing for a string with holes.
std::optional<std::string> plain_text(NodeRef string);
// The character that a `string_escape` stands for, in UTF-8.
std::string escape_value(NodeRef escape);
// The `///` lines before a declaration, joined by line breaks, without slashes and the blank after them.
std::string doc_text(NodeRef declaration);

// Two trees of the same shape: same kinds and, for leaves, the same text. Places and comments do not matter.
bool same_tree(const Tree& a, const Tree& b);

// The tree as text, one node per line, leaves with their text, errors marked with `!`. With `spans`, byte ranges too.
std::string dump(const Tree& tree, bool spans = false);

}  // namespace tollgate
