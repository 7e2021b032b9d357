// Everything inbound is verified; what proves nothing is a hint, and a hint needs somebody to ask.
#include <algorithm>

#include "compiler/check/rules.h"

namespace tollgate::hir {
namespace {

bool can_ask(const Carrier& carrier, uint32_t callback) {
  bool asked = false;
  for (const Procedure& procedure : carrier.procedures) {
    bool waits = false, asks = false;
    proofs(procedure, [&](const Proof& proof) {
      waits = waits || (proof.kind == ProofKind::callback && proof.index == callback);
      asks = asks || proof.kind == ProofKind::enquiry;
    });
    asked = asked || (waits && asks);
  }
  return asked;
}

// Whoever proves himself by a bearer that we mint was given it.
void check_bearers(const Carrier& carrier, Sink& sink) {
  std::vector<bool> given(carrier.callbacks.size());
  bool spoilt = false;
  for (const SendPlace& place : sends(carrier)) spoilt = spoilt || place.send->poisoned;  // what could not be read may send it
  each_expr(carrier, [&](const Expr& whole) {
    walk(whole, [&](const Expr& e) { if (e.kind == ExprKind::bearer_of) given[e.index] = true; });
  });
  for (uint32_t i = 0; i < carrier.callbacks.size() && !spoilt; ++i) {
    const Callback& callback = carrier.callbacks[i];
    if (given[i] || callback.endpoint == kNone || callback.about == kNone) continue;
    const Endpoint& endpoint = carrier.endpoints[callback.endpoint];
    const auto minted = std::find_if(endpoint.verify.begin(), endpoint.verify.end(), [](const Verify& v) { return v.kind == VerifyKind::minted_bearer; });
    if (minted == endpoint.verify.end()) continue;
    const std::string key = callback.params.empty() ? "ref" : callback.params[0].name;
    sink.report(Diag::minted_not_sent, callback.span).arg("what", "the bearer").arg("name", callback.name).label("every message would be refused")
        .also(minted->span, "holds when the bearer is the one that we minted")
        .help(Grade::example, "send `bearer of " + callback.name + "(" + key + ")` in a header or in the body", {});
  }
}

// Arms after an `await` lead on by it: a hint may do that.
bool leads_on(const Carrier& carrier, uint32_t callback) {
  for (const Procedure& procedure : carrier.procedures)
    for (const Step& step : procedure.steps)
      for (const Waited& waited : step.waited) if (waited.kind == ProofKind::callback && waited.index == callback) return true;
  return false;
}

}  // namespace

void check_endpoints(const Carrier& carrier, Sink& sink) {
  for (const Endpoint& endpoint : carrier.endpoints) {
    if (endpoint.verify.empty()) {
      sink.report(Diag::endpoint_unverified, endpoint.span).arg("name", endpoint.name).label("who may call it?")
          .help(Grade::example, "at least an unguessable URL: `verify path_token`", {});
    }
    for (const Verify& verify : endpoint.verify) {
      if (verify.kind == VerifyKind::nothing && verify.grounds.because.empty()) {
        Span end{verify.span.file, verify.span.end, verify.span.end};
        sink.report(Diag::because_missing, verify.span).arg("what", "`verify nothing`").label("why may anyone call it?").help(Grade::example, "say why", {{end, " because \"…\""}});
      }
    }
  }
  check_bearers(carrier, sink);
  for (uint32_t i = 0; i < carrier.callbacks.size(); ++i) {
    const Callback& callback = carrier.callbacks[i];
    if (callback.endpoint == kNone || callback.about == kNone || (!callback.used && !callback.opens)) continue;
    const Endpoint& endpoint = carrier.endpoints[callback.endpoint];
    if (endpoint.proves || endpoint.verify.empty() || can_ask(carrier, i) || leads_on(carrier, i)) continue;
    sink.report(Diag::hint_only, callback.span).arg("endpoint", endpoint.name).label("can decide nothing")
        .also(endpoint.verify[0].span, "says who may call, not what is true")
        .help(Grade::example, "declare an enquiry and await it beside the callback", {})
        .help(Grade::example, "or, if the carrier has no better proof: `proves because \"…\" cites \"…\"`", {});
  }
}

}  // namespace tollgate::hir
