// Sessions: one fetch at a time for each, shared by all who wait; used until a little before its end, so that a credential does not die on the way.
#include <algorithm>

#include "runtime/engine/detail.h"
#include "runtime/engine/impl.h"
#include "runtime/engine/request.h"

namespace tollgate {

void Engine::Impl::acquire(Deployment& d, std::vector<Index> wanted, SessionsUsed have, SessionsDone done) {
  while (!wanted.empty()) {
    const Index index = wanted.back();
    SessionSlot& slot = d.sessions[index];
    if (!slot.value || slot.value->until_mono_us <= ports_.clock->monotonic_us()) break;
    have.emplace_back(index, slot.value);
    wanted.pop_back();
  }
  if (wanted.empty()) return done(nullptr, std::move(have));
  const Index index = wanted.back();
  wanted.pop_back();
  SessionSlot& slot = d.sessions[index];
  slot.waiting.emplace_back([this, &d, index, wanted = std::move(wanted), have = std::move(have), done = std::move(done)](const Error* error, SessionHandle value) mutable {
    if (error != nullptr) return done(error, {});
    have.emplace_back(index, std::move(value));
    acquire(d, std::move(wanted), std::move(have), std::move(done));
  });
  if (!slot.flying) fetch_session(d, index);
}

void Engine::Impl::fetch_session(Deployment& d, Index index) {
  SessionSlot& slot = d.sessions[index];
  slot.flying = true;
  const Session& session = d.module().sessions[index];
  const Exchange& e = d.module().exchanges[session.exchange];
  if (std::find(e.sessions.begin(), e.sessions.end(), index) != e.sessions.end()) {
    const Error error{"session_circular", "a session needs itself"};
    return session_done(d, index, &error, nullptr);
  }
  acquire(d, e.sessions, {}, [this, &d, index, &slot, &e](const Error* error, SessionsUsed inner) {
    if (error != nullptr) return session_done(d, index, error, nullptr);
    turn(*slot.pace, [this, &d, index, &e, inner = std::move(inner)] {
      turn(*d.links[e.link].pace, [this, &d, index, inner] { send_session(d, index, inner); });
    });
  });
}

void Engine::Impl::send_session(Deployment& d, Index index, const SessionsUsed& inner) {
  const Session& session = d.module().sessions[index];
  scratch_.reset();
  Frame frame;
  frame.settings = d.settings;
  SliceHost host(d, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  const SliceEnd end = run(d, session.slice, frame, host);
  if (end.effect != SliceEnd::Effect::send) {
    const Error error{"session_unbuildable", "the request for session " + std::string(d.module().text(session.name)) + " could not be built"};
    return session_done(d, index, &error, nullptr);
  }
  const Exchange& e = d.module().exchanges[end.index];
  const std::unique_ptr<Frozen> frozen = freeze(d, e, end);
  Tape tape;
  tape.reads.push_back(host.reads());
  Result<Request> request = finished_request(d, e, frame, inner, *frozen, host.counters, tape);
  if (!request.ok()) return session_done(d, index, &request.error(), nullptr);
  SessionValue value;
  value.tape = {std::string(d.module().text(session.name)), {}, std::move(tape.reads), digest_of(*request)};
  value.inner = inner;
  request->moves_money = false;
  const auto sent = std::make_shared<Request>(std::move(*request));
  reserve(std::move(host.counters), [this, &d, index, &e, sent, value = std::move(value)](const Error* error) {
    if (error != nullptr) return session_done(d, index, error, nullptr);
    const int64_t sent_mono_us = ports_.clock->monotonic_us();
    send(std::move(*sent), [this, &d, index, &e, sent_mono_us, value](Reply reply) { session_answered(d, index, e, reply, sent_mono_us, value); });
  });
}

void Engine::Impl::session_answered(Deployment& d, Index index, const Exchange& e, const Reply& reply, int64_t sent_mono_us, SessionValue fetched) {
  const std::string name(d.module().text(d.module().sessions[index].name));
  if (reply.kind != Reply::Kind::answer) {
    const Error error{"session_unreachable", "session " + name + ": " + reply.trouble};
    return session_done(d, index, &error, nullptr);
  }
  scratch_.reset();
  const Index exchange = static_cast<Index>(&e - d.module().exchanges.data());
  const ArmSelection chosen = select_reply(*d.program, exchange, {reply.status, reply.headers, reply.body, d.settings}, {}, scratch_);
  const Error refused{"session_refused", "session " + name + ": answer " + std::to_string(reply.status) + (chosen.arm == kNone ? " is not foreseen" : " gives no session") +
                                             (chosen.why.empty() ? "" : ": " + std::string(chosen.why))};
  if (chosen.arm == kNone || chosen.breach) return session_done(d, index, &refused, nullptr);
  Frame frame;
  frame.settings = d.settings;
  frame.holes = chosen.holes;
  SliceHost host(d, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  const Arm& arm = e.arms[chosen.arm];
  const Decision decision = arm.slice == kNone ? decide_target(d, arm.target, nullptr, {}) : decide(d, run(d, arm.slice, frame, host), {});
  if (decision.kind != Decision::Kind::session_value || decision.target->key == kNoRegister) return session_done(d, index, &refused, nullptr);
  auto value = std::make_shared<SessionValue>(std::move(fetched));
  value->packed = value->tape.value = pack(std::span<const Value>(&decision.registers[decision.target->key], 1));
  uint64_t lasting_ms = kSessionLastingMs;
  const Register after = decision.target->after;
  if (after != kNoRegister && decision.registers[after].kind == Kind::duration) lasting_ms = static_cast<uint64_t>(std::max<int64_t>(0, decision.registers[after].integer));
  const Link& link = d.module().links[e.link];
  const uint64_t margin_ms = std::min(link.connect_ms + link.answer_ms, lasting_ms / 2);
  value->until_mono_us = sent_mono_us + static_cast<int64_t>(lasting_ms - margin_ms) * kMillisecond;
  session_done(d, index, nullptr, std::move(value));
}

void Engine::Impl::session_done(Deployment& d, Index index, const Error* error, SessionHandle value) {
  SessionSlot& slot = d.sessions[index];
  slot.flying = false;
  if (error == nullptr) slot.value = value;
  else ports_.observer->trouble("session " + d.carrier, *error);
  auto waiting = std::move(slot.waiting);
  slot.waiting.clear();
  const Error copy = error == nullptr ? Error{} : *error;
  for (auto& done : waiting) done(error == nullptr ? nullptr : &copy, value);
}

// Drops the value that was used; a newer one, which another flow fetched meanwhile, stays.
void Engine::Impl::drop_session(Deployment& d, Index index, const SessionsUsed& used) {
  for (const auto& [session, handle] : used) {
    if (session == index && d.sessions[index].value == handle) d.sessions[index].value = nullptr;
  }
}

}  // namespace tollgate
