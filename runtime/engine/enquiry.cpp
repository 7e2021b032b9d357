// Enquiries: questions about a charge. What becomes of the question itself (time-out, 401, 5xx, an answer nobody foresaw) is no news about the charge (H3).
#include "runtime/engine/impl.h"

namespace tollgate {

namespace {

bool asking_state(State s) { return s == State::waiting || s == State::in_doubt; }

}  // namespace

void Engine::Impl::ask(const InstancePtr& p) {
  if (p->gone || p->asking || draining_ || !asking_state(p->record.state)) return;
  const ProofNeeded* needed = enquiry_needed(*p);
  ProofNeeded proof;
  if (needed != nullptr) {
    proof = *needed;
  } else {   // a hint where the wait itself has no enquiry: doubt's chain may have one
    scratch_.reset();
    bool found = false;
    for (ProofNeeded& declared : declared_doubt(p)) {
      if (declared.kind != ProofKind::enquiry || found) continue;
      proof = std::move(declared);
      found = true;
    }
    if (!found) return;
  }
  p->asking = true;
  p->hinted = false;
  clear_timer(*p, TimerKind::enquire);
  acquire_for_enquiry(p, std::move(proof), false);
}

void Engine::Impl::acquire_for_enquiry(const InstancePtr& p, ProofNeeded proof, bool again) {
  const Exchange& e = p->module().exchanges[p->module().enquiries[proof.index].exchange];
  scratch_.reset();
  Result<Frame> frame = frame_of(*p);
  const Result<std::span<Value>> parameters = unpack(proof.arguments, scratch_);
  if (frame.ok() && parameters.ok()) frame->parameters = *parameters;
  Result<std::vector<SessionNeed>> needs = frame.ok() ? session_needs(*p->deployment, e, *frame) : Result<std::vector<SessionNeed>>(frame.error());
  if (!needs.ok()) return enquiry_over(p, needs.error().message);
  if (opening_time(p->module(), p->module().links[e.link], now())) return enquiry_over(p, "the carrier is closed at this hour");
  acquire(*p->deployment, std::move(*needs), {}, [this, p, proof = std::move(proof), again, &e](const Error* error, SessionsUsed used) {
    if (p->gone) return;
    if (error != nullptr) return when_free(p, [this, p, why = error->message] { enquiry_over(p, why); });
    turn(*p->deployment->links[e.link].pace, [this, p, proof, again, used = std::move(used)] {
      when_free(p, [this, p, proof, again, used] { send_enquiry(p, proof, used, again); });
    });
  });
}

void Engine::Impl::send_enquiry(const InstancePtr& p, const ProofNeeded& proof, const SessionsUsed& used, bool again) {
  if (!asking_state(p->record.state)) return enquiry_over(p, "");
  scratch_.reset();
  Result<Frame> frame = frame_of(*p);
  if (!frame.ok()) return enquiry_over(p, frame.error().message);
  const Result<std::span<Value>> parameters = unpack(proof.arguments, scratch_);
  if (!parameters.ok()) return enquiry_over(p, parameters.error().message);
  frame->parameters = *parameters;
  Deployment& d = *p->deployment;
  SliceHost host(d, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  const SliceEnd end = run(d, d.module().enquiries[proof.index].slice, *frame, host);
  if (end.effect != SliceEnd::Effect::send) return enquiry_over(p, "the enquiry could not be built");
  const Exchange& e = d.module().exchanges[end.index];
  const std::unique_ptr<Frozen> frozen = freeze(d, e, end);
  Result<Request> request = finished_request(d, e, *frame, used, *frozen);
  if (!request.ok()) return enquiry_over(p, request.error().message);
  send(std::move(*request), [this, p, proof, used, again, exchange = end.index](Reply reply) {
    when_free(p, [this, p, proof, used, again, exchange, reply = std::move(reply)] { enquiry_answered(p, proof, exchange, used, reply, again); });
  });
}

void Engine::Impl::enquiry_answered(const InstancePtr& p, const ProofNeeded& proof, Index exchange, const SessionsUsed& used, const Reply& reply, bool again) {
  if (!asking_state(p->record.state)) return enquiry_over(p, "");
  if (reply.kind == Reply::Kind::not_sent) p->deployment->links[p->module().exchanges[exchange].link].fail_over(p->deployment->links[p->module().exchanges[exchange].link].current);
  if (reply.kind != Reply::Kind::answer) return enquiry_over(p, reply.trouble);
  scratch_.reset();
  Deployment& d = *p->deployment;
  const Exchange& e = d.module().exchanges[exchange];
  const ArmSelection chosen = select_reply(*d.program, exchange, {reply.status, reply.headers, reply.body}, {}, scratch_);
  Detail detail;
  detail.text("enquiry", d.module().text(d.module().enquiries[proof.index].name)).number("status", reply.status).number("arm", chosen.arm == kNone ? -1 : static_cast<int64_t>(chosen.arm)).number("ms", reply.elapsed_us / kMillisecond);
  Decision decision;
  decision.kind = Decision::Kind::nothing;
  if (chosen.breach) detail.text("why", chosen.why);
  if (chosen.arm != kNone && !chosen.breach) {
    const Arm& arm = e.arms[chosen.arm];
    Result<Frame> frame = frame_of(*p);
    const Result<std::span<Value>> parameters = unpack(proof.arguments, scratch_);
    if (!frame.ok() || !parameters.ok()) return enquiry_over(p, "the procedure's frame cannot be read");
    frame->parameters = *parameters;
    frame->holes = chosen.holes;
    SliceHost host(d, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
    decision = arm.slice == kNone ? decide_target(d, arm.target, nullptr, asked(*p)) : decide(d, run(d, arm.slice, *frame, host), asked(*p));
    if (!decision.why.empty()) detail.text("why", decision.why);
  }
  detail.text("outcome", decision_name(decision.kind));
  if (decision.kind == Decision::Kind::renew && !again) {   // the same question once more, with a fresh session
    drop_session(d, decision.target->index, used);
    return acquire_for_enquiry(p, proof, true);
  }
  p->asking = false;
  learn(p, decision, std::move(detail).end());
}

void Engine::Impl::enquiry_over(const InstancePtr& p, std::string_view trouble) {
  p->asking = false;
  if (!asking_state(p->record.state)) return;
  if (!trouble.empty()) note(p, "enquiry", std::move(Detail().text("trouble", trouble)).end());
  ++p->asked;
  schedule_ask(p);
}

// A finding of an enquiry. Absence is believed only so long after the last transmission's answer could have come (H8).
void Engine::Impl::learn(const InstancePtr& p, const Decision& d, std::string detail) {
  const bool definite = d.kind == Decision::Kind::success || d.kind == Decision::Kind::refusal || d.kind == Decision::Kind::failure;
  if (definite && !d.about_call && !p->durable.contradicted) return conclude(p, d, {"enquiry", std::move(detail), nullptr}, true);
  if (d.kind == Decision::Kind::absent && p->attempt.exchange_index != kNone && !p->durable.contradicted) {
    const Link& link = p->module().links[p->module().exchanges[p->attempt.exchange_index].link];
    const int64_t believed = p->attempt.last_sent_us + static_cast<int64_t>(link.answer_ms + d.within_ms) * kMillisecond;
    const Transition* t = step_to(p, Event::absence, true);
    if (now() >= believed && t != nullptr) {
      Outcome outcome;
      outcome.outcome = OutcomeClass::failed;
      outcome.reason = "not_received";
      return settle(p, *t, std::move(outcome), "enquiry", std::move(detail));
    }
  }
  note(p, "enquiry", std::move(detail));
  ++p->asked;
  schedule_ask(p);
}

}  // namespace tollgate
