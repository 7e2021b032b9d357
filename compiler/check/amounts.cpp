// The amount that is asked is the amount that is sent: whole, in a unit, and in the market's currency.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>

#include "compiler/check/rules.h"
#include "runtime/catalog/builtins.h"
#include "runtime/value/currency.h"

namespace tollgate::hir {
namespace {

bool is_call(const Expr& e, std::initializer_list<BuiltinId> ids) {
  return e.kind == ExprKind::call && !e.operands.empty() && std::find(ids.begin(), ids.end(), e.index) != ids.end();
}

bool is_text(const Expr& e, std::string_view text) { return e.kind == ExprKind::constant && e.constant.kind == Kind::text && e.constant.text == text; }

// Which expressions of one procedure are the amount asked, in one of its units.
class Amount {
 public:
  explicit Amount(const Procedure& procedure) : procedure_(procedure) {}

  bool exact(const Expr& e, uint32_t step) const {
    namespace Id = BuiltinIds;
    switch (e.kind) {
      case ExprKind::argument: return e.name == "amount";
      case ExprKind::let: return e.index < lets(step).size() && once('l', step, e.index, [&] { return exact(lets(step)[e.index].value, step); });
      case ExprKind::kept: return once('k', 0, e.index, [&] { return exact(procedure_.keeps[e.index].value, procedure_.keeps[e.index].step); });
      case ExprKind::parameter: return once('p', step, e.index, [&] { return given_exactly(step, e.index); });
      case ExprKind::join: return joined(e, step);
      default: break;
    }
    if (is_call(e, {Id::money_decimal, Id::money_decimal_scale, Id::money_minor, Id::money_whole, Id::money_micros, Id::decimal_text, Id::decimal_text_group, Id::decimal_whole,
                    Id::decimal_scale, Id::integer_text, Id::integer_pad, Id::integer_decimal, Id::text_text}))
      return exact(e.operands[0], step);
    if (is_call(e, {Id::text_pad})) return exact(e.operands[0], step) && (is_text(e.operands[2], "0") || is_text(e.operands[2], " "));
    if (is_call(e, {Id::text_replace})) return exact(e.operands[0], step) && is_text(e.operands[1], ".") && is_text(e.operands[2], ",");
    return false;
  }

  // `e` brings the amount along: itself, or in a message inside the message.
  bool carries(const Expr& e, uint32_t step) const {
    namespace Id = BuiltinIds;
    if (exact(e, step)) return true;
    if (e.kind == ExprKind::let && e.index < lets(step).size()) return once('L', step, e.index, [&] { return carries(lets(step)[e.index].value, step); });
    if (e.kind == ExprKind::kept) return once('K', 0, e.index, [&] { return carries(procedure_.keeps[e.index].value, procedure_.keeps[e.index].step); });
    if (e.kind == ExprKind::shape && e.shape)
      return std::any_of(e.shape->holes.begin(), e.shape->holes.end(), [&](const Hole& hole) { return hole.has_value && carries(hole.value, step); });
    if (is_call(e, {Id::hex_form, Id::base64_form, Id::base64url_form, Id::hex, Id::base64, Id::base64url, Id::percent, Id::text_bytes})) return carries(e.operands[0], step);
    return false;
  }

 private:
  const std::vector<Let>& lets(uint32_t step) const { return procedure_.steps[step].lets; }

  // Each name is looked at once: names that stand for each other twice would otherwise double the work with each of them.
  template <class Find>
  bool once(char what, uint32_t step, uint32_t index, Find&& find) const {
    std::array<uint32_t, 3> key{static_cast<uint32_t>(what), step, index};
    if (auto it = known_.find(key); it != known_.end()) return it->second;
    return known_[key] = find();
  }

  // A parameter of a step is what every arm that leads there gives it. Steps go forward only, so this ends.
  bool given_exactly(uint32_t step, uint32_t parameter) const {
    bool any = false;
    for (uint32_t from = 0; from < step && from < procedure_.steps.size(); ++from) {
      const Step& earlier = procedure_.steps[from];
      if (!earlier.send) continue;
      for (const Arm& arm : earlier.send->arms) {
        if (arm.target.kind != TargetKind::step || arm.target.index != step || parameter >= arm.target.arguments.size()) continue;
        if (!exact(arm.target.arguments[parameter], from)) return false;
        any = true;
      }
    }
    return any;
  }

  // "KES {amount.decimal.text}": what touches the amount must not make another number of it.
  bool joined(const Expr& e, uint32_t step) const {
    auto apart = [](const Expr& neighbour, bool before) {
      if (neighbour.kind != ExprKind::constant || neighbour.constant.text.empty()) return false;
      char c = before ? neighbour.constant.text.back() : neighbour.constant.text.front();
      return std::string_view("0123456789.,+-eE").find(c) == std::string_view::npos;
    };
    for (size_t i = 0; i < e.operands.size(); ++i) {
      if (!exact(e.operands[i], step)) continue;
      if ((i == 0 || apart(e.operands[i - 1], true)) && (i + 1 == e.operands.size() || apart(e.operands[i + 1], false))) return true;
    }
    return false;
  }

  const Procedure& procedure_;
  mutable std::map<std::array<uint32_t, 3>, bool> known_;
};

bool of_amount(const Expr& e, const std::vector<Let>& lets) {
  bool found = false;
  with_lets(e, lets, [&](const Expr& part) { found = found || (part.kind == ExprKind::argument && part.name == "amount"); });
  return found;
}

// A number made of the amount that is another one: a product, or a count of units taken for an amount again.
bool computed(const Expr& e, const std::vector<Let>& lets) {
  if (e.kind != ExprKind::call || e.operands.empty()) return false;
  const BuiltinRow* row = builtin(e.index);
  bool arithmetic = row->calling == Calling::operation && (row->name == "add" || row->name == "subtract" || row->name == "multiply" || row->name == "divide");
  bool renamed = is_call(e, {BuiltinIds::integer_in, BuiltinIds::integer_minor_in, BuiltinIds::decimal_in});
  return (arithmetic || renamed) && std::any_of(e.operands.begin(), e.operands.end(), [&](const Expr& part) { return of_amount(part, lets); });
}

// What a name of the step stands for, so that two ways to write one value compare equal.
const Expr& meant(const Expr& e, const std::vector<Let>& lets) {
  const Expr* at = &e;
  for (size_t i = 0; i <= lets.size() && at->kind == ExprKind::let && at->index < lets.size(); ++i) at = &lets[at->index].value;
  return *at;
}

bool priced_by(const SendPlace& place, const Expr& e) {
  return place.send->priced && meant(place.send->priced->value, *place.lets).origin == meant(e, *place.lets).origin;
}

void check_priced(const SendPlace& place, Sink& sink) {
  const Priced& priced = *place.send->priced;
  if (!place.procedure || !place.procedure->moves_money) {
    sink.report(Diag::once_not_here, priced.span).arg("word", "priced by").label("this request moves no money");
    return;
  }
  if (priced.value.poisoned()) return;
  Span end{priced.span.file, priced.span.end, priced.span.end};
  if (priced.grounds.because.empty())
    sink.report(Diag::because_missing, priced.span).arg("what", "`priced by`").label("why is this the price?").help(Grade::example, "say why", {{end, " because \"…\""}});
  if (priced.grounds.cites.empty())
    sink.report(Diag::promise_uncited, priced.span).arg("what", "`priced by`").label("where does the carrier promise it?").help(Grade::example, "name the document: `cites \"…\"`", {});
  bool sent = place.send->poisoned;
  message_values(place, [&](const Expr& value, std::string_view) { with_lets(value, *place.lets, [&](const Expr& e) { sent = sent || e.kind == ExprKind::poison || priced_by(place, e); }); });
  if (!sent || priced.value.kind == ExprKind::constant)
    sink.report(Diag::price_not_sent, priced.value.span).arg("value", priced.value.origin)
        .label(priced.value.kind == ExprKind::constant ? "is one price for every amount" : "is in no path, query, header or body").also(place.send->span, "of this request");
}

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

bool sends_amount(const SendPlace& place, const Amount& amount, uint32_t step) {
  if (place.send->priced || place.send->poisoned) return true;
  bool found = false;
  message_values(place, [&](const Expr& value, std::string_view) {
    found = found || value.poisoned() || amount.carries(value, step);
    with_lets(value, *place.lets, [&](const Expr& e) { found = found || computed(e, *place.lets); });  // told as another amount
  });
  return found;
}

bool goes_well(const Target& target) {
  switch (target.kind) {
    case TargetKind::decline: case TargetKind::fail: case TargetKind::step: case TargetKind::renew: case TargetKind::in_doubt: return false;
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
    if (!step.send || !reached[i]) continue;
    auto place = std::find_if(places.begin(), places.end(), [&](const SendPlace& p) { return p.send == &*step.send; });
    bool after = told[i] || sends_amount(*place, amount, i);
    bool last = true, well = false;
    for (const Arm& arm : step.send->arms) {
      well = well || goes_well(arm.target);
      if (arm.target.kind != TargetKind::step || arm.target.index >= told.size()) continue;
      last = false;
      told[arm.target.index] = (!reached[arm.target.index] || told[arm.target.index]) && after;
      reached[arm.target.index] = true;
    }
    if (after || !(last || well)) continue;
    sink.report(Diag::amount_not_sent, step.send->span).label("does not say how much").also(procedure.span, "`" + procedure.name + "` moves money")
        .help(Grade::example, "send it whole, in a unit: `amount: amount.decimal.text`", {})
        .help(Grade::example, "or, if the carrier prices by something else: `priced by product.id because \"…\" cites \"…\"`", {});
  }
}

// ---- currencies

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
  for (const Callback& callback : carrier.callbacks) {
    if (callback.match) currencies.shape(*callback.match);
    arms(callback.arms);
  }
}

}  // namespace

void check_amounts(const Carrier& carrier, Sink& sink) {
  for (const SendPlace& place : sends(carrier)) {
    if (place.send->priced) check_priced(place, sink);
    if (place.procedure && place.procedure->moves_money) check_computed(place, sink);
  }
  for (const Procedure& procedure : carrier.procedures) if (procedure.moves_money) check_sent(carrier, procedure, sink);
  check_currencies(carrier, sink);
}

}  // namespace tollgate::hir
