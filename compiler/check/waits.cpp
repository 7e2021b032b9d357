// Every wait has an end and a key that can come; every procedure ends; doubt has a way out.
#include <algorithm>

#include "compiler/check/check.h"
#include "compiler/check/rules.h"

namespace tollgate::hir {
namespace {

std::string days(uint64_t ms) { return std::to_string(ms / 86'400'000) + " days"; }

void check_end(const Target& target, Sink& sink) {
  if (target.poisoned || target.kind != TargetKind::await) return;
  if (!target.has_within) {
    Span end{target.span.file, target.span.end, target.span.end};
    sink.report(Diag::wait_endless, target.span).label("until when?").help(Grade::example, "for example", {{end, " within 10min"}});
  } else if (target.within_ms > kWaitMaxMs) {
    sink.report(Diag::wait_too_long, target.within_span).arg("found", days(target.within_ms)).arg("limit", days(kWaitMaxMs)).label("too long");
  }
}

// D12: a reference that we kept, a step's durable parameter, or the carrier's own id.
bool is_key(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::poison: case ExprKind::kept: case ExprKind::parameter: case ExprKind::hole: return true;
    case ExprKind::argument: return expr.name.ends_with(".ref") || expr.name.ends_with(".carrier_ref");   // of what it is about: original, hold, subscription
    case ExprKind::call: return expr.name == "text" && !expr.operands.empty() && is_key(expr.operands[0]);
    default: return false;
  }
}

void report_key(const Expr& key, Span declared, Sink& sink) {
  sink.report(Diag::key_not_ours, key.span).arg("key", key.origin).label("is neither kept nor the carrier's id").also(declared, "whose key this is");
}

void report_about(const Carrier& carrier, uint32_t about, std::string_view name, Span at, Span declared, Sink& sink) {
  sink.report(Diag::about_other, at).arg("name", name).arg("procedure", carrier.procedures[about].name).label("tells of another procedure").also(declared, "declared here");
}

// D13: what tells of a refund proves nothing of a charge.
bool check_about(const Carrier& carrier, const Procedure& procedure, const Proof& proof, Sink& sink) {
  if (proof.kind != ProofKind::callback && proof.kind != ProofKind::enquiry) return false;
  bool called = proof.kind == ProofKind::callback;
  uint32_t about = called ? carrier.callbacks[proof.index].about : carrier.enquiries[proof.index].about;
  if (about == kNone || &carrier.procedures[about] == &procedure) return false;
  report_about(carrier, about, proof.name, proof.span, called ? carrier.callbacks[proof.index].span : carrier.enquiries[proof.index].span, sink);
  return true;
}

void check_keys(const Carrier& carrier, const Procedure& procedure, Sink& sink) {
  proofs(procedure, [&](const Proof& proof) {
    if (proof.index == kNone) return;
    if (check_about(carrier, procedure, proof, sink)) return;
    if (proof.kind == ProofKind::callback) {
      for (const Expr& key : proof.arguments) if (!is_key(key)) report_key(key, carrier.callbacks[proof.index].span, sink);
    } else if (proof.kind == ProofKind::enquiry && !proof.arguments.empty()) {
      bool any = std::any_of(proof.arguments.begin(), proof.arguments.end(), is_key);
      if (!any) report_key(proof.arguments[0], carrier.enquiries[proof.index].span, sink);
    }
    if (proof.within_ms > kWaitMaxMs) {
      sink.report(Diag::wait_too_long, proof.within_span).arg("found", days(proof.within_ms)).arg("limit", days(kWaitMaxMs)).label("too long");
    }
  });
}

// A URL-keyed callback comes only if its URL was sent.
void check_minted(const Carrier& carrier, const Procedure& procedure, Sink& sink) {
  std::vector<bool> sent(carrier.callbacks.size());
  for (const SendPlace& place : sends(carrier)) {
    if (place.procedure != &procedure) continue;
    if (place.send->poisoned) return;  // what could not be read may send it
    message_values(place, [&](const Expr& value, std::string_view) {
      with_lets(value, *place.lets, [&](const Expr& e) {
        if (e.kind != ExprKind::url_of) return;
        sent[e.index] = true;
        const Callback& callback = carrier.callbacks[e.index];
        if (callback.about != kNone && &carrier.procedures[callback.about] != &procedure) report_about(carrier, callback.about, callback.name, e.span, callback.span, sink);
        if (!e.operands.empty() && !is_key(e.operands[0])) report_key(e.operands[0], carrier.callbacks[e.index].span, sink);
      });
    });
  }
  std::vector<bool> reported(carrier.callbacks.size());
  proofs(procedure, [&](const Proof& proof) {
    if (proof.kind != ProofKind::callback || proof.index == kNone || sent[proof.index] || reported[proof.index]) return;
    const Callback& callback = carrier.callbacks[proof.index];
    if (!callback.url_keyed) return;
    reported[proof.index] = true;
    std::string key = proof.arguments.empty() ? "ref" : proof.arguments[0].origin;
    sink.report(Diag::key_not_sent, proof.span).arg("name", proof.name).label("the carrier was never told its URL").also(callback.span, "keyed by its URL")
        .help(Grade::example, "send `url of " + proof.name + "(" + key + ")` in a header or in the body", {});
  });
}

void check_doubt(const Procedure& procedure, const Step& step, bool begun_by_carrier, Sink& sink) {
  if (!procedure.moves_money) return;
  const MoneyOut out = money_out(procedure)[static_cast<size_t>(&step - procedure.steps.data())];
  const bool open = out.before || out.waiting || (step.send && step.send->moves_money);
  if (!step.doubt && !step.unread && !step.send && !step.awaits && begun_by_carrier) {
    sink.report(Diag::doubt_missing, step.span).label("a message that never comes leaves it open")
        .help(Grade::example, "or give it to a person: `on doubt => manual because \"…\"`", {});
  }
  if (!step.doubt && !step.unread && open && (step.send || step.awaits)) {
    Span at = step.send ? step.send->span : step.awaits->span;
    sink.report(Diag::doubt_missing, at).label("a lost answer leaves it open").also(procedure.span, "`" + procedure.name + "` moves money")
        .help(Grade::example, "ask by your reference: `on doubt => ask status(ref)`", {})
        .help(Grade::example, "or give it to a person: `on doubt => manual because \"…\"`", {});
  }
  if (!step.doubt || step.doubt_inherited || step.doubt->poisoned) return;
  for (const Proof& proof : step.doubt->proofs) {
    if ((proof.kind == ProofKind::callback || proof.kind == ProofKind::settlement) && !proof.has_within && !proof.poisoned) {
      Span end{proof.span.file, proof.span.end, proof.span.end};
      sink.report(Diag::wait_endless, proof.span).label("until when?").help(Grade::example, "for example", {{end, " within 30min"}});
    }
    if (proof.kind == ProofKind::manual && !proof.poisoned && proof.grounds.because.empty()) {
      Span end{proof.span.file, proof.span.end, proof.span.end};
      sink.report(Diag::because_missing, proof.span).arg("what", "`manual`").label("why can nothing be asked?")
          .help(Grade::example, "say why", {{end, " because \"…\""}});
    }
  }
}

// Arms go forward only.
void check_circles(const Procedure& procedure, Sink& sink) {
  std::vector<const Target*> back;
  const size_t before = sink.report_count();
  std::vector<int> state(procedure.steps.size());  // 0 new, 1 open, 2 done
  auto visit = [&](auto&& self, uint32_t i) -> void {
    state[i] = 1;
    const Step& step = procedure.steps[i];
    auto follow = [&](const Target& target) {
      if (target.kind != TargetKind::step || target.index >= state.size()) return;
      if (state[target.index] == 0) self(self, target.index);
      else if (state[target.index] == 1) {
        sink.report(Diag::steps_circular, target.span).arg("name", procedure.steps[target.index].name).label("leads back")
            .also(procedure.steps[target.index].span, "to this step")
            .help(Grade::example, "the one way back is bounded: `again " + procedure.steps[target.index].name + "(…) at most 3`", {});
      }
      if (state[target.index] == 2 && target.index < i) back.push_back(&target);
    };
    if (step.send) for (const Arm& arm : step.send->arms) follow(arm.target);
    for (const Waited& waited : step.waited) for (const Arm& arm : waited.arms) follow(arm.target);
    if (step.late) follow(*step.late);
    state[i] = 2;
  };
  for (uint32_t i = 0; i < procedure.steps.size(); ++i) if (state[i] == 0) visit(visit, i);
  if (sink.report_count() != before) return;  // of a circle some part always goes back
  for (const Target* target : back) {
    const Step& to = procedure.steps[target->index];
    sink.report(Diag::step_backwards, target->span).arg("name", to.name).label("stands above").also(to.span, "this step")
        .help(Grade::example, "move that step below this one", {});
  }
}

}  // namespace

void check_waits(const Carrier& carrier, Sink& sink) {
  for (const Procedure& procedure : carrier.procedures) {
    const auto index = static_cast<uint32_t>(&procedure - carrier.procedures.data());
    const bool begun = std::any_of(carrier.callbacks.begin(), carrier.callbacks.end(), [&](const Callback& c) { return c.opens && c.about == index; });
    for (const Step& step : procedure.steps) {
      if (step.send) for (const Arm& arm : step.send->arms) check_end(arm.target, sink);
      if (step.awaits) check_end(*step.awaits, sink);
      for (const Waited& waited : step.waited) for (const Arm& arm : waited.arms) check_end(arm.target, sink);
      if (step.late) check_end(*step.late, sink);
      check_doubt(procedure, step, begun, sink);
    }
    check_keys(carrier, procedure, sink);
    check_minted(carrier, procedure, sink);
    check_circles(procedure, sink);
  }
  for (const Enquiry& enquiry : carrier.enquiries) {
    const bool pauses = std::none_of(enquiry.every_ms.begin(), enquiry.every_ms.end(), [](uint64_t ms) { return ms == 0; });
    for (uint64_t ms : enquiry.every_ms) {
      if (ms <= kWaitMaxMs) continue;
      sink.report(Diag::wait_too_long, enquiry.span).arg("found", days(ms)).arg("limit", days(kWaitMaxMs)).label("one of its pauses");
      break;
    }
    if (enquiry.every_ms.empty() || !pauses) {
      sink.report(Diag::schedule_missing, enquiry.span).arg("name", enquiry.name).label("how often is it asked?").help(Grade::example, "for example `every 5s, 15s, 60s`", {});
    }
  }
}

}  // namespace tollgate::hir
