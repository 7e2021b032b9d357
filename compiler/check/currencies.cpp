// A currency of the file is the market's.
#include <algorithm>
#include <string>

#include "compiler/check/rules.h"
#include "runtime/value/currency.h"

namespace tollgate::hir {
namespace {

class Currencies {
 public:
  Currencies(const Carrier& carrier, Sink& sink) : carrier_(carrier), sink_(sink) {}

  void value(const Expr& value) {
    walk(value, [&](const Expr& e) {
      if (e.kind == ExprKind::constant && (e.constant.kind == Kind::currency || e.constant.kind == Kind::money)) hold(e.constant.currency, e.span);
    });
  }
  // A text under a label of that name is a currency, whatever its type.
  void shape(const Shape& shape) {
    for (const Hole& hole : shape.holes) if (hole.has_value) value(hole.value);
    walk(shape.node, [&](const ShapeNode& node) {
      if (node.kind != NodeKind::member || !named(node.name)) return;
      for (const ShapeNode& child : node.children) literal(child);
    });
  }

 private:
  static bool named(std::string label) {
    std::transform(label.begin(), label.end(), label.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c); });
    return label.find("currency") != std::string::npos;
  }
  void literal(const ShapeNode& node) {
    if (node.kind == NodeKind::alternatives) for (const ShapeNode& child : node.children) literal(child);
    if (node.kind != NodeKind::literal || node.literal.kind != Kind::text || !find_currency(node.literal.text)) return;
    if (!carrier_.family.empty())
      sink_.report(Diag::currency_in_family, node.span).label("of one market only").help(Grade::example, "use `market.currency` or the carrier's own word", {});
    else hold(pack_currency(node.literal.text), node.span);
  }
  void hold(uint32_t currency, Span span) {
    uint32_t own = pack_currency(carrier_.market.currency);
    if (!carrier_.market.known || own == 0 || currency == own || currency == 0) return;
    const Currency* known = find_currency(currency);
    sink_.report(Diag::currency_other, span).arg("currency", known ? known->code : "a currency").arg("market", carrier_.market.country).arg("wanted", carrier_.market.currency)
        .label("another currency").also(carrier_.market.span, "the carrier's market").help(Grade::likely, "the market's own, or the one in the answer: `market.currency`", {});
  }

  const Carrier& carrier_;
  Sink& sink_;
};

}  // namespace

void check_currencies(const Carrier& carrier, Sink& sink) {
  Currencies currencies(carrier, sink);
  auto arms = [&](const std::vector<Arm>& list) {
    for (const Arm& arm : list) {
      if (arm.shape) currencies.shape(*arm.shape);
      if (arm.target.paid) currencies.value(*arm.target.paid);
      for (const Expr& guard : arm.guard) currencies.value(guard);
    }
  };
  for (const SendPlace& place : sends(carrier)) {
    message_values(place, [&](const Expr& value, std::string_view part) { if (part == "path" || part == "header") currencies.value(value); });
    if (place.send->query) currencies.shape(*place.send->query);
    if (place.send->body) currencies.shape(*place.send->body);
    for (const Let& let : *place.lets) currencies.value(let.value);
    arms(place.send->arms);
  }
  for (const ArmList& list : arm_lists(carrier)) if (list.place == PlaceKind::awaited) arms(*list.arms);
  for (const Procedure& procedure : carrier.procedures)
    for (const Step& step : procedure.steps)
      for (const Need& need : step.needs) for (const Expr& condition : need.conditions) currencies.value(condition);
  for (const Callback& callback : carrier.callbacks) {
    if (callback.match) currencies.shape(*callback.match);
    arms(callback.arms);
  }
}

}  // namespace tollgate::hir
