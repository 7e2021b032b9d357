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
