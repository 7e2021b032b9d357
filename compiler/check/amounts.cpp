// The amount that is asked is the amount that is sent: whole, and in a unit.
#include <algorithm>
#include <set>
#include <string>

#include "compiler/check/carried.h"
#include "compiler/check/rules.h"

namespace tollgate::hir {
namespace {

void check_computed(const SendPlace& place, Sink& sink) {
  std::set<std::string> told;
  message_values(place, [&](const Expr& value, std::string_view) {
    with_lets(value, *place.lets, [&](const Expr& e) {
      if (!computed(e, *place.lets) || priced_by(place, e) || !told.insert(e.origin).second) return;
      sink.report(Diag::amount_computed, e.span).arg("value", e.origin).label("another amount").also(place.procedure->span, "`" + place.procedure->name + "` moves money")
          .help(Grade::example, "send what was asked, in a unit: `amount.decimal`, `amount.minor`, `amount.whole`", {})
          .help(Grade::example, "or say that the carrier counts so: `priced by " + e.origin + " because \"…\" cites \"…\"`", {});
    });
  });
}

bool goes_well(const Target& target) {
  switch (target.kind) {
    case TargetKind::decline: case TargetKind::fail: case TargetKind::step: case TargetKind::again: case TargetKind::renew: case TargetKind::in_doubt: return false;
    default: return true;
  }
}

// On every way to a charge that may have been made, some request has told the amount.
void check_sent(const Carrier& carrier, const Procedure& procedure, Sink& sink) {
  bool asks = std::any_of(procedure.arguments.begin(), procedure.arguments.end(), [](const Param& p) { return p.name == "amount" && p.type.kind == Kind::money; });
  if (!asks) return;
  Amount amount(procedure);
  std::vector<SendPlace> places = sends(carrier);
  std::vector<bool> reached(procedure.steps.size(), false), told(procedure.steps.size(), true);  // told: on every way here
  reached[0] = true, told[0] = false;
  for (uint32_t i = 0; i < procedure.steps.size(); ++i) {
    const Step& step = procedure.steps[i];
    if (!reached[i]) continue;
    auto place = std::find_if(places.begin(), places.end(), [&](const SendPlace& p) { return step.send && p.send == &*step.send; });
    bool after = told[i] || (step.send && sends_amount(*place, amount, i));
    bool last = true, well = false;
    if (step.send) for (const Arm& arm : step.send->arms) well = well || goes_well(arm.target);
    for (const Way& way : ways_from(step)) {
      if (way.target->kind != TargetKind::step || way.target->index >= told.size()) continue;
      last = false;
      told[way.target->index] = (!reached[way.target->index] || told[way.target->index]) && after;
      reached[way.target->index] = true;
    }
    if (after || !step.send || !(last || well)) continue;
    sink.report(Diag::amount_not_sent, step.send->span).label("does not say how much").also(procedure.span, "`" + procedure.name + "` moves money")
        .help(Grade::example, "send it whole, in a unit: `amount: amount.decimal.text`", {})
        .help(Grade::example, "or, if the carrier prices by something else: `priced by product.id because \"…\" cites \"…\"`", {});
  }
}

}  // namespace

void check_amounts(const Carrier& carrier, Sink& sink) {
  for (const SendPlace& place : sends(carrier)) {
    if (place.procedure && place.procedure->moves_money) check_computed(place, sink);
  }
  for (const Procedure& procedure : carrier.procedures) if (procedure.moves_money) check_sent(carrier, procedure, sink);
}

}  // namespace tollgate::hir
