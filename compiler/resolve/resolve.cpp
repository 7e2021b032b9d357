#include "compiler/resolve/resolve.h"

#include <deque>
#include <optional>
#include <set>

#include "compiler/diag/suggest.h"
#include "compiler/resolve/carrier_resolver.h"
#include "compiler/resolve/reasons.h"
#include "compiler/resolve/texts.h"

namespace tollgate::hir {
namespace {

NodeRef family_of(const Library& library, NodeRef carrier, Sink& sink) {
  NodeRef path = carrier.child(SyntaxKind::path);
  if (!path) return {};
  std::string_view name = path.last() ? path.last().text() : path.text();
  auto it = library.families.find(name);
  if (it != library.families.end()) {
    if (NodeRef old = it->second.child(SyntaxKind::deprecated)) {
      sink.report(Diag::deprecated, path.span()).arg("name", name).arg("instead", plain_text(old.first()).value_or("")).label("is used here")
          .also(name_of(it->second).span(), "declared here");
    }
    return it->second;
  }
  std::vector<std::string> names;
  for (const auto& [family, node] : library.families) names.push_back(family);
  Report report = sink.report(Diag::unknown_name, path.span());
  report.arg("what", "family").arg("name", path.text()).label("no file declares it");
  if (auto near = suggest(name, names)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{path.span(), *near}});
  return {};
}

// The family that a family is of. One level: whoever reads a carrier has two files to read, not a tree.
// Nothing at all: it has one that cannot be, and what it lacks now would be no second finding.
std::optional<NodeRef> base_of(const Library& library, NodeRef family, Sink& sink) {
  if (!family.has(SyntaxKind::path)) return NodeRef();
  NodeRef base = family_of(library, family, sink);
  if (!base) return std::nullopt;
  if (base == family) {
    sink.report(Diag::family_too_deep, family.child(SyntaxKind::path).span()).arg("name", name_of(family).text()).label("is itself");
    return std::nullopt;
  }
  if (NodeRef deeper = base.child(SyntaxKind::path)) {
    sink.report(Diag::family_too_deep, family.child(SyntaxKind::path).span()).arg("name", name_of(family).text()).label("a family of a family of a family")
        .also(deeper.span(), "`" + std::string(name_of(base).text()) + "` is of another one already");
    return std::nullopt;
  }
  return base;
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
      std::optional<NodeRef> base = family ? base_of(library, family, sink) : NodeRef();
      if (family) used.insert(std::string(name_of(family).text()));
      if (!base) continue;
      if (*base) used.insert(std::string(name_of(*base).text()));
      resolvers.emplace_back(library, *base, family, node, sink);
      by_name.emplace(std::string(name.text()), resolvers.size() - 1);
    }
  }
  for (const auto& [name, node] : library.families) {
    if (used.contains(name)) continue;
    std::optional<NodeRef> base = base_of(library, node, sink);
    if (base) resolvers.emplace_back(library, *base, node, NodeRef(), sink);
  }
  for (CarrierResolver& resolver : resolvers) resolver.resolve();
  for (const File& file : library.files) {
    for (NodeRef node : file.tree->root().children()) {
      if (!node.is(SyntaxKind::test) && !node.is(SyntaxKind::table_test) && !node.is(SyntaxKind::property)) continue;
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
      const uint32_t carrier = static_cast<uint32_t>(it->second);
      CarrierResolver& resolver = resolvers[carrier];
      if (node.is(SyntaxKind::property)) {
        out.properties.push_back(resolver.property(node));
        out.properties.back().carrier = carrier;
        continue;
      }
      std::vector<TestCase> cases;
      if (node.is(SyntaxKind::table_test)) cases = resolver.table_test(node);
      else cases.push_back(resolver.test(node));
      for (TestCase& test : cases) {
        test.carrier = carrier;
        out.tests.push_back(std::move(test));
      }
    }
  }
  for (const File& file : library.files) {
    report_blank_reasons(*file.tree, sink);
    report_long_texts(*file.tree, sink);
  }
  report_unused(library, sink);
  for (CarrierResolver& resolver : resolvers) out.carriers.push_back(std::move(resolver).take());
  out.model = std::move(library.model);
  return out;
}

}  // namespace tollgate::hir
