// Sending: sessions, then the link's turn, then the step's slice, then the commit, and only then the bytes. Whatever may take time comes before the
// commit, so that what is durable as `sending` leaves at once or provably not at all (H31).
#include <algorithm>

#include "runtime/engine/detail.h"
#include "runtime/engine/impl.h"
#include "runtime/engine/request.h"

namespace tollgate {

namespace {

bool unsent_state(State s) { return s == State::accepted || s == State::ready; }

}  // namespace

void Engine::Impl::set_timer(const InstancePtr& p, TimerKind kind, int64_t due_us, std::function<void()> run) {
  timers_.clear(p->timer(kind));
  p->timer(kind) = timers_.set(due_us, [this, p, kind, run = std::move(run)] {
    p->timer(kind) = {0, 0};
    when_free(p, run);
  });
  arm();
}

void Engine::Impl::set_send_by(const InstancePtr& p) {
  set_timer(p, TimerKind::send_by, p->durable.send_by_us, [this, p] {
    if (!unsent_state(p->record.state)) return;
    ++p->turn;
    p->preparing = false;
    give_up(p, "unavailable", std::move(Detail().text("why", "its send-by time passed")).end());
  });
}

Result<Frame> Engine::Impl::frame_of(const Instance& p) {
  Frame f;
  Result<std::span<Value>> arguments = unpack(p.durable.arguments, scratch_);
  if (!arguments.ok()) return std::move(arguments).error();
  Result<std::span<Value>> parameters = unpack(p.durable.parameters, scratch_);
  if (!parameters.ok()) return std::move(parameters).error();
  Result<std::span<Value>> keeps = unpack(p.durable.keeps, scratch_);
  if (!keeps.ok()) return std::move(keeps).error();
  if (keeps->size() < p.model().keeps.size()) {
    Value* fresh = scratch_.array<Value>(p.model().keeps.size());
    if (fresh == nullptr) return Error{"frame_too_large", "a procedure's frame does not fit in the arena"};
    std::copy(keeps->begin(), keeps->end(), fresh);
    keeps = std::span<Value>(fresh, p.model().keeps.size());
  }
  f.arguments = *arguments;
  f.parameters = *parameters;
  f.keeps = *keeps;
  f.settings = p.deployment->settings;
  return f;
}

void Engine::Impl::turn(Pace& pace, std::function<void()> run) {
  if (pace.waiting.empty() && pace.take(now())) return run();
  pace.waiting.push_back(std::move(run));
  if (!pace.armed) {
    pace.armed = true;
    at(std::max(now() + 1, pace.next_turn_us()), [this, &pace] { serve(pace); });
  }
}

void Engine::Impl::serve(Pace& pace) {
  pace.armed = false;
  while (!pace.waiting.empty() && pace.take(now())) {
    std::function<void()> run = std::move(pace.waiting.front());
    pace.waiting.pop_front();
    run();
  }
  if (pace.waiting.empty()) return;
  pace.armed = true;
  at(std::max(now() + 1, pace.next_turn_us()), [this, &pace] { serve(pace); });
}

void Engine::Impl::prepare(const InstancePtr& p) {
  if (p->gone || draining_ || p->preparing || !unsent_state(p->record.state)) return;
  if (p->money() && ports_.clock->monotonic_us() < clock_unsure_until_us_) {
    return back_off(p, {"clock_stepped", "the wall clock was stepped; money waits for a moment"});
  }
  if (p->step().exchange == kNone) return build(p);
  p->preparing = true;
  const uint32_t turn_of = ++p->turn;
  const Exchange& e = p->module().exchanges[p->step().exchange];
  acquire(*p->deployment, e.sessions, {}, [this, p, turn_of, &e](const Error* error, SessionsUsed used) {
    if (p->gone || p->turn != turn_of) return;
    if (error != nullptr) {
      p->preparing = false;
      return when_free(p, [this, p, why = *error] { back_off(p, why); });
    }
    p->sessions = std::move(used);
    turn(*p->deployment->links[e.link].pace, [this, p, turn_of] {
      if (p->gone || p->turn != turn_of) return;
      p->preparing = false;
      when_free(p, [this, p] { build(p); });
    });
  });
}

void Engine::Impl::build(const InstancePtr& p) {
  if (p->gone || !unsent_state(p->record.state)) return;
  if (now() > p->durable.send_by_us) return give_up(p, "unavailable", std::move(Detail().text("why", "its send-by time passed")).end());
  if (p->frozen) return begin(p, Event::begin);
  scratch_.reset();
  Result<Frame> frame = frame_of(*p);
  if (!frame.ok()) return give_up(p, "unbuildable", std::move(Detail().text("why", frame.error().message)).end());
  SliceHost host(*p->deployment, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  const SliceEnd end = run(*p->deployment, p->step().slice, *frame, host);
  p->spent.turn(host.units, scratch_.taken());
  if (end.effect == SliceEnd::Effect::fault) return give_up(p, "unbuildable", std::move(Detail().text("why", end.why).number("pc", end.pc)).end());
  p->durable.keeps = pack(frame->keeps);
  p->durable.minted.insert(p->durable.minted.end(), host.minted.begin(), host.minted.end());
  p->frame_changed = true;
  p->counters = std::move(host.counters);
  if (!frame->keeps.empty()) p->attempt.reference = key_text(frame->keeps[0]);
  if (end.effect == SliceEnd::Effect::target) {
    p->tape = std::make_unique<Tape>();
    p->tape->kind = Tape::Kind::step;
    p->tape->step = p->record.step;
    p->tape->reads.push_back(host.reads());
    apply_reply(p, decide(*p->deployment, end, asked(*p)), nullptr, std::move(Detail().text("step", p->module().text(p->step().name))).end());
    return;
  }
  p->built = host.reads();
  p->frozen = freeze(*p->deployment, p->module().exchanges[end.index], end);
  p->attempt.exchange_index = end.index;
  p->attempt.transmissions = 0;
  p->attempt.exchange.clear();
  begin(p, Event::begin);
}

// C1: the attempt, its reference, its body, its number of transmissions and whatever its credentials were made of are durable before any byte leaves.
void Engine::Impl::begin(const InstancePtr& p, Event event) {
  const Transition* t = step_to(p, event, false);
  if (t == nullptr) return;
  const Exchange& e = p->module().exchanges[p->attempt.exchange_index];
  auto tape = std::make_unique<Tape>();
  Result<Request> request = credentialed(p, e, *tape);
  if (!request.ok()) return unbegun(p, event, request.error());
  ProcedureRecord& r = p->record;
  if (r.attempt == 0) r.attempt = 1;
  AttemptRecord& a = p->attempt;
  a.procedure = r.id;
  a.number = r.attempt;
  ++a.transmissions;
  ++p->spent.requests;
  a.last_sent_us = now();
  if (a.transmissions == 1) a.first_sent_us = a.last_sent_us;
  if (a.exchange.empty()) a.exchange = ports_.vault->seal(encode(*p->frozen), exchange_context(r.id, a.number));
  tape->transmission = a.transmissions;
  p->tape = std::move(tape);
  p->built.reset();
  Detail detail;
  detail.text("method", p->frozen->method).text("path", p->deployment->path_templates[a.exchange_index]).text("link", p->module().text(p->module().links[e.link].name))
      .number("transmission", a.transmissions);
  if (r.state == State::in_doubt) detail.text("why", "the carrier promises not to take it twice");
  for (TimerKind kind : {TimerKind::send_by, TimerKind::transmit, TimerKind::enquire, TimerKind::doubt_end}) clear_timer(*p, kind);
  for (const Minted& m : p->durable.minted) register_key(p, m.callback, m.key);
  Commit c = change(p, t->to, "sent", std::move(detail).end());
  c.attempts.push_back(a);
  c.counters = std::move(p->counters);
  p->counters.clear();
  commit(p, std::move(c), [this, p, sent = std::make_shared<Request>(std::move(*request))] { transmit(p, std::move(*sent)); });
}

Result<Request> Engine::Impl::credentialed(const InstancePtr& p, const Exchange& e, Tape& tape) {
  tape.kind = Tape::Kind::sent;
  tape.step = p->record.step;
  if (p->built) tape.reads.push_back(*p->built);
  scratch_.reset();
  Result<Frame> frame = frame_of(*p);
  if (!frame.ok()) return std::move(frame).error();
  p->spent.credentials = 0;
  Result<Request> request = finished_request(*p->deployment, e, *frame, p->sessions, *p->frozen, p->counters, tape, &p->spent.credentials);
  p->spent.turn(p->spent.credentials, scratch_.taken());
  return request;
}

// The credentials could not be made, so nothing leaves. A first transmission is tried again until its send-by time; a further one leaves the doubt about
// those before it.
void Engine::Impl::unbegun(const InstancePtr& p, Event event, const Error& why) {
  p->spent.instructions -= p->spent.credentials;
  if (event == Event::begin) return back_off(p, why);
  if (p->record.state == State::sending) return unsent_again(p, why.message);
  repeat_later(p, why);
}

// The request with this transmission's credentials, and on the tape what they were made of.
Result<Request> Engine::Impl::finished_request(Deployment& d, const Exchange& e, const Frame& base, const SessionsUsed& used, const Frozen& frozen, std::vector<CounterRecord>& counters, Tape& tape, uint64_t* units) {
  std::vector<std::string_view> values(d.sessions.size());
  for (const auto& [index, handle] : used) values[index] = handle->packed;
  SliceHost host(d, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  Result<Request> request = finish_request(d, e, base, values, frozen, host, scratch_);
  if (units != nullptr) *units = host.units;
  counters.insert(counters.end(), std::make_move_iterator(host.counters.begin()), std::make_move_iterator(host.counters.end()));
  tape.reads.push_back(host.reads());
  tape_sessions(used, tape);
  if (request.ok()) tape.ask(*request);
  return request;
}

void Engine::Impl::tape_sessions(const SessionsUsed& used, Tape& tape) {
  for (const auto& [index, handle] : used) {
    tape_sessions(handle->inner, tape);
    tape.sessions.push_back(handle->tape);
  }
}

void Engine::Impl::transmit(const InstancePtr& p, Request request) {
  if (p->attempt.transmissions == 1 && now() > p->durable.send_by_us) return unsent(p, "its send-by time passed before a byte left");
  p->answering = true;
  send(std::move(request), [this, p](Reply reply) {
    p->answering = false;
    when_free(p, [this, p, reply = std::move(reply)] { handle_reply(p, reply); });
  });
}

uint64_t Engine::Impl::send(Request request, std::function<void(Reply)> done) {
  const uint64_t ticket = next_ticket_++;
  tickets_.emplace(ticket, std::move(done));
  ports_.links->send(ticket, std::move(request));
  return ticket;
}

void Engine::Impl::on_reply(uint64_t ticket, Reply reply) {
  const auto found = tickets_.find(ticket);
  if (found == tickets_.end()) return;   // completed already: a link's mistake, not ours to act on twice
  std::function<void(Reply)> done = std::move(found->second);
  tickets_.erase(found);
  check_clock();
  done(std::move(reply));
}

// Surely no byte of this transmission left. That says nothing about an earlier one.
void Engine::Impl::unsent(const InstancePtr& p, std::string_view trouble) {
  if (p->spent.requests > 0) --p->spent.requests, p->spent.instructions -= std::min(p->spent.instructions, p->spent.credentials);
  std::string detail = std::move(Detail().text("trouble", trouble).number("transmission", p->attempt.transmissions)).end();
  if (p->attempt.transmissions > 1 && !p->disproved) return doubt(p, Event::lost, nullptr, "not_sent", std::move(detail));
  const Transition* t = step_to(p, Event::not_sent, true);
  if (t == nullptr) return;
  p->attempt.transmissions = 0;
  Commit c = change(p, t->to, "not_sent", std::move(detail));
  c.attempts.push_back(p->attempt);
  commit(p, std::move(c), [this, p, why = std::string(trouble)] {
    set_send_by(p);
    back_off(p, {"not_sent", why});
  });
}

void Engine::Impl::back_off(const InstancePtr& p, const Error& why) {
  ports_.observer->trouble("send " + p->record.carrier + " " + to_text(p->record.id), why);
  uint8_t jitter = 0;
  ports_.random->fill(&jitter, 1);
  const int64_t pause = std::min(kBackOffMax, kBackOffFirst << std::min(p->tries++, 10u));
  set_timer(p, TimerKind::transmit, now() + pause - pause / 4 + pause / 2 * jitter / 256, [this, p] { prepare(p); });
}

void Engine::Impl::give_up(const InstancePtr& p, std::string_view reason, std::string detail) {
  const Transition* t = step_to(p, Event::give_up, true);
  if (t == nullptr) return;
  if (t->to == State::in_doubt) return doubt(p, Event::give_up, nullptr, "state", std::move(detail));
  Outcome outcome;
  outcome.outcome = OutcomeClass::failed;
  outcome.reason = reason;
  settle(p, *t, std::move(outcome), "not_sent", std::move(detail));
}

}  // namespace tollgate
