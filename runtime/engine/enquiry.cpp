// Enquiries: questions about a charge. What becomes of the question itself (time-out, 401, 5xx, an answer nobody foresaw) is no news about the charge (H3).
#include "runtime/engine/impl.h"
#include "runtime/engine/request.h"

namespace tollgate {

namespace {

bool asking_state(State s) { return s == State::waiting || s == State::in_doubt; }

}  // namespace

void Engine::Impl::ask(const InstancePtr& p) {
  if (p->gone || p->asking || draining_ || !asking_state(p->record.state)) return;
  std::optional<ProofNeeded> proof = question(p);
  if (!proof) return;
  p->asking = true;
  p->hinted = false;
  clear_timer(*p, TimerKind::enquire);
  acquire_for_enquiry(p, std::move(*proof), false);
}

void Engine::Impl::acquire_for_enquiry(const InstancePtr& p, ProofNeeded proof, bool again) {
  const Exchange& e = p->module().exchanges[p->module().enquiries[proof.index].exchange];
  acquire(*p->deployment, e.sessions, {}, [this, p, proof = std::move(proof), again, &e](const Error* error, SessionsUsed used) {
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
  p->spent.turn(host.units, scratch_.taken());
  if (end.effect != SliceEnd::Effect::send) return enquiry_over(p, "the enquiry could not be built");
  const Exchange& e = d.module().exchanges[end.index];
  const std::unique_ptr<Frozen> frozen = freeze(d, e, end);
  Question question{proof, end.index, used, again, std::make_shared<Tape>()};
  Tape& tape = *question.tape;
  tape.kind = Tape::Kind::enquiry;
  tape.name = d.module().text(d.module().enquiries[proof.index].name);
  tape.parameters = proof.arguments;
  tape.reads.push_back(host.reads());
  uint64_t credentials = 0;
  Result<Request> request = finished_request(d, e, *frame, used, *frozen, host.counters, tape, &credentials);
  p->spent.turn(credentials, scratch_.taken());
  if (!request.ok()) return enquiry_over(p, request.error().message);
  const auto sent = std::make_shared<Request>(std::move(*request));
  reserve(std::move(host.counters), [this, p, question = std::move(question), sent](const Error* error) {
    if (p->gone) return;
    if (error != nullptr) return when_free(p, [this, p, why = error->message] { enquiry_over(p, why); });
    p->asked_at_us = now();
    ++p->spent.enquiries;
    send(std::move(*sent), [this, p, question](Reply reply) {
      when_free(p, [this, p, question, reply = std::move(reply)] { enquiry_answered(p, question, reply); });
    });
  });
}

// Numbers drawn outside a procedure's own commit are durable before any byte that holds them leaves, too (H11).
void Engine::Impl::reserve(std::vector<CounterRecord> counters, std::function<void(const Error*)> then) {
  if (counters.empty()) return then(nullptr);
  Commit c;
  c.counters = std::move(counters);
  ++commits_under_way_;
  ports_.store->submit(std::move(c), [this, then = std::move(then)](const CommitResult& r) {
    --commits_under_way_;
    then(r.kind == CommitResult::Kind::done ? nullptr : &r.error);
  });
}

void Engine::Impl::enquiry_answered(const InstancePtr& p, const Question& question, const Reply& reply) {
  if (!asking_state(p->record.state)) return enquiry_over(p, "");
  p->tape = std::make_unique<Tape>(*question.tape);
  if (reply.kind != Reply::Kind::answer) return enquiry_over(p, reply.trouble);
  scratch_.reset();
  Deployment& d = *p->deployment;
  const ProofNeeded& proof = question.proof;
  Result<Frame> frame = frame_of(*p);
  const Result<std::span<Value>> parameters = unpack(proof.arguments, scratch_);
  if (!frame.ok() || !parameters.ok()) return enquiry_over(p, "the procedure's frame cannot be read");
  frame->parameters = *parameters;
  SliceHost host(d, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  ReplyReading reading = read_reply(d, question.exchange, {reply.status, reply.headers, reply.body, d.settings}, 1, *frame, asked(*p), host, scratch_);
  p->spent.turn(host.units, scratch_.taken());
  Detail detail;
  detail.text("enquiry", d.module().text(d.module().enquiries[proof.index].name)).number("status", reply.status)
      .number("arm", reading.arm == kNone ? -1 : static_cast<int64_t>(reading.arm)).number("ms", reply.elapsed_us / kMillisecond);
  Decision& decision = reading.decision;
  if (!decision.why.empty()) detail.text("why", decision.why);
  if (reading.breach) decision.kind = Decision::Kind::nothing;   // an answer that contradicts itself finds nothing
  detail.text("outcome", decision_name(decision.kind));
  p->tape->reads.push_back(host.reads());
  p->tape->hear(reply.status, reply.headers, reply.body);
  p->tape->decided = decision_name(decision.kind);
  if (decision.kind == Decision::Kind::renew && !question.again) {   // the same question once more, with a fresh session
    note(p, "enquiry", std::move(detail).end());
    drop_session(d, decision.target->index, question.sessions);
    return acquire_for_enquiry(p, proof, true);
  }
  p->asking = false;
  learn(p, decision, std::move(detail).end());
}

void Engine::Impl::enquiry_over(const InstancePtr& p, std::string_view trouble) {
  p->asking = false;
  if (!asking_state(p->record.state)) { p->tape.reset(); return; }
  if (!trouble.empty()) note(p, "enquiry", std::move(Detail().text("trouble", trouble)).end());
  asked_in_vain(p);
}

// The next question, on the enquiry's own pace. A hint that came while this one was on its way may be news that its answer did not know.
void Engine::Impl::asked_in_vain(const InstancePtr& p) {
  if (!p->hinted) ++p->asked;
  go_on_asking(p);
}

// A finding of an enquiry. Absence is believed only of a question that was asked so long after the last transmission's answer could have come (H8).
// Where the carrier promises not to take the reference twice, what never arrived is sent again; else it has failed.
void Engine::Impl::learn(const InstancePtr& p, const Decision& d, std::string detail) {
  const bool definite = d.kind == Decision::Kind::success || d.kind == Decision::Kind::refusal || d.kind == Decision::Kind::failure;
  if (definite && !d.about_call && !p->durable.contradicted) return conclude(p, d, {"enquiry", std::move(detail), nullptr}, true);
  if (d.kind == Decision::Kind::absent && p->attempt.exchange_index != kNone && !p->durable.contradicted) {
    const Link& link = p->module().links[p->module().exchanges[p->attempt.exchange_index].link];
    const int64_t believed = p->attempt.last_sent_us + static_cast<int64_t>(link.answer_ms + d.within_ms) * kMillisecond;
    const Transition* t = step_to(p, Event::absence, true);
    const bool believable = p->asked_at_us >= believed;
    if (believable && may_repeat(*p)) {
      note(p, "enquiry", std::move(detail));
      return repeat(p);
    }
    if (believable && t != nullptr) {
      Outcome outcome;
      outcome.outcome = OutcomeClass::failed;
      outcome.reason = "not_received";
      return settle(p, *t, std::move(outcome), "enquiry", std::move(detail));
    }
  }
  note(p, "enquiry", std::move(detail));
  asked_in_vain(p);
}

}  // namespace tollgate
