// What a definite no and a success need before they may be believed.
#include <algorithm>

#include "compiler/check/rules.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::hir {
namespace {

bool doubtful(uint16_t status) {
  return status >= 500 || status == 407 || status == 408 || status == 409 || status == 425 || status == 429;
}

bool any_doubtful(const Arm& arm) {
  for (const StatusRange& range : arm.statuses) {
    for (uint32_t s = range.from; s <= range.upto; ++s) if (doubtful(static_cast<uint16_t>(s)) || s < 400) return true;
  }
  return false;
}

bool definite_no(const Target& target) { return target.kind == TargetKind::decline || target.kind == TargetKind::fail; }

const ModelReason* find_reason(const Model& model, const std::string& name) {
  auto it = std::find_if(model.reasons.begin(), model.reasons.end(), [&](const ModelReason& r) { return r.name == name; });
  return it == model.reasons.end() ? nullptr : &*it;
}

// A guard says something only if it compares what the carrier said with a word of the file.
bool demands_word(const Expr& guard) {
  if (guard.kind != ExprKind::call || guard.operands.size() != 2 || builtin(guard.index)->name != "equal") return false;
  const Expr& a = guard.operands[0];
  const Expr& b = guard.operands[1];
  return (a.kind == ExprKind::hole && b.kind == ExprKind::constant) || (a.kind == ExprKind::constant && b.kind == ExprKind::hole);
}

// H1, D4: a no by status alone. H7, D9: a no by default.
void check_no(const ArmList& list, const Arm& arm, Sink& sink) {
  bool back = arm.target.kind == TargetKind::again && list.send && list.send->moves_money;  // sent once more: as sure as a no
  if ((!definite_no(arm.target) && !back) || arm.target.poisoned) return;
  bool grounded = !arm.target.grounds.because.empty() && !(arm.target.grounds.cites.empty() && arm.grounds.cites.empty());
  if (has_literal(arm) || grounded || std::any_of(arm.guard.begin(), arm.guard.end(), demands_word)) return;
  if (arm.head == ArmHead::other || list.place == PlaceKind::callback || list.place == PlaceKind::enquiry || list.place == PlaceKind::awaited) {
    sink.report(Diag::definite_by_default, arm.target.span).label("nothing here was said by the carrier").also(arm.span, "any such answer comes here")
        .help(Grade::likely, "leave it open", {{arm.target.span, "in_doubt"}});
    return;
  }
  if (!any_doubtful(arm)) return;
  Span at = arm.status_spans.empty() ? arm.span : arm.status_spans[0];
  Span end{arm.target.span.file, arm.target.span.end, arm.target.span.end};
  sink.report(Diag::definite_by_status, arm.target.span).arg("status", status_text(arm)).label("would let the charge be made again")
      .also(at, "says nothing about the money")
      .help(Grade::example, "match what the carrier says in its body", {})
      .help(Grade::example, "or say why it is sure", {{end, " because \"…\" cites \"…\""}});
}

// The whole amount in one of its units; a part of its text or an amount that was computed is another one.
bool whole_amount(const Expr& value) {
  static constexpr std::string_view kUnits[] = {"decimal", "minor", "whole", "micros", "text", "scale"};
  if (value.kind == ExprKind::argument) return value.name == "amount";
  return value.kind == ExprKind::call && !value.operands.empty() && std::find(std::begin(kUnits), std::end(kUnits), value.name) != std::end(kUnits) &&
         whole_amount(value.operands[0]);
}

bool amount_matched(const Arm& arm) {
  return arm.shape && std::any_of(arm.shape->holes.begin(), arm.shape->holes.end(), [](const Hole& hole) { return hole.equal && whole_amount(hole.value); });
}

// `paid` is what the carrier said, so something of its answer is in it.
bool from_answer(const Expr& paid) {
  bool found = paid.poisoned();
  walk(paid, [&](const Expr& e) { found = found || e.kind == ExprKind::hole; });
  return found;
}

// H4, D3.
void check_success(const Target& target, bool matched, Sink& sink) {
  if (target.kind != TargetKind::succeed || target.poisoned) return;
  Span end{target.span.file, target.span.end, target.span.end};
  if (!target.paid && !target.asked && !matched) {
    sink.report(Diag::amount_unstated, target.span).label("paid what?")
        .help(Grade::likely, "compare the amount in the match", {})
        .help(Grade::example, "bind it and say so: `paid: paid in market.currency`", {})
        .help(Grade::example, "or `paid: asked … because \"…\"`", {});
  }
  if (target.paid && !matched && !from_answer(*target.paid)) {
    sink.report(Diag::amount_unstated, target.paid->span).label("is not from the carrier's answer")
        .help(Grade::example, "bind it in the match: `amount: Decimal as paid`", {})
        .help(Grade::example, "or `paid: asked … because \"…\"`", {});
  }
  if (!target.carrier_ref && !target.ref_none) {
    sink.report(Diag::reference_unstated, target.span).label("which payment is it on their side?")
        .help(Grade::example, "bind it in the match and write `{ carrier_ref: … }`", {});
  }
  if (target.grounds.because.empty() && (target.asked || target.ref_none)) {
    sink.report(Diag::because_missing, target.span).arg("what", target.asked ? "`paid: asked`" : "`carrier_ref: none`").label("why may it be believed?")
        .help(Grade::example, "say why", {{end, " because \"…\""}});
  }
}

// D2: what becomes of a question says nothing about the charge.
void check_about(const Model& model, const Target& target, Span asked, Sink& sink) {
  if (!definite_no(target) || target.poisoned) return;
  const ModelReason* reason = find_reason(model, target.reason);
  if (!reason || reason->about != About::call) return;
  sink.report(Diag::call_reason_in_enquiry, target.span).arg("reason", target.reason).label("no news about the charge").also(asked, "reached from here")
      .also(reason->span, "the model says `about call`").help(Grade::likely, "say that nothing was learnt", {{target.span, "in_doubt"}});
}

void check_place(const ArmList& list, const Arm& arm, Sink& sink) {
  auto wrong = [&](std::string_view target, std::string_view place) {
    sink.report(Diag::target_not_here, arm.target.span).arg("target", target).arg("place", place)
        .label(list.place == PlaceKind::procedure ? "only an enquiry finds that" : "here an answer only says what was found");
  };
  TargetKind kind = arm.target.kind;
  if (arm.target.poisoned) return;
  if (kind == TargetKind::absent && list.place != PlaceKind::enquiry) wrong("absent", list.place == PlaceKind::callback ? "a callback" : "a procedure");
  if (list.place == PlaceKind::enquiry || list.place == PlaceKind::callback) {
    std::string_view place = list.place == PlaceKind::enquiry ? "an enquiry" : "a callback";
    if (kind == TargetKind::await) wrong("await", place);
    if (kind == TargetKind::step) wrong("then", place);
    if (kind == TargetKind::doubt) wrong("ask", place);
    if (kind == TargetKind::renew && list.place == PlaceKind::callback) wrong("renew", place);
  }
  if (list.place == PlaceKind::session && kind != TargetKind::session_value && kind != TargetKind::fail) wrong("this", "a session");
  if (list.place == PlaceKind::procedure && kind == TargetKind::nothing) wrong("ignore", "a procedure");
  if (list.place == PlaceKind::awaited && kind == TargetKind::renew) wrong("renew", "an awaited message");
  if ((list.place == PlaceKind::enquiry || list.place == PlaceKind::callback || list.place == PlaceKind::session) && kind == TargetKind::again)
    wrong("again", list.place == PlaceKind::enquiry ? "an enquiry" : list.place == PlaceKind::callback ? "a callback" : "a session");
}

void check_table_target(const Workspace& workspace, const Carrier& carrier, const ArmList& list, const Arm& arm, Sink& sink) {
  if (arm.target.kind != TargetKind::table || arm.target.index == kNone) return;
  const Table& table = carrier.tables[arm.target.index];
  if (!table.other) {
    Span end = table.span;
    sink.report(Diag::table_other_missing, end).arg("name", table.name).label("has no `other`").also(arm.target.span, "money depends on it here")
        .help(Grade::likely, "a code nobody wrote down decides nothing: `other => in_doubt`", {});
  }
  for (const Row& row : table.rows) {
    check_success(row.target, false, sink);
    if (list.place == PlaceKind::enquiry || list.place == PlaceKind::callback) check_about(workspace.model, row.target, arm.target.span, sink);
  }
}

}  // namespace

void check_outcomes(const Workspace& workspace, const Carrier& carrier, Sink& sink) {
  for (const Table& table : carrier.tables) {
    if (!table.other || table.other->poisoned || table.other->kind == TargetKind::in_doubt) continue;
    sink.report(Diag::definite_by_default, table.other->span).label("codes that nobody wrote down would decide").also(table.span, "in this reading")
        .help(Grade::sure, "a code nobody wrote down decides nothing", {{table.other->span, "in_doubt"}});
  }
  for (const ArmList& list : arm_lists(carrier)) {
    if (list.arms->empty() && list.send && !list.send->poisoned) {
      sink.report(Diag::no_arms, list.send->span).arg("name", list.name).label("no `on` says what its answers mean");
    }
    for (const Arm& arm : *list.arms) {
      check_place(list, arm, sink);
      if (!list.money()) continue;
      check_no(list, arm, sink);
      check_success(arm.target, amount_matched(arm), sink);
      check_table_target(workspace, carrier, list, arm, sink);
      if (list.place == PlaceKind::enquiry || list.place == PlaceKind::callback) check_about(workspace.model, arm.target, arm.span, sink);
    }
  }
}

}  // namespace tollgate::hir
