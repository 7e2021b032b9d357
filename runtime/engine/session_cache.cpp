// Sessions: one fetch at a time for each, shared by all who wait; used until a little before its end, so that a credential does not die on the way.
// A session with arguments is one session for each set of them.
#include <algorithm>

#include "runtime/engine/detail.h"
#include "runtime/engine/impl.h"
#include "runtime/engine/request.h"

namespace tollgate {

namespace {

constexpr size_t kSessionsHeldMax = 100'000;   // of one declaration with arguments: what is over is fetched again when it is needed

}  // namespace

// Which sessions this request needs, computed from what its own slices may see.
Result<std::vector<SessionNeed>> Engine::Impl::session_needs(Deployment& d, const Exchange& e, const Frame& frame) {
  std::vector<SessionNeed> out;
  for (size_t i = 0; i < e.sessions.size(); ++i) {
    SessionNeed need{e.sessions[i], {}};
    const Index key = i < e.session_keys.size() ? e.session_keys[i] : kNone;
    if (key != kNone) {
      SliceHost host(d, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
      const SliceEnd end = run(d, key, frame, host);
      if (end.effect != SliceEnd::Effect::target) return Error{"session_unbuildable", "the arguments of a session cannot be computed"};
      std::vector<Value> arguments;
      for (Register r : d.module().targets[end.index].arguments) arguments.push_back(end.registers[r]);
      if (!std::all_of(arguments.begin(), arguments.end(), [](const Value& v) { return v.present(); })) {
        return Error{"session_unbuildable", "a session needs a value that is not there yet"};
      }
      need.key = pack(arguments);
    }
    out.push_back(std::move(need));
  }
  return out;
}

void Engine::Impl::acquire(Deployment& d, std::vector<SessionNeed> wanted, SessionsUsed have, SessionsDone done) {
  while (!wanted.empty()) {
    SessionSlot& slot = d.sessions[wanted.back().session].slots[wanted.back().key];
    if (!slot.value || slot.value->until_mono_us <= ports_.clock->monotonic_us()) break;
    have.emplace_back(wanted.back().session, slot.value);
    wanted.pop_back();
  }
  if (wanted.empty()) return done(nullptr, std::move(have));
  const SessionNeed need = wanted.back();
  wanted.pop_back();
  SessionSlot& slot = d.sessions[need.session].slots[need.key];
  slot.waiting.emplace_back([this, &d, need, wanted = std::move(wanted), have = std::move(have), done = std::move(done)](const Error* error, SessionHandle value) mutable {
    if (error != nullptr) return done(error, {});
    have.emplace_back(need.session, std::move(value));
    acquire(d, std::move(wanted), std::move(have), std::move(done));
  });
  if (!slot.flying) fetch_session(d, need);
}

// What has ended makes room; what is used or fetched now stays.
void Engine::Impl::trim_sessions(SessionShelf& shelf) {
  if (shelf.slots.size() <= kSessionsHeldMax) return;
  const int64_t mono = ports_.clock->monotonic_us();
  std::erase_if(shelf.slots, [&](const auto& entry) { return !entry.second.flying && entry.second.waiting.empty() && (!entry.second.value || entry.second.value->until_mono_us <= mono); });
}

void Engine::Impl::fetch_session(Deployment& d, const SessionNeed& need) {
  SessionShelf& shelf = d.sessions[need.session];
  trim_sessions(shelf);
  SessionSlot& slot = shelf.slots[need.key];
  slot.flying = true;
  const Session& session = d.module().sessions[need.session];
  if (slot.value && slot.renewal.empty()) slot.renewal = slot.value->renewal;
  const bool renews = session.renew_exchange != kNone && !slot.renewal.empty();
  const Exchange& e = d.module().exchanges[renews ? session.renew_exchange : session.exchange];
  if (std::find(e.sessions.begin(), e.sessions.end(), need.session) != e.sessions.end()) {
    const Error error{"session_circular", "a session needs itself"};
    return session_done(d, need, &error, nullptr);
  }
  scratch_.reset();
  Frame frame;
  frame.settings = d.settings;
  const Result<std::span<Value>> arguments = unpack(need.key, scratch_);
  if (arguments.ok()) frame.parameters = *arguments;
  Result<std::vector<SessionNeed>> inner = session_needs(d, e, frame);
  if (!inner.ok()) return session_done(d, need, &inner.error(), nullptr);
  acquire(d, std::move(*inner), {}, [this, &d, need, &shelf, &e, renews](const Error* error, SessionsUsed used) {
    if (error != nullptr) return session_done(d, need, error, nullptr);
    turn(*shelf.pace, [this, &d, need, &e, renews, used = std::move(used)] {
      turn(*d.links[e.link].pace, [this, &d, need, renews, used] { send_session(d, need, renews, used); });
    });
  });
}

// The session's own frame: its arguments, and in a renewal what it is renewed with.
Result<Frame> Engine::Impl::session_frame(Deployment& d, const SessionNeed& need, bool renews) {
  Frame frame;
  frame.settings = d.settings;
  const Result<std::span<Value>> arguments = unpack(need.key, scratch_);
  if (!arguments.ok()) return arguments.error();
  if (!renews) {
    frame.parameters = *arguments;
    return frame;
  }
  const Result<std::span<Value>> with = unpack(d.sessions[need.session].slots[need.key].renewal, scratch_);
  if (!with.ok()) return with.error();
  Value* all = scratch_.array<Value>(arguments->size() + with->size() + 1);
  if (all == nullptr) return Error{"session_unbuildable", "a session's arguments do not fit"};
  std::copy(arguments->begin(), arguments->end(), all);
  std::copy(with->begin(), with->end(), all + arguments->size());
  frame.parameters = {all, arguments->size() + with->size()};
  return frame;
}

void Engine::Impl::send_session(Deployment& d, const SessionNeed& need, bool renews, const SessionsUsed& inner) {
  const Session& session = d.module().sessions[need.session];
  scratch_.reset();
  Result<Frame> frame = session_frame(d, need, renews);
  if (!frame.ok()) return session_done(d, need, &frame.error(), nullptr);
  SliceHost host(d, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  const SliceEnd end = run(d, renews ? session.renew_slice : session.slice, *frame, host);
  if (end.effect != SliceEnd::Effect::send) {
    const Error error{"session_unbuildable", "the request for session " + std::string(d.module().text(session.name)) + " could not be built"};
    return session_done(d, need, &error, nullptr);
  }
  const Exchange& e = d.module().exchanges[end.index];
  const std::unique_ptr<Frozen> frozen = freeze(d, e, end);
  Tape tape;
  tape.reads.push_back(host.reads());
  Result<Request> request = finished_request(d, e, *frame, inner, *frozen, host.counters, tape);
  if (!request.ok()) return session_done(d, need, &request.error(), nullptr);
  SessionValue value;
  value.key = need.key;
  value.host = frozen->host;
  value.tape.name = d.module().text(session.name);
  value.tape.arguments = need.key;
  if (renews) value.tape.renewal = d.sessions[need.session].slots[need.key].renewal;
  value.tape.reads = std::move(tape.reads);
  value.tape.request = digest_of(*request);
  value.inner = inner;
  request->moves_money = false;
  const auto sent = std::make_shared<Request>(std::move(*request));
  reserve(std::move(host.counters), [this, &d, need, renews, &e, sent, value = std::move(value)](const Error* error) {
    if (error != nullptr) return session_done(d, need, error, nullptr);
    const int64_t sent_mono_us = ports_.clock->monotonic_us();
    send(std::move(*sent), [this, &d, need, renews, &e, sent_mono_us, value](Reply reply) { session_answered(d, need, renews, e, reply, sent_mono_us, value); });
  });
}

namespace {

std::string packed_register(const Decision& decision, Register r) {
  return r == kNoRegister ? std::string() : pack(std::span<const Value>(&decision.registers[r], 1));
}

}  // namespace

void Engine::Impl::session_answered(Deployment& d, const SessionNeed& need, bool renews, const Exchange& e, const Reply& reply, int64_t sent_mono_us, SessionValue fetched) {
  const std::string name(d.module().text(d.module().sessions[need.session].name));
  if (reply.kind == Reply::Kind::not_sent) d.links[e.link].fail_over(fetched.host);
  if (reply.kind != Reply::Kind::answer) {
    const Error error{"session_unreachable", "session " + name + ": " + reply.trouble};
    return session_done(d, need, &error, nullptr);
  }
  scratch_.reset();
  const Index exchange = static_cast<Index>(&e - d.module().exchanges.data());
  const ArmSelection chosen = select_reply(*d.program, exchange, {reply.status, reply.headers, reply.body, d.settings}, {}, scratch_);
  Error refused{"session_refused", "session " + name + ": answer " + std::to_string(reply.status) + (chosen.arm == kNone ? " is not foreseen" : " gives no session") +
                                       (chosen.why.empty() ? "" : ": " + std::string(chosen.why))};
  Decision decision;
  Result<Frame> frame = session_frame(d, need, renews);
  if (chosen.arm != kNone && !chosen.breach && frame.ok()) {
    frame->holes = chosen.holes;
    SliceHost host(d, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
    const Arm& arm = e.arms[chosen.arm];
    decision = arm.slice == kNone ? decide_target(d, arm.target, nullptr, {}) : decide(d, run(d, arm.slice, *frame, host), {});
  }
  if (decision.kind != Decision::Kind::session_value || decision.target->key == kNoRegister) {
    if (!renews) return session_done(d, need, &refused, nullptr);
    SessionSlot& slot = d.sessions[need.session].slots[need.key];   // what it was renewed with is worth nothing any more
    slot.renewal.clear();
    slot.value = nullptr;
    return fetch_session(d, need);
  }
  auto value = std::make_shared<SessionValue>(std::move(fetched));
  value->packed = value->tape.value = packed_register(decision, decision.target->key);
  value->renewal = packed_register(decision, decision.target->renewal == kNoRegister ? decision.target->key : decision.target->renewal);
  uint64_t lasting_ms = kSessionLastingMs;
  const Register after = decision.target->after;
  if (after != kNoRegister && decision.registers[after].kind == Kind::duration) lasting_ms = static_cast<uint64_t>(std::max<int64_t>(0, decision.registers[after].integer));
  const Link& link = d.module().links[e.link];
  const uint64_t margin_ms = std::min(link.connect_ms + link.answer_ms, lasting_ms / 2);
  value->until_mono_us = sent_mono_us + static_cast<int64_t>(lasting_ms - margin_ms) * kMillisecond;
  session_done(d, need, nullptr, std::move(value));
}

void Engine::Impl::session_done(Deployment& d, const SessionNeed& need, const Error* error, SessionHandle value) {
  SessionSlot& slot = d.sessions[need.session].slots[need.key];
  slot.flying = false;
  if (error == nullptr) {
    slot.value = value;
    slot.renewal = value->renewal;
  } else {
    ports_.observer->trouble("session " + d.carrier, *error);
  }
  auto waiting = std::move(slot.waiting);
  slot.waiting.clear();
  const Error copy = error == nullptr ? Error{} : *error;
  for (auto& done : waiting) done(error == nullptr ? nullptr : &copy, value);
}

// Drops the value that was used; a newer one, which another flow fetched meanwhile, stays.
void Engine::Impl::drop_session(Deployment& d, Index index, const SessionsUsed& used) {
  for (const auto& [session, handle] : used) {
    if (session != index) continue;
    SessionSlot& slot = d.sessions[index].slots[handle->key];
    if (slot.value == handle) slot.value = nullptr;
  }
}

}  // namespace tollgate
