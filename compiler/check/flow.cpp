// What happens in time: what is awaited leads somewhere, a hint decides nothing, nothing but the carrier's word refuses where money may be out.
#include <algorithm>

#include "compiler/check/rules.h"

namespace tollgate::hir {
namespace {

bool definite_no(const Target& target) { return (target.kind == TargetKind::decline || target.kind == TargetKind::fail) && !target.poisoned; }
bool definite(const Target& target) { return definite_no(target) || (target.kind == TargetKind::succeed && !target.poisoned); }

void check_unsaid(const Target& target, Span out, bool need, Sink& sink) {
  if (!definite_no(target)) return;
  Report report = sink.report(Diag::no_unsaid, target.span);
  report.label("who said so?").also(out, "by now the user may have paid");
  if (need) report.help(Grade::example, "put the condition into the first step, before anything is sent or shown", {});
  else report.help(Grade::likely, "leave it open, and the proofs of `on doubt` are asked", {{target.span, "in_doubt"}});
}

// D6: what proves nothing leads on at most.
void check_hint(const Carrier& carrier, const Procedure& procedure, const Waited& waited, Sink& sink) {
  if (waited.kind != ProofKind::callback || waited.index == kNone || !procedure.moves_money) return;
  const Callback& callback = carrier.callbacks[waited.index];
  if (callback.endpoint == kNone) return;
  const Endpoint& endpoint = carrier.endpoints[callback.endpoint];
  if (endpoint.proves || endpoint.verify.empty()) return;
  for (const Arm& arm : waited.arms) {
    if (!definite(arm.target) && !(arm.target.kind == TargetKind::table && !arm.target.poisoned)) continue;
    sink.report(Diag::hint_decides, arm.target.span).arg("endpoint", endpoint.name).label("who vouches for it?")
        .also(endpoint.verify[0].span, "says who may call, not what is true")
        .help(Grade::example, "lead on to a step that asks the carrier: `then check(…)`", {});
  }
}

void check_inputs(const Step& step, Sink& sink) {
  auto read = [&](const Proof& proof) {
    return std::any_of(step.waited.begin(), step.waited.end(), [&](const Waited& w) { return w.kind == ProofKind::input && w.name == proof.name; });
  };
  auto check = [&](const Target& wait) {
    for (const Proof& proof : wait.proofs) {
      if (proof.kind != ProofKind::input || proof.poisoned || wait.poisoned || read(proof)) continue;
      sink.report(Diag::input_unread, proof.span).arg("name", proof.name).label("asked for, and then?")
          .help(Grade::example, "after the `await` of a step: `on " + proof.name + " => then confirm(" + proof.name + ")`", {});
    }
  };
  if (step.awaits) check(*step.awaits);
  if (step.send) for (const Arm& arm : step.send->arms) check(arm.target);
}

void check_again(const Procedure& procedure, size_t here, const Target& target, Sink& sink) {
  if (target.kind != TargetKind::again || target.poisoned || target.index == kNone || target.index <= here) return;
  sink.report(Diag::again_forward, target.span).label("a step that comes later").also(procedure.steps[target.index].span, "this one")
      .help(Grade::likely, "go on", {{target.span, "then " + procedure.steps[target.index].name + "(…)"}});
}

void check_step(const Carrier& carrier, const Procedure& procedure, size_t i, const MoneyOut& out, Sink& sink) {
  const Step& step = procedure.steps[i];
  const Span moved = step.shown.empty() ? step.span : step.shown[0].span;
  if (procedure.moves_money && out.before)
    for (const Need& need : step.needs) check_unsaid(need.otherwise, step.span, true, sink);
  if (procedure.moves_money && out.waiting) {
    if (step.late) check_unsaid(*step.late, step.awaits ? step.awaits->span : moved, false, sink);
    for (const Waited& waited : step.waited)
      if (waited.kind == ProofKind::input) for (const Arm& arm : waited.arms) check_unsaid(arm.target, moved, false, sink);
  }
  for (const Waited& waited : step.waited) {
    check_hint(carrier, procedure, waited, sink);
    for (const Arm& arm : waited.arms) check_again(procedure, i, arm.target, sink);
  }
  if (step.late) check_again(procedure, i, *step.late, sink);
  if (step.send) for (const Arm& arm : step.send->arms) check_again(procedure, i, arm.target, sink);
  check_inputs(step, sink);
}

// D11: one request cannot be both.
void check_safe(const Carrier& carrier, const Procedure& owner, const Send& send, Sink& sink) {
  if (send.safe_grounds.because.empty()) {
    Span end{send.safe_span.file, send.safe_span.end, send.safe_span.end};
    sink.report(Diag::because_missing, send.safe_span).arg("what", "`safe`").label("why does no money move by it?").help(Grade::example, "say why", {{end, " because \"…\""}});
  }
  for (const Procedure& procedure : carrier.procedures) {
    for (const Step& step : procedure.steps) {
      if (!step.send || !step.send->moves_money || step.send->link != send.link || step.send->method != send.method || !same_form(step.send->path.node, send.path.node)) continue;
      sink.report(Diag::safe_moves_money, send.safe_span).arg("name", procedure.name).label("said of this request").also(step.send->span, "the same request moves money");
      return;
    }
  }
  (void)owner;
}

}  // namespace

void check_flow(const Workspace&, const Carrier& carrier, Sink& sink) {
  for (const Callback& callback : carrier.callbacks) {
    if (!callback.opens || callback.about == kNone) continue;
    const Endpoint* endpoint = callback.endpoint == kNone ? nullptr : &carrier.endpoints[callback.endpoint];
    if (endpoint && !endpoint->proves && !endpoint->verify.empty())
      sink.report(Diag::hint_decides, callback.opens_span).arg("endpoint", endpoint->name).label("anyone who knows the URL could begin it")
          .also(endpoint->verify[0].span, "says who may call, not what is true");
    if (callback.opens_has_within && callback.opens_within_ms > 0) continue;
    Span end{callback.opens_span.file, callback.opens_span.end, callback.opens_span.end};
    sink.report(Diag::wait_endless, callback.opens_span).label("how long is news of it waited for?").help(Grade::example, "for example", {{end, " within 24h"}});
  }
  for (const Procedure& procedure : carrier.procedures) {
    const std::vector<MoneyOut> out = money_out(procedure);
    for (size_t i = 0; i < procedure.steps.size(); ++i) {
      check_step(carrier, procedure, i, out[i], sink);
      const Step& step = procedure.steps[i];
      if (step.send && step.send->safe) check_safe(carrier, procedure, *step.send, sink);
    }
  }
}

}  // namespace tollgate::hir
