// What PEGTL reads: tokens instead of characters. The cursor holds the place in the tokens and the height of the half-built
// tree, so every rewind of PEGTL takes back the nodes that were built since, without a line of code for it.
// Used by grammar.cpp only.
#pragma once

#include <cstdint>
#include <tao/pegtl.hpp>
#include <vector>

#include "compiler/ast/syntax.h"
#include "compiler/ast/token.h"
#include "compiler/parse/grammar.h"
#include "compiler/parse/parse.h"
#include "compiler/parse/syntax_error.h"

namespace tollgate {

class TokenInput {
 public:
  struct Cursor {
    uint32_t token = 0;
    uint32_t stack = 0;  // nodes that have no parent yet
    uint32_t nodes = 0;
  };
  using iterator_t = Cursor;

  TokenInput(Tree& tree, BraceBalance braces, Sink& sink)
      : tree_(tree), sink_(sink), tokens_(tree.tokens.data()), count_(static_cast<uint32_t>(tree.tokens.size())), braces_(braces) {
    tree_.nodes.reserve(count_ + kNodesBeyondTokens);
    stack_.resize(kStackAtFirst);
  }

  // --- for PEGTL
  template <tao::pegtl::rewind_mode M>
  [[nodiscard]] auto mark() noexcept {
    return tao::pegtl::internal::marker<Cursor, M>(cursor_);
  }
  bool empty() const { return cursor_.token >= count_; }

  // --- for the rules
  Tok peek(uint32_t ahead = 0) const {
    const uint32_t i = cursor_.token + ahead;
    return i < count_ ? static_cast<Tok>(tokens_[i].code) : Tok::none;
  }
  void bump() { ++cursor_.token; }
  const Cursor& cursor() const { return cursor_; }
  void rewind(const Cursor& to) { cursor_ = to; }

  // Is the next token the first of a line that can only begin a new declaration of the file? Then whatever is open was
  // forgotten to be closed.
  bool at_declaration() const;

  // In a file with more { than }: does the next line stand no further in than the one that opened this block?
  bool at_dedent() const;
  bool has_stray_braces() const { return braces_.stray > 0; }

  // While it lives, the innermost block is the one whose first token is `open`.
  class InBlock {
   public:
    InBlock(TokenInput& in, uint32_t open) : in_(in), outer_(in.block_) { in.block_ = open; }
    ~InBlock() { in_.block_ = outer_; }
    InBlock(const InBlock&) = delete;
    InBlock& operator=(const InBlock&) = delete;

   private:
    TokenInput& in_;
    uint32_t outer_;
  };

  // A node over the tokens since `since` with the nodes built since then as children; with `adopt`, also the one before them.
  // Inline: half of the time of a parse is here.
  void build(SyntaxKind kind, const Cursor& since, bool adopt) {
    const uint32_t node = push_node(kind, since);
    const uint32_t from = adopt && since.stack > 0 ? since.stack - 1 : since.stack;
    if (from < cursor_.stack) {
      link(node, from, cursor_.stack);
      if (from < since.stack) tree_.nodes[node].begin = tree_.nodes[stack_[from]].begin;
    }
    cursor_.stack = from;
    push_on_stack(node);
  }
  // The nodes built since then but the last become its first children.
  void build_heads(const Cursor& since);
  // An `error` node over the tokens since then.
  void build_error(const Cursor& since);

  void report(const SyntaxError& error, Place place) {
    ++mistakes_;
    report_syntax_error(error, place, tree_, sink_);
  }
  void report_unclosed(uint32_t open_token);
  // Skips the statement that begins here: to its separator or to the bracket that closes its block. Always moves.
  void skip_statement(Place place);
  bool line_is_indented_more(uint32_t than_token) const;
  // In a file with more } than {: is the } here not the one of the block that began at `open`, by its indentation? Takes it,
  // reports it, and gives true; else leaves it alone.
  bool take_stray_brace(uint32_t open, Place place);

  // Trims the arena and makes `file` the root.
  void finish();

 private:
  static constexpr uint32_t kNoBlock = UINT32_MAX;
  static constexpr size_t kNodesBeyondTokens = 64, kStackAtFirst = 256;
  size_t indent_of(uint32_t offset) const;
  void push_on_stack(uint32_t node) {
    if (stack_.size() <= cursor_.stack) stack_.resize(stack_.size() * 2);
    stack_[cursor_.stack++] = node;
  }

  // From the first to the last token that is not a line break: nodes begin and end at something visible.
  uint32_t push_node(SyntaxKind kind, const Cursor& since) {
    uint32_t first = since.token, last = cursor_.token;
    while (first < last && is_newline(static_cast<Tok>(tokens_[first].code))) ++first;
    while (last > first && is_newline(static_cast<Tok>(tokens_[last - 1].code))) --last;
    Node node;
    node.kind = kind;
    node.end = last == 0 ? 0 : tokens_[last - 1].end;
    node.begin = last > first ? tokens_[first].begin : node.end;
    const uint32_t index = cursor_.nodes++;
    if (index < tree_.nodes.size()) tree_.nodes[index] = node;
    else tree_.nodes.push_back(node);
    return index;
  }

  // The nodes on the stack between `from` and `to` become the children of `parent`, in that order.
  void link(uint32_t parent, uint32_t from, uint32_t to) {
    Node* const nodes = tree_.nodes.data();
    bool has_error = nodes[parent].has_error;
    for (uint32_t i = from; i < to; ++i) {
      Node& child = nodes[stack_[i]];
      child.parent = NodeId{parent};
      child.next_sibling = i + 1 < to ? NodeId{stack_[i + 1]} : NodeId::none;
      has_error |= child.has_error;
    }
    nodes[parent].has_error = has_error;
    if (from < to) nodes[parent].first_child = NodeId{stack_[from]};
  }

  Tree& tree_;
  Sink& sink_;
  const Token* tokens_;  // the tree's, which do not change any more
  uint32_t count_;
  Cursor cursor_;
  BraceBalance braces_;
  uint32_t block_ = kNoBlock;
  bool reported_unclosed_ = false;
  uint32_t unclosed_at_ = 0;
  size_t mistakes_ = 0;
  std::vector<uint32_t> stack_;
};

}  // namespace tollgate
