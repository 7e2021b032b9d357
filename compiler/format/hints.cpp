#include "compiler/format/hints.h"

#include <algorithm>

#include "compiler/ast/token.h"

namespace tollgate {
namespace {

bool is_label(SyntaxKind kind) {
  return kind == SyntaxKind::label || kind == SyntaxKind::label_attribute || kind == SyntaxKind::label_qualified ||
         kind == SyntaxKind::label_any_namespace || kind == SyntaxKind::label_quoted;
}

// `cites` stands before something, or speaks of the whole family; elsewhere it belongs to the line before.
bool is_leading_citation(NodeRef node) {
  switch (node.parent().kind()) {
    case SyntaxKind::target:
    case SyntaxKind::once_per:
    case SyntaxKind::priced_by:
    case SyntaxKind::verify:
    case SyntaxKind::proves: return false;
    default: return true;
  }
}

}  // namespace

FormatHints::FormatHints(const Tree& tree) : tree_(tree), flags_(tree.source->text().size() + 1) {
  for (uint32_t i = 0; i < tree.nodes.size(); ++i) visit(NodeRef(&tree, NodeId{i}));
}

void FormatHints::set(uint32_t at, Flag flag) { flags_[at] = static_cast<uint8_t>(flags_[at] | flag); }

void FormatHints::visit(NodeRef node) {
  const Span span = node.span();
  switch (node.kind()) {
    case SyntaxKind::use:
    case SyntaxKind::schedule:
    case SyntaxKind::unless:
    case SyntaxKind::type: mark_tokens(node, span.begin, span.end); break;
    case SyntaxKind::label_qualified:
    case SyntaxKind::label_any_namespace: mark_tokens(node, span.begin, span.end); break;
    case SyntaxKind::args:
    case SyntaxKind::params:
      // `for x (code: Text)`: the columns of a table are the table's, not the carrier's; a row begins with its cells.
      if (!node.parent().is(SyntaxKind::table_test) && !node.parent().is(SyntaxKind::test_row)) set(span.begin, kArgumentParen);
      break;
    case SyntaxKind::cites:
      if (is_leading_citation(node)) set(span.begin, kBeginsItem);
      break;
    case SyntaxKind::field: {
      NodeRef first, last;
      for (NodeRef child : node.children())
        if (is_label(child.kind())) {
          if (!first) first = child;
          last = child;
        }
      if (first && !(first == last)) mark_tokens(node, first.span().begin, last.span().end);
      break;
    }
    default: break;
  }
}

void FormatHints::mark_tokens(NodeRef node, uint32_t begin, uint32_t end) {
  auto at = std::lower_bound(tree_.tokens.begin(), tree_.tokens.end(), begin,
                             [](const Token& token, uint32_t offset) { return token.begin < offset; });
  for (; at != tree_.tokens.end() && at->begin < end; ++at) {
    const Tok code = static_cast<Tok>(at->code);
    if (code == Tok::comma && !node.is(SyntaxKind::field)) set(at->begin, kPlainComma);
    if (code == Tok::glued_colon && is_label(node.kind())) set(at->begin, kQualifier);
    if (code == Tok::slash && node.is(SyntaxKind::field)) set(at->begin, kLabelSlash);
    if ((code == Tok::less || code == Tok::greater) && node.is(SyntaxKind::type)) set(at->begin, kTypeBracket);
    if (node.is(SyntaxKind::use) && at->begin > begin) set(at->begin, kJoined);
  }
}

}  // namespace tollgate
