#include "compiler/parse/token_input.h"

#include <algorithm>

namespace tollgate {

bool TokenInput::at_declaration() const {
  const Tok next = peek();
  if (next != Tok::family && next != Tok::carrier && next != Tok::test && next != Tok::table && next != Tok::property && next != Tok::use && next != Tok::edition) return false;
  const uint32_t begin = tree_.tokens[cursor_.token].begin;
  if (begin > 0 && tree_.source->text()[begin - 1] != '\n') return false;
  // A label or a setting may be called `test`; a declaration goes on differently.
  const Tok after = peek(1);
  if (next == Tok::test || next == Tok::table || next == Tok::property) return after == Tok::string_begin || after == Tok::raw_string;
  if (next == Tok::edition) return after == Tok::integer;
  return is_name(after);
}

void TokenInput::build_heads(const Cursor& since) {
  if (cursor_.stack < since.stack + 2) return;
  const uint32_t owner = stack_[cursor_.stack - 1];
  Node& above = tree_.nodes[owner];
  const NodeId own = above.first_child;
  link(owner, since.stack, cursor_.stack - 1);
  tree_.nodes[stack_[cursor_.stack - 2]].next_sibling = own;
  above.begin = tree_.nodes[stack_[since.stack]].begin;
  stack_[since.stack] = owner;
  cursor_.stack = since.stack + 1;
}

void TokenInput::build_error(const Cursor& since) {
  build(SyntaxKind::error, since, false);
  tree_.nodes[stack_[cursor_.stack - 1]].has_error = true;
}

void TokenInput::report_unclosed(uint32_t open_token) {
  // One forgotten bracket leaves every block around it open, too; the innermost says it for all.
  if (reported_unclosed_ && unclosed_at_ == cursor_.token) return;
  reported_unclosed_ = true;
  unclosed_at_ = cursor_.token;
  ++mistakes_;
  if (braces_.unclosed > 0) --braces_.unclosed;
  const Token& open = tree_.tokens[open_token];
  const SourceFile& file = *tree_.source;
  uint32_t last = cursor_.token;
  while (last > 0 && is_newline(static_cast<Tok>(tree_.tokens[last - 1].code))) --last;
  const uint32_t end = last == 0 ? 0 : tree_.tokens[last - 1].end;
  const Cursor here = cursor_;
  build_error(here);
  const bool brace = static_cast<Tok>(open.code) == Tok::lbrace;
  sink_.report(Diag::unclosed_bracket, file.span(open.begin, open.end))
      .arg("open", file.text(file.span(open.begin, open.end)))
      .also(file.span(end, end), "here at the latest it had to end")
      .help(Grade::likely, "close it", {{file.span(end, end), brace ? "\n}" : "]"}});
}

void TokenInput::skip_statement(Place place) {
  const uint32_t start = cursor_.token;
  if (mistakes_ >= kMistakesMax) {
    cursor_.token = static_cast<uint32_t>(tree_.tokens.size());
    return;
  }
  // Doc comments go with what they stand before; one by one they would be tried again and again.
  while (peek() == Tok::doc && is_newline(peek(1))) cursor_.token += 2;
  std::vector<Tok> open;
  for (; !empty(); bump()) {
    const Tok next = peek();
    const bool moved = cursor_.token > start;
    if (moved && at_declaration()) return;
    // The lexer gives no line breaks inside ( ), so one here means that a parenthesis was never closed.
    if (next == Tok::newline)
      while (!open.empty() && open.back() == Tok::lparen) open.pop_back();
    if (open.empty() && moved && (next == Tok::newline || (next == Tok::comma && comma_ends(place)))) return;
    if (is_opener(next)) open.push_back(next);
    if (!is_closer(next)) continue;
    if (next == Tok::rbrace)
      while (!open.empty() && open.back() != Tok::lbrace) open.pop_back();
    if (!open.empty()) open.pop_back();
    else if (moved) return;
  }
}

size_t TokenInput::indent_of(uint32_t offset) const {
  const SourceFile& file = *tree_.source;
  const std::string_view line = file.line_text(file.line_of(offset));
  return std::min(line.find_first_not_of(" \t"), line.size());
}

bool TokenInput::line_is_indented_more(uint32_t than_token) const {
  uint32_t next = cursor_.token;
  while (next < tree_.tokens.size() && is_newline(static_cast<Tok>(tree_.tokens[next].code))) ++next;
  if (next >= tree_.tokens.size()) return false;
  return indent_of(tree_.tokens[next].begin) > indent_of(tree_.tokens[than_token].begin);
}

bool TokenInput::at_dedent() const {
  if (braces_.unclosed == 0 || block_ == kNoBlock || empty() || is_closer(peek())) return false;
  const SourceFile& file = *tree_.source;
  const uint32_t here = tree_.tokens[cursor_.token].begin, there = tree_.tokens[block_].begin;
  if (file.line_of(here) == file.line_of(there)) return false;
  if (here != file.line_begin(file.line_of(here)) + indent_of(here)) return false;
  return indent_of(here) <= indent_of(there);
}

bool TokenInput::take_stray_brace(uint32_t open, Place place) {
  if (braces_.stray == 0 || peek() != Tok::rbrace) return false;
  const SourceFile& file = *tree_.source;
  const uint32_t here = tree_.tokens[cursor_.token].begin, there = tree_.tokens[open].begin;
  const bool first_on_line = here == file.line_begin(file.line_of(here)) + indent_of(here);
  // Data may end in the middle of a line; blocks of statements do not.
  const bool data = comma_ends(place);
  if (file.line_of(here) == file.line_of(there) || (!first_on_line && data)) return false;
  if (indent_of(here) <= indent_of(there)) return false;
  --braces_.stray;
  const Cursor since = cursor_;
  report({SyntaxError::What::unexpected_item, Expected::name, cursor_.token}, place);
  bump();
  build_error(since);
  return true;
}

void TokenInput::finish() {
  tree_.nodes.resize(cursor_.nodes);
  tree_.root_id = NodeId{stack_[0]};
  Node& root = tree_.nodes[stack_[0]];
  root.begin = 0;
  root.end = static_cast<uint32_t>(tree_.source->text().size());
}

}  // namespace tollgate
