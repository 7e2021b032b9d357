#include "compiler/ast/syntax.h"

#include <algorithm>


namespace tollgate {
namespace {

struct Row {
  std::string_view name;
  std::string_view children;
};
constexpr Row kRows[] = {
#define TG_SYNTAX(name, children) {#name, children},
#include "compiler/ast/syntax.def"
#undef TG_SYNTAX
};

void append_utf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

// `escape` as the lexer accepted it: \" \\ \{ \} \n \t \u{…}.
void append_escape(std::string& out, std::string_view escape) {
  switch (escape.size() > 1 ? escape[1] : '\\') {
    case 'n': out += '\n'; return;
    case 't': out += '\t'; return;
    case 'u': break;
    default: out += escape.size() > 1 ? escape[1] : '\\'; return;
  }
  uint32_t value = 0;
  for (char c : escape.substr(2)) {
    if (c >= '0' && c <= '9') value = value * 16 + static_cast<uint32_t>(c - '0');
    else if (c >= 'a' && c <= 'f') value = value * 16 + static_cast<uint32_t>(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F') value = value * 16 + static_cast<uint32_t>(c - 'A' + 10);
  }
  append_utf8(out, value);
}

}  // namespace

std::string_view kind_name(SyntaxKind kind) { return kRows[static_cast<size_t>(kind)].name; }
std::string_view kind_children(SyntaxKind kind) { return kRows[static_cast<size_t>(kind)].children; }

Span NodeRef::span() const {
  if (!*this) return {};
  return Span{tree_->source->id(), node().begin, node().end};
}

std::string_view NodeRef::text() const { return *this ? tree_->source->text(span()) : std::string_view(); }

size_t NodeRef::child_count() const { return children().size(); }

NodeRef NodeRef::child(SyntaxKind kind) const {
  for (NodeRef at = first(); at; at = at.next())
    if (at.kind() == kind) return at;
  return {};
}

NodeRef NodeRef::child(size_t index) const {
  NodeRef at = first();
  for (; at && index > 0; --index) at = at.next();
  return at;
}

NodeRef NodeRef::child(SyntaxKind kind, size_t index) const {
  for (NodeRef at : children(kind)) {
    if (index == 0) return at;
    --index;
  }
  return {};
}

NodeRef NodeRef::last() const {
  NodeRef result;
  for (NodeRef at : children()) result = at;
  return result;
}

bool is_head(SyntaxKind kind) {
  switch (kind) {
    case SyntaxKind::doc:
    case SyntaxKind::cites:
    case SyntaxKind::deprecated:
    case SyntaxKind::allow:
    case SyntaxKind::mark_private:
    case SyntaxKind::mark_open:
    case SyntaxKind::mark_replace:
    case SyntaxKind::mark_extend: return true;
    default: return false;
  }
}

std::optional<std::string> plain_text(NodeRef string) {
  if (string.is(SyntaxKind::raw_string)) {
    std::string_view text = string.text();
    if (text.size() < 2) return std::nullopt;
    return std::string(text.substr(1, text.size() - 2));
  }
  if (!string.is(SyntaxKind::string)) return std::nullopt;
  std::string out;
  for (NodeRef part : string.children()) {
    if (part.is(SyntaxKind::string_text)) out += part.text();
    else if (part.is(SyntaxKind::string_escape)) append_escape(out, part.text());
    else return std::nullopt;
  }
  return out;
}

std::string escape_value(NodeRef escape) {
  std::string out;
  append_escape(out, escape.text());
  return out;
}

std::string doc_text(NodeRef declaration) {
  std::string out;
  for (NodeRef line : declaration.children(SyntaxKind::doc)) {
    std::string_view text = line.text();
    text.remove_prefix(std::min<size_t>(3, text.size()));
    if (text.starts_with(' ')) text.remove_prefix(1);
    if (!out.empty()) out += '\n';
    out += text;
  }
  return out;
}

}  // namespace tollgate
