// What leaves with a charge: references, promises, and nothing minted on the way.
#include <algorithm>

#include "compiler/check/carried.h"
#include "compiler/check/check.h"
#include "compiler/check/rules.h"
#include "compiler/check/words.h"

namespace tollgate::hir {
namespace {

// D10: a fresh value in the message is a second charge when the message is made again.
void check_fresh(const SendPlace& place, Sink& sink) {
  message_values(place, [&](const Expr& value, std::string_view) {
    with_lets(value, *place.lets, [&](const Expr& e) {
      if (e.kind != ExprKind::host || (e.name == "now" && !place.send->once)) return;
      Report report = sink.report(Diag::minted_in_message, e.span);
      report.arg("name", e.origin).label("is new each time").also(place.procedure->span, "`" + place.procedure->name + "` moves money")
          .help(Grade::example, "keep it: `keep ref = " + e.origin + "`, and send `ref`", {});
      if (e.name == "now") report.also(place.send->once->span, "a repeat carries the same bytes");
    });
  });
}

void check_once(const SendPlace& place, Sink& sink) {
  const Send& send = *place.send;
  for (const Arm& arm : send.arms) {
    if (arm.target.kind != TargetKind::renew || arm.target.poisoned || send.once) continue;
    if (!arm.target.grounds.cites.empty() || !arm.grounds.cites.empty()) continue;
    sink.report(Diag::renew_without_promise, arm.target.span).label("sends the charge again").also(send.span, "nothing here promises that a repeat is recognised")
        .help(Grade::example, "the carrier's promise, in the send: `once per ref for 24h … cites \"…\"`", {})
        .help(Grade::example, "or a citation that this answer comes before processing: `renew … because \"…\" cites \"…\"`", {});
  }
  if (!send.once || send.once->keep == kNone) return;
  const Keep& keep = place.procedure->keeps[send.once->keep];
  if (send.once->grounds.cites.empty()) {
    sink.report(Diag::promise_uncited, send.once->span).arg("what", "`once per`").label("where does the carrier promise it?")
        .help(Grade::example, "name the document: `cites \"…\"`", {});
  }
  if (send.once->window_ms > kWaitMaxMs) {
    sink.report(Diag::wait_too_long, send.once->span).arg("found", std::to_string(send.once->window_ms / 86'400'000) + " days").arg("limit", "30 days").label("too long");
  }
  if (!send.poisoned && !sends_keep(place, send.once->keep, false)) {
    sink.report(Diag::once_key_not_sent, send.once->span).arg("name", keep.name).label("is in no header, path or body").also(send.span, "of this request");
  }
}

void check_reference(const Carrier& carrier, const Procedure& procedure, Sink& sink) {
  const Keep* sent = nullptr;
  for (uint32_t i = 0; i < procedure.keeps.size(); ++i) {
    for (const SendPlace& place : sends(carrier)) {
      if (place.procedure != &procedure || place.send->poisoned || !sends_keep(place, i, true)) continue;
      if (is_fresh(procedure.keeps[i])) return;
      if (!sent) sent = &procedure.keeps[i];
    }
  }
  if (!sent) return;
  sink.report(Diag::reference_not_fresh, sent->value.span).arg("name", sent->name).label("another charge could have the same")
      .help(Grade::likely, "keep a new one: `keep " + sent->name + " = uuid()`, and send the other value beside it", {});
}

// The first kept value is our reference: stored in clear, logged, shown to merchants.
void check_reference_plain(const Procedure& procedure, Sink& sink) {
  if (procedure.keeps.empty() || !(procedure.keeps[0].type.labels & kPersonal)) return;
  sink.report(Diag::personal_to_sink, procedure.keeps[0].value.span).arg("sink", "our reference").label("is stored in clear and shown")
      .help(Grade::example, "keep a new one first: `keep ref = uuid()`", {});
}

// A question that does not name its charge is answered about another one.
void check_question(const Enquiry& enquiry, Sink& sink) {
  bool keyed = enquiry.send.poisoned || std::any_of(enquiry.params.begin(), enquiry.params.end(), [](const Param& p) { return poisoned(p.type); });
  message_values({&enquiry.send, &enquiry.lets, nullptr, nullptr}, [&](const Expr& value, std::string_view) {
    with_lets(value, enquiry.lets, [&](const Expr& e) {
      keyed = keyed || e.kind == ExprKind::poison || e.kind == ExprKind::parameter || e.kind == ExprKind::kept || e.kind == ExprKind::argument;
    });
  });
  if (!keyed)
    sink.report(Diag::enquiry_unkeyed, enquiry.send.span).arg("name", enquiry.name).label("names no charge").also(enquiry.span, "asked about one")
        .help(Grade::example, "send its key in the path, the query or the body", {});
}

// The carrier finds only what it was given: a kept value that is asked about must have left with the charge.
void check_asked(const Carrier& carrier, const Procedure& procedure, Sink& sink) {
  std::vector<bool> reported(procedure.keeps.size());  // each value once; one that `once per` names has been told already
  for (const SendPlace& place : sends(carrier))
    if (place.procedure == &procedure && place.send->once && place.send->once->keep != kNone) reported[place.send->once->keep] = true;
  proofs(procedure, [&](const Proof& proof) {
    if (proof.kind != ProofKind::enquiry || proof.poisoned) return;
    for (const Expr& key : proof.arguments) {
      if (key.kind != ExprKind::kept || reported[key.index]) continue;
      bool sent = false;
      for (const SendPlace& place : sends(carrier))
        sent = sent || (place.procedure == &procedure && (place.send->poisoned || sends_keep(place, key.index, false)));
      reported[key.index] = !sent;
      if (!sent)
        sink.report(Diag::enquiry_key_not_sent, key.span).arg("name", key.origin).label("the carrier was never told it")
            .also(procedure.span, "`" + procedure.name + "` does not send it");
    }
  });
}

// B25: a family serves several markets.
void check_currency(const Carrier& carrier, Sink& sink) {
  if (carrier.family.empty()) return;
  auto look = [&](const Expr& value) {
    walk(value, [&](const Expr& e) {
      if (e.kind != ExprKind::constant || e.constant.kind != Kind::money) return;
      sink.report(Diag::currency_in_family, e.span).label("of one market only").help(Grade::example, "use `market.currency` or the carrier's own word", {});
    });
  };
  for (const SendPlace& place : sends(carrier)) {
    message_values(place, [&](const Expr& value, std::string_view) { with_lets(value, *place.lets, look); });
    for (const Arm& arm : place.send->arms) {
      if (arm.target.paid) look(*arm.target.paid);
      for (const Expr& guard : arm.guard) look(guard);
    }
  }
}

}  // namespace

void check_messages(const Carrier& carrier, Sink& sink) {
  for (const Procedure& procedure : carrier.procedures) {
    if (!procedure.moves_money) continue;
    const Send* first = nullptr;
    bool sent = false, spoilt = false;
    for (const SendPlace& place : sends(carrier)) {
      if (place.procedure != &procedure) continue;
      if (!first) first = place.send;
      sent = sent || sends_keep(place, kNone, true);
      spoilt = spoilt || place.send->poisoned;
      check_fresh(place, sink);
      check_once(place, sink);
    }
    check_reference(carrier, procedure, sink);
    check_reference_plain(procedure, sink);
    check_asked(carrier, procedure, sink);
    for (const Keep& keep : procedure.keeps) spoilt = spoilt || keep.value.poisoned();
    if (first && !sent && !spoilt) {
      sink.report(Diag::reference_not_sent, first->span).label("carries no reference of ours").also(procedure.span, "`" + procedure.name + "` moves money")
          .help(Grade::example, "keep one and send it: `keep ref = uuid()`", {});
    }
  }
  for (const Enquiry& enquiry : carrier.enquiries) check_question(enquiry, sink);
  check_currency(carrier, sink);
}

}  // namespace tollgate::hir
