#include "compiler/parse/parse.h"

#include <string>
#include <utility>
#include <vector>

#include "compiler/ast/token.h"
#include "compiler/parse/grammar.h"
#include "compiler/parse/lexer.h"

namespace tollgate {
namespace {

Tree unreadable(const SourceFile& file) {
  Tree tree;
  tree.source = &file;
  tree.nodes.push_back(Node{SyntaxKind::file, true, 0, 0, NodeId::none, NodeId::none, NodeId::none});
  tree.root_id = NodeId{0};
  return tree;
}

// A lexical mistake inside a node makes the node doubtful, although the grammar saw nothing wrong.
void mark_error(Tree& tree, uint32_t offset) {
  uint32_t at = static_cast<uint32_t>(tree.root_id);
  while (true) {
    tree.nodes[at].has_error = true;
    NodeId child = tree.nodes[at].first_child;
    while (child != NodeId::none) {
      const Node& node = tree.nodes[static_cast<uint32_t>(child)];
      if (node.begin <= offset && offset < node.end) break;
      child = node.next_sibling;
    }
    if (child == NodeId::none) return;
    at = static_cast<uint32_t>(child);
  }
}

// `edition` and `use` come first; the grammar takes them anywhere so that the message can be this one.
void check_order(Tree& tree, Sink& sink) {
  NodeRef first_declaration, first_use;
  for (NodeRef item : tree.root().children()) {
    const bool leads = item.is(SyntaxKind::edition) || item.is(SyntaxKind::use);
    NodeRef before = first_declaration ? first_declaration : item.is(SyntaxKind::edition) ? first_use : NodeRef();
    if (leads && before) {
      const char* word = item.is(SyntaxKind::edition) ? "edition" : "use";
      sink.report(Diag::file_order, item.span()).arg("word", word).also(before.span(), "this comes first");
      mark_error(tree, item.span().begin);
    }
    if (item.is(SyntaxKind::use) && !first_use) first_use = item;
    if (!leads && !item.is(SyntaxKind::error) && !first_declaration) first_declaration = item;
  }
}

// Separators alone are no file: its canonical form would be the empty one.
bool only_separators(const Tree& tree, Span& where) {
  if (tree.root().first()) return false;
  for (const Token& token : tree.tokens) {
    if (static_cast<Tok>(token.code) != Tok::comma) continue;
    where = {tree.source->id(), token.begin, token.end};
    return true;
  }
  return false;
}

// Later phases walk trees recursively. Brackets are limited by the grammar; a chain of operators or of calls is as deep as it is long.
// A parent is made after its children, so it has the greater index: from the last node to the first, each one's parent is done before it.
bool too_deep(const Tree& tree, Span& where) {
  std::vector<uint16_t> depths(tree.nodes.size());
  for (size_t i = tree.nodes.size(); i-- > 0;) {
    const NodeId parent = tree.nodes[i].parent;
    if (parent == NodeId::none) continue;
    depths[i] = static_cast<uint16_t>(depths[static_cast<uint32_t>(parent)] + 1);
    if (depths[i] > kTreeDepthMax) {
      where = NodeRef(&tree, NodeId{static_cast<uint32_t>(i)}).span();
      return true;
    }
  }
  return false;
}

}  // namespace

Tree parse(const SourceFile& file, Sink& sink) {
  Lexed lexed = lex(file, sink);
  if (lexed.fatal) return unreadable(file);
  Tree tree;
  tree.source = &file;
  tree.tokens = std::move(lexed.tokens);
  tree.comments = std::move(lexed.comments);
  parse_tokens(tree, {lexed.stray_braces, lexed.unclosed_braces}, sink);
  for (uint32_t offset : lexed.error_offsets) mark_error(tree, offset);
  if (Span where; only_separators(tree, where)) {
    sink.report(Diag::empty_file, where).label("separates nothing");
    return unreadable(file);
  }
  if (Span where; too_deep(tree, where)) {
    sink.report(Diag::too_deep, where).arg("limit", std::to_string(kTreeDepthMax)).label("in here");
    return unreadable(file);
  }
  check_order(tree, sink);
  return tree;
}

}  // namespace tollgate
