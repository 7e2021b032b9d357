// Replies: what an answer to a procedure's own request means, and what follows.
#include "runtime/engine/impl.h"

namespace tollgate {

Decision Engine::Impl::read_answer(const InstancePtr& p, Index exchange, const Reply& reply, Detail& detail, bool& repeat_on_first) {
  const Exchange& e = p->module().exchanges[exchange];
  const uint32_t transmission = p->disproved ? 1 : p->attempt.transmissions;
  p->tape = std::make_unique<Tape>();
  p->tape->kind = Tape::Kind::reply;
  p->tape->step = p->record.step;
  p->tape->transmission = transmission;
  p->tape->hear(reply.status, reply.headers, reply.body);
  ReplyReading reading;
  if (Result<Frame> frame = frame_of(*p); !frame.ok()) {
    reading.decision.kind = Decision::Kind::breach;
    reading.decision.why = frame.error().message;
  } else {
    SliceHost host(*p->deployment, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
    reading = read_reply(*p->deployment, exchange, {reply.status, reply.headers, reply.body, p->deployment->settings}, transmission, *frame, asked(*p), host, scratch_);
    p->spent.turn(host.units, scratch_.taken());
    p->tape->reads.push_back(host.reads());
  }
  detail.number("status", reply.status).number("arm", reading.arm == kNone ? -1 : static_cast<int64_t>(reading.arm)).number("ms", reply.elapsed_us / kMillisecond).number("transmission", p->attempt.transmissions);
  Decision& decision = reading.decision;
  if (reading.arm == kNone && decision.why.empty()) {
    decision.kind = Decision::Kind::in_doubt;
    repeat_on_first = transmission == 1 && e.has_once && e.once.repeat_status != 0 && reply.status == e.once.repeat_status;
    detail.text("outcome", repeat_on_first ? "the reference was used before" : "not foreseen");
    p->tape->decided = "not foreseen";
    return decision;
  }
  p->tape->decided = decision_name(decision.kind);
  detail.text("outcome", decision_name(decision.kind));
  if (!decision.why.empty()) detail.text("why", decision.why);
  return decision;
}

void Engine::Impl::handle_reply(const InstancePtr& p, const Reply& reply) {
  const bool sending = p->record.state == State::sending;
  if (sending && reply.kind == Reply::Kind::not_sent) return unsent(p, reply.trouble);
  if (sending && reply.kind == Reply::Kind::lost) {
    std::string detail = std::move(Detail().text("trouble", reply.trouble).number("ms", reply.elapsed_us / kMillisecond).number("transmission", p->attempt.transmissions)).end();
    return doubt(p, Event::lost, nullptr, "lost", std::move(detail));
  }
  if (reply.kind != Reply::Kind::answer) return release_settled(p);
  scratch_.reset();
  Detail detail;
  bool repeat_on_first = false;
  const Exchange& e = p->module().exchanges[p->attempt.exchange_index];
  const Decision d = read_answer(p, p->attempt.exchange_index, reply, detail, repeat_on_first);
  if (!sending) return late_reply(p, d, std::move(detail).end());
  if (repeat_on_first) unclear(p, std::move(detail).end(), true);
  else apply_reply(p, d, &e, std::move(detail).end());
  p->tape.reset();   // it belongs to this answer's event, if there was one
}

void Engine::Impl::apply_reply(const InstancePtr& p, const Decision& d, const Exchange* exchange, std::string detail) {
  switch (d.kind) {
    case Decision::Kind::success:
    case Decision::Kind::refusal:
    case Decision::Kind::failure: return conclude(p, d, {"reply", std::move(detail), nullptr}, false);
    case Decision::Kind::await: return wait_for(p, d, std::move(detail));
    case Decision::Kind::step: return next_step(p, d, exchange, std::move(detail));
    case Decision::Kind::renew:
      if (exchange != nullptr) return renew(p, d, *exchange, std::move(detail));
      break;
    case Decision::Kind::doubt: return doubt(p, Event::unclear, &d, "reply", std::move(detail));
    default: break;
  }
  unclear(p, std::move(detail), false);
}

// The procedure was closed by a callback, or suspended, while its answer was on the way: the answer is evidence, and may be a contradiction.
void Engine::Impl::late_reply(const InstancePtr& p, const Decision& d, std::string detail) {
  if (contradicts(*p, d)) {
    Commit c;
    add_event(*p, c, "case", detail);
    c.cases.push_back({p->record.id, "contradiction", std::move(detail), now()});
    store_beside(std::move(c), "late answer");
  } else {
    note(p, "reply", std::move(detail));
  }
  release_settled(p);
}

void Engine::Impl::unclear(const InstancePtr& p, std::string detail, bool contradiction) {
  Commit extra;
  if (contradiction) {   // H2: what the carrier knows under this reference may be another charge
    p->durable.contradicted = true;
    p->frame_changed = true;
    extra.cases.push_back({p->record.id, "contradiction", detail, now()});
  }
  doubt(p, Event::unclear, nullptr, "reply", std::move(detail), std::move(extra));
}

void Engine::Impl::renew(const InstancePtr& p, const Decision& d, const Exchange& e, std::string detail) {
  const bool cited = d.target->cites != kNone;
  const bool allowed = !p->renewed && p->attempt.transmissions == 1 && (!p->money() || cited || facts(*p).window_open);
  if (!allowed) return unclear(p, std::move(detail), false);
  p->renewed = true;
  p->disproved = cited || !p->money();
  note(p, "reply", std::move(detail));
  drop_session(*p->deployment, d.target->index, p->sessions);
  const uint32_t turn_of = ++p->turn;
  acquire(*p->deployment, e.sessions, {}, [this, p, turn_of, &e](const Error* error, SessionsUsed used) {
    if (p->gone || p->turn != turn_of) return;
    if (error != nullptr) {
      return when_free(p, [this, p, why = error->message] {
        if (p->record.state == State::sending) unsent_again(p, why);
      });
    }
    p->sessions = std::move(used);
    turn(*p->deployment->links[e.link].pace, [this, p, turn_of] {
      if (p->gone || p->turn != turn_of) return;
      when_free(p, [this, p] {
        if (p->record.state == State::sending) begin(p, Event::repeat);
      });
    });
  });
}

// The second transmission never began. By the carrier's promise the first was not looked at; without one it may have been.
void Engine::Impl::unsent_again(const InstancePtr& p, const std::string& why) {
  if (p->disproved) return unsent(p, why);
  doubt(p, Event::lost, nullptr, "not_sent", std::move(Detail().text("trouble", why).number("transmission", p->attempt.transmissions)).end());
}

void Engine::Impl::next_step(const InstancePtr& p, const Decision& d, const Exchange* exchange, std::string detail) {
  std::vector<Value> arguments;
  for (Register r : d.target->arguments) arguments.push_back(d.registers[r]);
  p->record.step = d.target->index;
  p->durable.parameters = pack(arguments);
  p->durable.earlier_sent = p->durable.earlier_sent || (exchange != nullptr && exchange->moves_money);
  p->frame_changed = true;
  p->frozen.reset();
  p->renewed = p->disproved = false;
  if (p->step().exchange == kNone) {   // nothing to send: what it waits for is part of the same commit
    Result<Frame> frame = frame_of(*p);
    if (!frame.ok()) return unclear(p, std::move(detail), false);
    SliceHost host(*p->deployment, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
    const SliceEnd end = run(*p->deployment, p->step().slice, *frame, host);
    p->spent.turn(host.units, scratch_.taken());
    if (p->tape) p->tape->reads.push_back(host.reads());
    if (end.effect != SliceEnd::Effect::target) return unclear(p, std::move(detail), false);
    p->durable.keeps = pack(frame->keeps);
    return apply_reply(p, decide(*p->deployment, end, asked(*p)), nullptr, std::move(detail));
  }
  const Transition* t = step_to(p, Event::proceed, false);
  if (t == nullptr) return unclear(p, std::move(detail), false);
  p->durable.send_by_us = now() + options_.send_by_us;
  commit(p, change(p, t->to, "reply", std::move(detail)), [this, p] {
    set_send_by(p);
    prepare(p);
  });
}

}  // namespace tollgate
