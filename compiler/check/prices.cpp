// `priced by`: what the carrier takes the price of, where the amount itself need not be sent.
#include <algorithm>
#include <set>
#include <utility>

#include "compiler/check/carried.h"
#include "compiler/check/rules.h"

namespace tollgate::hir {
namespace {

// Does the value say what is sold? It is made of the product, or of the amount, and of nothing that is another one for each charge or the same for all.
class Price {
 public:
  explicit Price(const Procedure& procedure) : procedure_(procedure) {}

  bool of_product(const Expr& e, uint32_t step) const { return only_product(e, step) && names_product(e, step); }

 private:
  const std::vector<Let>& lets(uint32_t step) const { return procedure_.steps[step].lets; }

  static bool sold(const Expr& e) { return e.name == "amount" || (e.name.starts_with("product.") && e.name != "product.title"); }

  bool only_product(const Expr& e, uint32_t step) const {
    switch (e.kind) {
      case ExprKind::poison: case ExprKind::constant: case ExprKind::market: case ExprKind::hole: return true;
      case ExprKind::argument: return sold(e);
      case ExprKind::let: return e.index < lets(step).size() && (!clean_.insert({step, e.index}).second || only_product(lets(step)[e.index].value, step));
      case ExprKind::kept: return only_product(procedure_.keeps[e.index].value, procedure_.keeps[e.index].step);
      case ExprKind::parameter: return given(step, e.index);
      case ExprKind::call: case ExprKind::join: case ExprKind::otherwise: break;
      default: return false;
    }
    return !loses(e) && std::all_of(e.operands.begin(), e.operands.end(), [&](const Expr& part) { return only_product(part, step); });
  }
  // Something of it is not a constant.
  bool names_product(const Expr& e, uint32_t step) const {
    switch (e.kind) {
      case ExprKind::poison: case ExprKind::argument: case ExprKind::parameter: case ExprKind::hole: return true;
      case ExprKind::let: return e.index < lets(step).size() && named_.insert({step, e.index}).second && names_product(lets(step)[e.index].value, step);
      case ExprKind::kept: return names_product(procedure_.keeps[e.index].value, procedure_.keeps[e.index].step);
      default: return std::any_of(e.operands.begin(), e.operands.end(), [&](const Expr& part) { return names_product(part, step); });
    }
  }
  // What an earlier answer named, a quote say, or what was the product's already. One that goes in a circle is not followed.
  bool given(uint32_t step, uint32_t parameter) const {
    if (!looked_at_.emplace(step, parameter).second) return true;
    for (uint32_t from = 0; from < procedure_.steps.size(); ++from) {
      for (const Way& way : ways_from(procedure_.steps[from])) {
        if (way.target->index != step || parameter >= way.target->arguments.size()) continue;
        if (!only_product(way.target->arguments[parameter], from)) return false;
      }
    }
    looked_at_.erase({step, parameter});
    return true;
  }

  const Procedure& procedure_;
  mutable std::set<std::pair<uint32_t, uint32_t>> looked_at_;   // parameters that are being followed
  // Lets that were looked at, by step: each once, since the first answer that matters ends the search.
  mutable std::set<std::pair<uint32_t, uint32_t>> clean_, named_;
};

void check_grounds(const Priced& priced, Sink& sink) {
  Span end{priced.span.file, priced.span.end, priced.span.end};
  if (priced.grounds.because.empty())
    sink.report(Diag::because_missing, priced.span).arg("what", "`priced by`").label("why is this the price?").help(Grade::example, "say why", {{end, " because \"…\""}});
  if (priced.grounds.cites.empty())
    sink.report(Diag::promise_uncited, priced.span).arg("what", "`priced by`").label("where does the carrier promise it?").help(Grade::example, "name the document: `cites \"…\"`", {});
}

void check_priced(const SendPlace& place, Sink& sink) {
  const Priced& priced = *place.send->priced;
  if (!place.procedure || !place.procedure->moves_money) {
    sink.report(Diag::once_not_here, priced.span).arg("word", "priced by").label("this request moves no money");
    return;
  }
  if (priced.value.poisoned()) return;
  check_grounds(priced, sink);
  bool sent = place.send->poisoned;
  message_values(place, [&](const Expr& value, std::string_view) { with_lets(value, *place.lets, [&](const Expr& e) { sent = sent || e.kind == ExprKind::poison || priced_by(place, e); }); });
  if (!sent || priced.value.kind == ExprKind::constant) {
    sink.report(Diag::price_not_sent, priced.value.span).arg("value", priced.value.origin)
        .label(priced.value.kind == ExprKind::constant ? "is one price for every amount" : "is in no path, query, header or body").also(place.send->span, "of this request");
    return;
  }
  auto step = static_cast<uint32_t>(place.step - place.procedure->steps.data());
  if (Price(*place.procedure).of_product(priced.value, step)) return;
  sink.report(Diag::price_of_nothing, priced.value.span).arg("value", priced.value.origin).label("does not name what is sold")
      .help(Grade::example, "the product: `priced by product.id because \"…\" cites \"…\"`", {}).help(Grade::example, "or send the amount: `amount: amount.decimal.text`", {});
}

}  // namespace

void check_prices(const Carrier& carrier, Sink& sink) {
  for (const SendPlace& place : sends(carrier)) if (place.send->priced) check_priced(place, sink);
}

}  // namespace tollgate::hir
