// Sending: sessions, then the link's turn, then the step's slice, then the commit, and only then the bytes. Whatever may take time comes before the
// commit, so that what is durable as `sending` leaves at once or provably not at all (H31).
#include <algorithm>

#include "runtime/engine/detail.h"
#include "runtime/engine/impl.h"

namespace tollgate {

namespace {

bool unsent_state(State s) { return s == State::accepted || s == State::ready; }

std::string text_at(const SliceEnd& end, Register r) {
  if (r == kNoRegister || !end.registers[r].text_like()) return "";
  return std::string(end.registers[r].view());
}

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
  add_remembered(p, f);
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
  if (const std::optional<int64_t> opens_us = opening_time(p->module(), p->module().links[e.link], now())) {
    p->preparing = false;
    return wait_for_opening(p, *opens_us);
  }
  scratch_.reset();
  Result<Frame> frame = frame_of(*p);
  Result<std::vector<SessionNeed>> needs = frame.ok() ? session_needs(*p->deployment, e, *frame) : Result<std::vector<SessionNeed>>(frame.error());
  if (!needs.ok()) {
    p->preparing = false;
    return when_free(p, [this, p, why = needs.error().message] { give_up(p, "unbuildable", std::move(Detail().text("why", why)).end()); });
  }
  acquire(*p->deployment, std::move(*needs), {}, [this, p, turn_of, &e](const Error* error, SessionsUsed used) {
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

std::unique_ptr<Frozen> Engine::Impl::freeze(const Deployment& d, const Exchange& e, const SliceEnd& end) const {
  auto f = std::make_unique<Frozen>();
  const Module& m = d.module();
  f->method = m.text(e.method);
  f->path = text_at(end, e.path);
  f->query = text_at(end, e.query);
  f->body = text_at(end, e.body);
  f->content_type = m.text(e.content_type);
  f->host = d.links[e.link].current;
  for (const BuiltHeader& h : e.headers) {
    if (h.value == kNoRegister || !end.registers[h.value].present()) continue;
    f->headers.emplace_back(m.text(h.name), key_text(end.registers[h.value]));
  }
  return f;
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
  if (end.effect == SliceEnd::Effect::fault) return give_up(p, "unbuildable", std::move(Detail().text("why", end.why).number("pc", end.pc)).end());
  p->durable.keeps = pack(frame->keeps);
  p->durable.minted.insert(p->durable.minted.end(), host.minted.begin(), host.minted.end());
  p->frame_changed = true;
  p->reads = host.reads();
  p->counters = std::move(host.counters);
  if (!frame->keeps.empty()) p->attempt.reference = key_text(frame->keeps[0]);
  take_shown(p, end);
  if (end.effect == SliceEnd::Effect::target) {
    const Decision d = decide(*p->deployment, end, asked(*p));
    std::string detail = std::move(Detail().text("step", p->module().text(p->step().name))).end();
    const bool no = d.kind == Decision::Kind::refusal || d.kind == Decision::Kind::failure;
    return no ? refused_by_us(p, d, std::move(detail)) : apply_reply(p, d, nullptr, std::move(detail));
  }
  p->frozen = freeze(*p->deployment, p->module().exchanges[end.index], end);
  p->attempt.exchange_index = end.index;
  p->attempt.transmissions = 0;
  p->attempt.exchange.clear();
  begin(p, Event::begin);
}

// C1: the attempt, its reference, its body and its number of transmissions are durable before any byte leaves.
void Engine::Impl::begin(const InstancePtr& p, Event event) {
  const Transition* t = step_to(p, event, false);
  if (t == nullptr) return;
  ProcedureRecord& r = p->record;
  if (r.attempt == 0) r.attempt = 1;
  AttemptRecord& a = p->attempt;
  a.procedure = r.id;
  a.number = r.attempt;
  ++a.transmissions;
  a.last_sent_us = now();
  if (a.transmissions == 1) a.first_sent_us = a.last_sent_us;
  if (a.exchange.empty()) a.exchange = ports_.vault->seal(encode(*p->frozen), exchange_context(r.id, a.number));
  const Exchange& e = p->module().exchanges[a.exchange_index];
  Detail detail;
  detail.text("method", p->frozen->method).text("path", p->deployment->path_templates[a.exchange_index]).text("link", p->module().text(p->module().links[e.link].name))
      .number("transmission", a.transmissions);
  if (!p->reads.empty()) detail.raw("reads", p->reads);
  p->reads.clear();
  clear_timer(*p, TimerKind::send_by);
  clear_timer(*p, TimerKind::transmit);
  for (const Minted& m : p->durable.minted) register_key(p, m.callback, m.key);
  Commit c = change(p, t->to, "sent", std::move(detail).end());
  add_shown(*p, c);
  c.attempts.push_back(a);
  c.counters = std::move(p->counters);
  p->counters.clear();
  commit(p, std::move(c), [this, p] { transmit(p); });
}

bool Engine::Impl::add_auth(Deployment& d, const Exchange& e, const Frame& base, const SessionsUsed& sessions, const Frozen& frozen, Request& request) {
  if (e.auth == kNone) return true;
  Value* values = scratch_.array<Value>(d.sessions.size() + 1);
  if (values == nullptr) return false;
  for (const auto& [index, handle] : sessions) {
    Result<std::span<Value>> value = unpack(handle->packed, scratch_);
    if (!value.ok() || value->empty()) return false;
    values[index] = value->front();
  }
  Frame frame = base;
  frame.sessions = {values, d.sessions.size()};
  const RequestView view{frozen.method, frozen.path, frozen.query, frozen.body, d.links[e.link].at(frozen.host).host};
  frame.request = &view;
  SliceHost host(d, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  const SliceEnd end = run(d, e.auth, frame, host);
  if (end.effect == SliceEnd::Effect::fault) return false;
  for (const HeaderOut& h : end.headers) request.headers.emplace_back(h.name, h.value);
  return true;
}

namespace {

Request request_of(const Deployment& d, const Exchange& e, const Frozen& f) {
  const Link& link = d.module().links[e.link];
  Request r;
  r.method = f.method;
  r.url = d.links[e.link].at(f.host).base + f.path;
  if (!f.query.empty()) r.url += "?" + f.query;
  r.headers = f.headers;
  if (!f.content_type.empty()) r.headers.emplace_back("Content-Type", f.content_type);
  r.body = f.body;
  r.connect_ms = link.connect_ms;
  r.answer_ms = link.answer_ms;
  r.moves_money = e.moves_money;
  return r;
}

}  // namespace

Result<Request> Engine::Impl::finished_request(Deployment& d, const Exchange& e, const Frame& base, const SessionsUsed& sessions, const Frozen& frozen) {
  Request request = request_of(d, e, frozen);
  if (!add_auth(d, e, base, sessions, frozen, request)) return Error{"auth_failed", "the request's credentials could not be made"};
  return request;
}

void Engine::Impl::transmit(const InstancePtr& p) {
  if (p->attempt.transmissions == 1 && now() > p->durable.send_by_us) return unsent(p, "its send-by time passed before a byte left");
  scratch_.reset();
  Result<Frame> frame = frame_of(*p);
  if (!frame.ok()) return unsent(p, frame.error().message);
  Result<Request> request = finished_request(*p->deployment, p->module().exchanges[p->attempt.exchange_index], *frame, p->sessions, *p->frozen);
  if (!request.ok()) return unsent(p, request.error().message);
  p->answering = true;
  send(std::move(*request), [this, p](Reply reply) {
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
  std::string detail = std::move(Detail().text("trouble", trouble).number("transmission", p->attempt.transmissions)).end();
  if (p->attempt.transmissions > 1 && !p->disproved) return doubt(p, Event::lost, nullptr, "not_sent", std::move(detail));
  const Transition* t = step_to(p, Event::not_sent, true);
  if (t == nullptr) return;
  p->attempt.transmissions = 0;
  next_host(p);
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
