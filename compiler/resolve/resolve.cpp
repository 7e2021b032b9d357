#include "compiler/resolve/resolve.h"

#include <deque>
#include <set>

#include "compiler/diag/suggest.h"
#include "compiler/resolve/carrier_resolver.h"

namespace tollgate::hir {
namespace {

NodeRef family_of(const Library& library, NodeRef carrier, Sink& sink) {
  NodeRef path = carrier.child(SyntaxKind::path);
  if (!path) return {};
  std::string_view name = path.last() ? path.last().text() : path.text();
  auto it = library.families.find(name);
  if (it != library.families.end()) return it->second;
  std::vector<std::string> names;
  for (const auto& [family, node] : library.families) names.push_back(family);
  Report report = sink.report(Diag::unknown_name, path.span());
  report.arg("what", "family").arg("name", path.text()).label("no file declares it");
  if (auto near = suggest(name, names)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{path.span(), *near}});
  return {};
}

}  // namespace

Workspace resolve(std::span<const Tree* const> trees, Sink& sink) {
  Library library = collect(trees, sink);
  Workspace out;
  std::deque<CarrierResolver> resolvers;
  std::map<std::string, size_t, std::less<>> by_name;
  std::map<std::string, Span, std::less<>> names;
  std::set<std::string, std::less<>> used;
  for (const File& file : library.files) {
    for (NodeRef node : file.tree->root().children(SyntaxKind::carrier)) {
      NodeRef name = name_of(node);
      if (!name) continue;
      auto [it, fresh] = names.emplace(std::string(name.text()), name.span());
      if (!fresh) {
        if (it->second.file != name.span().file) {
          sink.report(Diag::duplicate_name, name.span()).arg("name", name.text()).label("another file declares this carrier too").also(it->second, "first declared here");
        }
        continue;
      }
      NodeRef family = family_of(library, node, sink);
      if (node.has(SyntaxKind::path) && !family) continue;
      if (family) used.insert(std::string(name_of(family).text()));
      resolvers.emplace_back(library, family, node, sink);
      by_name.emplace(std::string(name.text()), resolvers.size() - 1);
    }
  }
  for (const auto& [name, node] : library.families) {
    if (!used.contains(name)) resolvers.emplace_back(library, node, NodeRef(), sink);
  }
  for (CarrierResolver& resolver : resolvers) resolver.resolve();
  for (const File& file : library.files) {
    for (NodeRef node : file.tree->root().children(SyntaxKind::test)) {
      NodeRef name = node.child(SyntaxKind::name);
      auto it = by_name.find(name.text());
      if (it == by_name.end()) {
        if (!name || name.has_error()) continue;
        std::vector<std::string> known;
        for (const auto& [carrier, i] : by_name) known.push_back(carrier);
        Report report = sink.report(Diag::unknown_name, name.span());
        report.arg("what", "carrier").arg("name", name.text()).label("no file declares it");
        if (auto near = suggest(name.text(), known)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{name.span(), *near}});
        continue;
      }
      TestCase test = resolvers[it->second].test(node);
      test.carrier = static_cast<uint32_t>(it->second);
      out.tests.push_back(std::move(test));
    }
  }
  report_unused(library, sink);
  for (CarrierResolver& resolver : resolvers) out.carriers.push_back(std::move(resolver).take());
  out.model = std::move(library.model);
  return out;
}

}  // namespace tollgate::hir
