// What the layout must know of the tree, found once: tokens whose meaning their code does not tell.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/ast/syntax.h"

namespace tollgate {

// By the byte offset at which a token begins.
class FormatHints {
 public:
  explicit FormatHints(const Tree& tree);

  bool plain_comma(uint32_t at) const { return has(at, kPlainComma); }      // lists names or durations, separates no items
  bool joined(uint32_t at) const { return has(at, kJoined); }               // a line break before it means nothing
  bool label_slash(uint32_t at) const { return has(at, kLabelSlash); }      // a/b
  bool type_bracket(uint32_t at) const { return has(at, kTypeBracket); }    // Map<Text, Int>
  bool argument_paren(uint32_t at) const { return has(at, kArgumentParen); }  // f(x), not when (x)
  bool qualifier(uint32_t at) const { return has(at, kQualifier); }           // soap:Body, not name:Type
  bool begins_item(uint32_t at) const { return has(at, kBeginsItem); }      // a `cites` that is a head

 private:
  enum Flag : uint8_t {
    kPlainComma = 1,
    kJoined = 2,
    kLabelSlash = 4,
    kTypeBracket = 8,
    kArgumentParen = 16,
    kBeginsItem = 32,
    kQualifier = 64,
  };
  bool has(uint32_t at, Flag flag) const { return at < flags_.size() && (flags_[at] & flag) != 0; }
  void set(uint32_t at, Flag flag);
  void visit(NodeRef node);
  void mark_tokens(NodeRef node, uint32_t begin, uint32_t end);

  const Tree& tree_;
  std::vector<uint8_t> flags_;
};

}  // namespace tollgate
