// Budgets: what the cost of a procedure may not be above. They are compared when the module is made and its cost is known (check/budgets.cpp).
#include "compiler/resolve/carrier_resolver.h"

namespace tollgate::hir {
namespace {

// How an amount of this measure is written, and an example.
struct Written {
  SyntaxKind kind;
  std::string_view words, example;
};
Written written(Measure measure) {
  const std::string_view unit = kMeasures[static_cast<size_t>(measure)].unit;
  if (unit == "ms") return {SyntaxKind::duration, "a duration", "30min"};
  if (unit == "B") return {SyntaxKind::size, "a size", "512KiB"};
  return {SyntaxKind::integer, "a whole number", "4"};
}

}  // namespace

void CarrierResolver::read_budgets() {
  for (NodeRef from : {base_, family_, carrier_node_}) {
    for (NodeRef node : from.children(SyntaxKind::budget)) {
      if (node.has_error()) continue;
      NodeRef name = node.child(SyntaxKind::name);
      uint32_t procedure = name ? index_of(carrier_.procedures, name.text()) : kNone;
      if (name && procedure == kNone) {
        report_unknown(name, "procedure", names_of(carrier_.procedures));
        continue;
      }
      bool any = false;
      for (NodeRef fact : node.children(SyntaxKind::fact)) {
        read_budget(fact, procedure);
        any = true;
      }
      if (!any) sink_.report(Diag::budget_empty, node.span()).label("bounds nothing").help(Grade::example, "for example `budget charge { requests 4, wait 30min }`", {});
    }
  }
}

void CarrierResolver::read_budget(NodeRef fact, uint32_t procedure) {
  NodeRef word = fact.child(SyntaxKind::name), amount = fact.last();
  std::vector<std::string> known;
  for (const MeasureRow& row : kMeasures) known.emplace_back(row.name);
  const auto found = std::find(known.begin(), known.end(), word.text());
  if (found == known.end()) return report_unknown(word, "measure of a budget", known);
  Budget budget{procedure, static_cast<Measure>(found - known.begin()), 0, amount.span()};
  const Written wanted = written(budget.measure);
  if (!amount.is(wanted.kind)) {
    sink_.report(Diag::budget_amount, amount.span()).arg("name", word.text()).arg("wanted", wanted.words).label("is none")
        .help(Grade::example, "for example `" + std::string(word.text()) + " " + std::string(wanted.example) + "`", {});
    return;
  }
  if (wanted.kind == SyntaxKind::duration) budget.most = duration_ms(amount.text());
  else if (wanted.kind == SyntaxKind::size) budget.most = size_bytes(amount.text());
  else budget.most = static_cast<uint64_t>(std::max<int64_t>(0, whole_number(amount.text()).value_or(0)));
  carrier_.budgets.push_back(budget);
}

}  // namespace tollgate::hir
