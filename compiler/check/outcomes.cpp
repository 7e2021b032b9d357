// What a definite no and a success need before they may be believed.
#include <algorithm>

#include "compiler/check/rules.h"
#include "compiler/check/words.h"

namespace tollgate::hir {
namespace {

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

bool grounded(const Arm& arm) { return !arm.target.grounds.because.empty() && !(arm.target.grounds.cites.empty() && arm.grounds.cites.empty()); }

// H1, D4: by status alone. On the statuses of proxies and of repeated requests only a word of the carrier counts, on the others its own form does.
void check_status(const ArmList& list, const Arm& arm, Sink& sink) {
  bool no = definite_no(arm.target);
  bool enough = says_word(arm) || (no && grounded(arm)) || (speaks(arm) && !any_doubtful(arm));
  if (enough || list.place == PlaceKind::session) return;
  Span at = arm.status_spans.empty() ? arm.span : arm.status_spans[0];
  Span end{arm.target.span.file, arm.target.span.end, arm.target.span.end};
  Report report = sink.report(Diag::definite_by_status, arm.target.span);
  report.arg("status", status_text(arm)).label(no ? "would let the charge be made again" : "would hand out what nobody paid for")
      .also(at, "says nothing about the money").help(Grade::example, "match what the carrier says in its body", {});
  if (no) report.help(Grade::example, "or say why it is sure", {{end, " because \"…\" cites \"…\""}});
}

bool decides(const Carrier& carrier, const Target& target) {
  if (target.kind != TargetKind::table || target.index == kNone) return definite_no(target) || target.kind == TargetKind::succeed;
  const std::vector<Row>& rows = carrier.tables[target.index].rows;
  return std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return decides(carrier, row.target); });
}

// H7, D9: whatever `other` takes was foreseen by nobody.
void check_other(const Carrier& carrier, const Arm& arm, Sink& sink) {
  if ((arm.head != ArmHead::other && !arm.by_other) || arm.target.poisoned || !decides(carrier, arm.target)) return;
  sink.report(Diag::definite_by_default, arm.target.span).label("nothing here was said by the carrier").also(arm.span, "any answer comes here")
      .help(Grade::likely, "leave it open", {{arm.target.span, "in_doubt"}});
}

// H7, D9: a no by default.
void check_no(const ArmList& list, const Arm& arm, Sink& sink) {
  if (!definite_no(arm.target) || arm.target.poisoned || arm.head == ArmHead::other || arm.by_other) return;
  bool unsaid = list.place == PlaceKind::callback || list.place == PlaceKind::enquiry;
  if (!unsaid) return check_status(list, arm, sink);
  if (says_word(arm) || grounded(arm)) return;
  sink.report(Diag::definite_by_default, arm.target.span).label("nothing here was said by the carrier").also(arm.span, "any such answer comes here")
      .help(Grade::likely, "leave it open", {{arm.target.span, "in_doubt"}});
}

// A success that a proxy could have said.
void check_yes(const ArmList& list, const Arm& arm, Sink& sink) {
  if (arm.target.kind != TargetKind::succeed || arm.target.poisoned || list.place == PlaceKind::callback || arm.head == ArmHead::other) return;
  bool vague = false;
  for (const StatusRange& range : arm.statuses)
    for (uint32_t s = range.from; s <= range.upto; ++s) vague = vague || doubtful(static_cast<uint16_t>(s));
  if (vague) check_status(list, arm, sink);
}

// Does the arm take an answer by which the carrier says that it knows the request already? Something between may have sent the first one twice.
bool takes_repeat(const ArmList& list, const Arm& arm) {
  if (arm.repeat || !list.send || !list.send->once) return arm.repeat;
  return std::any_of(list.send->once->repeat_statuses.begin(), list.send->once->repeat_statuses.end(), [&](uint16_t status) {
    return std::any_of(arm.statuses.begin(), arm.statuses.end(), [&](const StatusRange& range) { return range.from <= status && status <= range.upto; });
  });
}

// H2, H6: what a repeated request is answered is about the repeat.
void check_repeat(const Carrier& carrier, const ArmList& list, const Arm& arm, Sink& sink) {
  if (!takes_repeat(list, arm) || arm.target.poisoned) return;
  const Target* no = definite_no(arm.target) ? &arm.target : nullptr;
  if (arm.target.kind == TargetKind::table && arm.target.index != kNone)
    for (const Row& row : carrier.tables[arm.target.index].rows)
      if (!no && definite_no(row.target)) no = &row.target;
  if (!no) return;
  Report report = sink.report(Diag::no_on_repeat, arm.target.span);
  report.label("is about the second transmission; the first may have been paid");
  if (no != &arm.target) report.also(no->span, "decides here");
  report.help(Grade::likely, "leave it to doubt", {{arm.target.span, "in_doubt"}})
      .help(Grade::example, "or ask what became of the charge: `await status(ref) within 10min`", {});
}

// The whole amount in one of its units; a part of its text or an amount that was computed is another one.
bool whole_amount(const Expr& value) {
  static constexpr std::string_view kUnits[] = {"decimal", "minor", "whole", "micros", "text", "scale", "like"};
  if (value.kind == ExprKind::argument) return value.name == "amount";
  return value.kind == ExprKind::call && !value.operands.empty() && std::find(std::begin(kUnits), std::end(kUnits), value.name) != std::end(kUnits) &&
         whole_amount(value.operands[0]);
}

bool amount_matched(const Arm& arm) {
  return arm.shape && std::any_of(arm.shape->holes.begin(), arm.shape->holes.end(), [](const Hole& hole) { return hole.equal && whole_amount(hole.value); });
}

// `paid` is what the carrier said, so something of its answer is in it, and nothing of ours stands in where the answer is silent.
bool from_answer(const Expr& paid) {
  bool found = paid.poisoned(), ours = false;
  walk(paid, [&](const Expr& e) {
    found = found || e.kind == ExprKind::hole;
    if (e.kind != ExprKind::otherwise || e.operands.size() != 2) return;
    bool said = false;
    walk(e.operands[1], [&](const Expr& part) { said = said || part.poisoned() || part.kind == ExprKind::hole; });
    ours = ours || !said;
  });
  return found && !ours;
}

// A constant or a setting names no payment.
bool of_this_payment(const Expr& reference) {
  bool found = reference.poisoned();
  walk(reference, [&](const Expr& e) {
    found = found || (e.kind != ExprKind::constant && e.kind != ExprKind::setting && e.kind != ExprKind::market && e.kind != ExprKind::call && e.kind != ExprKind::join);
  });
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
  if (target.carrier_ref && !of_this_payment(*target.carrier_ref)) {
    sink.report(Diag::reference_unstated, target.carrier_ref->span).label("is the same for every payment")
        .help(Grade::example, "bind what the carrier calls the payment, or say `carrier_ref: none` and why", {});
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

// The word that the author wrote.
std::string_view word_of(const Target& target) {
  switch (target.kind) {
    case TargetKind::succeed: return "succeeded";
    case TargetKind::decline: return "declined";
    case TargetKind::fail: return "failed";
    case TargetKind::pending: return "pending";
    case TargetKind::in_doubt: return "in_doubt";
    case TargetKind::absent: return "absent";
    case TargetKind::step: return "then";
    case TargetKind::await: return "await";
    case TargetKind::renew: return "renew";
    case TargetKind::doubt: return !target.proofs.empty() && target.proofs[0].kind == ProofKind::manual ? "manual" : "ask";
    case TargetKind::nothing: return "ignore";
    case TargetKind::table: return target.name;
    default: return "a value";
  }
}

// H8: that a charge never arrived is a proof with a time and a promise, and has a word of its own.
void check_never_received(const Target& target, std::string_view place, Sink& sink) {
  if (target.kind != TargetKind::fail || target.reason != "not_received") return;
  sink.report(Diag::target_not_here, target.span).arg("target", "failed not_received").arg("place", place)
      .label("only `absent` leads to it: not there yet is no proof of never")
      .help(Grade::example, "in an enquiry: `absent after 2min cites \"…\"`", {});
}

bool stands(PlaceKind place, TargetKind kind) {
  switch (kind) {
    case TargetKind::doubt: return false;  // a chain of proofs is what `on doubt` leads to
    case TargetKind::absent: return place == PlaceKind::enquiry;
    case TargetKind::await: case TargetKind::step: return place == PlaceKind::procedure;
    case TargetKind::renew: return place == PlaceKind::procedure || place == PlaceKind::enquiry;
    case TargetKind::nothing: return place == PlaceKind::enquiry || place == PlaceKind::callback;
    case TargetKind::session_value: return place == PlaceKind::session;
    case TargetKind::fail: return true;
    default: return place != PlaceKind::session;
  }
}

void check_place(const ArmList& list, const Arm& arm, Sink& sink) {
  constexpr std::string_view kPlaces[] = {"a procedure", "an enquiry", "a session", "a callback"};
  const Target& target = arm.target;
  if (target.poisoned) return;
  const std::string_view place = kPlaces[static_cast<size_t>(list.place)];
  check_never_received(target, place, sink);
  const bool passed_by = target.kind == TargetKind::nothing && arm.reads != ArmReads::whole && list.place == PlaceKind::procedure;  // another charge's row
  if (passed_by || stands(list.place, target.kind)) return;
  const bool doubt = target.kind == TargetKind::doubt, procedure = list.place == PlaceKind::procedure;
  Report report = sink.report(Diag::target_not_here, target.span);
  report.arg("target", word_of(target)).arg("place", doubt && procedure ? "an arm" : place);
  if (procedure) report.label(doubt ? "only `on doubt` leads to a proof" : "only an enquiry finds that");
  else report.label(list.place == PlaceKind::session ? "a session gives its value, or fails" : "here an answer only says what was found");
  if (doubt && procedure) report.help(Grade::likely, "leave it open: the step's `on doubt` says what then", {{target.span, "in_doubt"}});
}

// More codes than a carrier writes down in one line: a default that goes by another name. An empty text is what stands where no code is.
bool is_default(const Row& row) {
  constexpr uint64_t kCodesMax = 10'000;
  if (row.range && row.key.kind == Kind::integer && row.upto.integer >= row.key.integer)
    return static_cast<uint64_t>(row.upto.integer) - static_cast<uint64_t>(row.key.integer) >= kCodesMax;
  // An empty code stands where no code is; a pattern without one fixed character fits whatever comes.
  return row.key.kind == Kind::text && row.key.text.find_first_not_of(row.pattern ? std::string_view("\x01\x02") : std::string_view()) == std::string::npos;
}

void check_defaults(const Table& table, Sink& sink) {
  auto decides = [](const Target& target) { return !target.poisoned && target.kind != TargetKind::in_doubt; };
  auto report = [&](const Target& target, const char* label, Span also, const char* why) {
    sink.report(Diag::definite_by_default, target.span).label(label).also(also, why)
        .help(Grade::sure, "a code nobody wrote down decides nothing", {{target.span, "in_doubt"}});
  };
  if (table.other && decides(*table.other)) report(*table.other, "codes that nobody wrote down would decide", table.span, "in this reading");
  for (const Row& row : table.rows)
    if (is_default(row) && decides(row.target)) report(row.target, "codes that nobody wrote down would decide", row.span, row.range ? "takes more codes than a carrier gives out" : row.pattern ? "fits any code" : "stands where no code is");
}

// A code that the carrier did not say decides by what we said ourselves.
void check_asked_code(const Target& target, Sink& sink) {
  if (!target.key || target.poisoned) return;
  bool said = false;
  walk(*target.key, [&](const Expr& e) { said = said || e.kind == ExprKind::hole || e.poisoned(); });
  if (!said) sink.report(Diag::definite_by_default, target.key->span).label("is not from the carrier's answer").also(target.span, "decides about the money");
}

// What is said of a code is the same whoever asks, so it holds no value of an answer.
void check_row(const Target& target, Sink& sink) {
  if (target.poisoned) return;
  check_never_received(target, "a reading of codes", sink);
  switch (target.kind) {
    case TargetKind::succeed: case TargetKind::decline: case TargetKind::fail: case TargetKind::pending: case TargetKind::in_doubt: case TargetKind::nothing: break;
    default:
      sink.report(Diag::target_not_here, target.span).arg("target", word_of(target)).arg("place", "a reading of codes").label("a code only says what was found");
      return;
  }
  const std::optional<Expr>& value = target.after ? target.after : target.carrier_ref ? target.carrier_ref : target.paid;
  if (value) sink.report(Diag::not_in_edition, value->span).arg("what", "a value in a reading of codes").label("would be ignored")
                 .help(Grade::example, "write it in the arm that asks this reading, or match the code there", {});
}

void check_table_target(const Workspace& workspace, const Carrier& carrier, const ArmList& list, const Arm& arm, Sink& sink) {
  if (arm.target.kind != TargetKind::table || arm.target.index == kNone) return;
  const Table& table = carrier.tables[arm.target.index];
  check_asked_code(arm.target, sink);
  if (!table.other) {
    Span end = table.span;
    sink.report(Diag::table_other_missing, end).arg("name", table.name).label("has no `other`").also(arm.target.span, "money depends on it here")
        .help(Grade::likely, "a code nobody wrote down decides nothing: `other => in_doubt`", {});
  }
  for (const Row& row : table.rows) {
    check_success(row.target, false, sink);
    if (list.place == PlaceKind::procedure && row.target.kind == TargetKind::nothing)
      sink.report(Diag::target_not_here, row.target.span).arg("target", "ignore").arg("place", "a procedure").label("here an answer leads on").also(arm.target.span, "reached from here");
    if (list.place == PlaceKind::enquiry || list.place == PlaceKind::callback) check_about(workspace.model, row.target, arm.target.span, sink);
  }
}

}  // namespace

void check_outcomes(const Workspace& workspace, const Carrier& carrier, Sink& sink) {
  for (const Table& table : carrier.tables) {
    check_defaults(table, sink);
    if (table.other) check_row(*table.other, sink);
    for (const Row& row : table.rows) check_row(row.target, sink);
  }
  for (const ArmList& list : arm_lists(carrier)) {
    if (list.arms->empty() && list.place != PlaceKind::callback && !list.send->poisoned) {
      sink.report(Diag::no_arms, list.send->span).arg("name", list.name).label("no `on` says what its answers mean");
    }
    for (const Arm& arm : *list.arms) {
      check_place(list, arm, sink);
      if (!list.money()) continue;
      check_other(carrier, arm, sink);
      check_no(list, arm, sink);
      check_yes(list, arm, sink);
      check_repeat(carrier, list, arm, sink);
      check_success(arm.target, amount_matched(arm), sink);
      check_table_target(workspace, carrier, list, arm, sink);
      if (list.place == PlaceKind::enquiry || list.place == PlaceKind::callback) check_about(workspace.model, arm.target, arm.span, sink);
    }
  }
}

}  // namespace tollgate::hir
