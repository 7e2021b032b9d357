// Two ways to look at a whole tree. Both walk with an explicit stack of siblings: a tree is as deep as its text is nested,
// and chains such as `a + b + c …` make it deeper than any nesting limit.
#include <fmt/format.h>

#include "compiler/ast/syntax.h"

namespace tollgate {
namespace {

// Next node in reading order; `depth` follows.
NodeRef advance(NodeRef at, int& depth) {
  if (NodeRef down = at.first()) {
    ++depth;
    return down;
  }
  while (at) {
    if (NodeRef side = at.next()) return side;
    at = at.parent();
    --depth;
  }
  return {};
}

// Leaves of a mark_ kind and the like mean nothing by their text; the others do.
bool text_matters(NodeRef node) { return !node.first(); }

}  // namespace

bool same_tree(const Tree& a, const Tree& b) {
  int depth_a = 0, depth_b = 0;
  NodeRef x = a.root(), y = b.root();
  while (x && y) {
    if (x.kind() != y.kind() || depth_a != depth_b) return false;
    if (text_matters(x) != text_matters(y)) return false;
    const bool words = kind_name(x.kind()).starts_with("mark_") || x.is(SyntaxKind::record) || x.is(SyntaxKind::list) ||
                       x.is(SyntaxKind::args) || x.is(SyntaxKind::file) || x.is(SyntaxKind::settings) || x.is(SyntaxKind::params);
    if (text_matters(x) && !words) {
      // Blanks inside a leaf (`UGX  5000`, `moves money out`, an empty block) are layout, not meaning.
      auto squeeze = [](std::string_view text) {
        std::string out;
        for (char c : text)
          if (c != ' ' && c != '\t' && c != '\n' && c != '\r') out += c;
        return out;
      };
      const bool exact = x.is(SyntaxKind::string_text) || x.is(SyntaxKind::raw_string) || x.is(SyntaxKind::string_escape);
      if (exact ? x.text() != y.text() : x.child_count() == 0 && squeeze(x.text()) != squeeze(y.text())) return false;
    }
    x = advance(x, depth_a);
    y = advance(y, depth_b);
  }
  return !x && !y;
}

std::string dump(const Tree& tree, bool spans) {
  std::string out;
  int depth = 0;
  for (NodeRef at = tree.root(); at; at = advance(at, depth)) {
    out.append(static_cast<size_t>(depth) * 2, ' ');
    out += kind_name(at.kind());
    if (at.has_error()) out += '!';
    if (spans) out += fmt::format(" [{}..{}]", at.span().begin, at.span().end);
    if (!at.first() && !at.text().empty() && !kind_name(at.kind()).starts_with("mark_") &&
        at.text().find('\n') == std::string_view::npos && at.text().find('\r') == std::string_view::npos)
      out += fmt::format(" `{}`", at.text());
    out += '\n';
  }
  return out;
}

}  // namespace tollgate
