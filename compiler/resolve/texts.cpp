#include "compiler/resolve/texts.h"

#include <string>

#include "runtime/bytecode/limits.h"

namespace tollgate::hir {

void report_long_texts(const Tree& tree, Sink& sink) {
  for (uint32_t i = 0; i < tree.nodes.size(); ++i) {
    NodeRef node(&tree, NodeId{i});
    if (!node.is(SyntaxKind::string) && !node.is(SyntaxKind::raw_string)) continue;
    if (node.text().size() <= limits::kTextBytes || node.has_error()) continue;
    const std::optional<std::string> plain = plain_text(node);  // one with holes is kept as it is written
    const size_t bytes = plain ? plain->size() : node.text().size();
    if (bytes <= limits::kTextBytes) continue;
    sink.report(Diag::over_limit, node.span()).arg("found", std::to_string(bytes)).arg("things", "bytes of a text").arg("limit", std::to_string(limits::kTextBytes)).label("too long");
  }
}

}  // namespace tollgate::hir
