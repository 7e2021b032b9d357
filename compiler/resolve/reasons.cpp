#include "compiler/resolve/reasons.h"

#include <string_view>

namespace tollgate::hir {
namespace {

// Blanks, dots, dashes and the ellipsis of our own examples are no reason: it takes a letter or a digit. Of what is not ASCII only the
// General Punctuation block (U+2000 to U+206F: E2 80 80 to E2 81 AF) is known to say nothing.
bool says_something(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z')) return true;
    if (c < 0x80) continue;
    bool punctuation = c == 0xE2 && i + 2 < text.size() && (static_cast<unsigned char>(text[i + 1]) == 0x80 || static_cast<unsigned char>(text[i + 1]) == 0x81);
    bool blank = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xC0;  // U+0080 to U+00BF: no-break space, «, ·
    if (!punctuation && !blank) return true;
    i += punctuation ? 2 : 1;
  }
  return false;
}

}  // namespace

void report_blank_reasons(const Tree& tree, Sink& sink) {
  for (uint32_t i = 0; i < tree.nodes.size(); ++i) {
    NodeRef node(&tree, NodeId{i});
    bool reason = node.is(SyntaxKind::because) || node.is(SyntaxKind::cites) || node.is(SyntaxKind::deprecated);
    if (!reason || node.has_error()) continue;
    NodeRef text = node.first();
    if (node.is(SyntaxKind::cites) && text.is(SyntaxKind::name)) text = text.next();  // a document's name comes before its section
    if (says_something(plain_text(text).value_or(""))) continue;
    std::string_view word = node.is(SyntaxKind::because) ? "because" : node.is(SyntaxKind::cites) ? "cites" : "deprecated";
    sink.report(Diag::reason_blank, text ? text.span() : node.span()).arg("word", word)
        .label(node.is(SyntaxKind::cites) ? "which document, which section?" : "what is the reason?");
  }
}

}  // namespace tollgate::hir
