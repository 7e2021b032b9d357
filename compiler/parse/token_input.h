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
#include "compiler/parse/syntax_error.h"

namespace tollgate {

// After this many the rest of the file is skipped: it is no carrier file, and nobody reads further.
inline constexpr size_t kMistakesMax = 200;

class TokenInput {
 public:
  struct Cursor {
    uint32_t token = 0;
    uint32_t stack = 0;  // nodes that have no parent yet
    uint32_t nodes = 0;
  };
  using iterator_t = Cursor;

  TokenInput(Tree& tree, BraceBalance braces, Sink& sink) : tree_(tree), sink_(sink), braces_(braces) {}

  // --- for PEGTL
  template <tao::pegtl::rewind_mode M>
  [[nodiscard]] auto mark() noexcept {
    return tao::pegtl::internal::marker<Cursor, M>(cursor_);
  }
  bool empty() const { return cursor_.token >= tree_.tokens.size(); }

  // --- for the rules
  Tok peek(uint32_t ahead = 0) const {
    const uint32_t i = cursor_.token + ahead;
    return i < tree_.tokens.size() ? static_cast<Tok>(tree_.tokens[i].code) : Tok::none;
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
  void build(SyntaxKind kind, const Cursor& since, bool adopt);
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
  size_t indent_of(uint32_t offset) const;
  uint32_t first_token(uint32_t from) const;
  uint32_t push_node(SyntaxKind kind, const Cursor& since);
  void link(uint32_t parent, uint32_t from, uint32_t to);

  Tree& tree_;
  Sink& sink_;
  Cursor cursor_;
  BraceBalance braces_;
  uint32_t block_ = kNoBlock;
  bool reported_unclosed_ = false;
  uint32_t unclosed_at_ = 0;
  size_t mistakes_ = 0;
  std::vector<uint32_t> stack_;
};

}  // namespace tollgate
