// Waiting and doubt: a race of proofs with a deadline, then a chain of proofs, then a person. No timer here ends in an outcome where money moves.
#include <algorithm>

#include "runtime/engine/impl.h"

namespace tollgate {

std::vector<ProofNeeded> Engine::Impl::proofs_of(const Target& target, const Value* registers) const {
  std::vector<ProofNeeded> out;
  for (const Proof& proof : target.proofs) {
    ProofNeeded needed;
    needed.kind = proof.kind;
    needed.index = proof.index;
    needed.within_ms = proof.within_ms;
    std::vector<Value> arguments;
    for (Register r : proof.arguments) arguments.push_back(registers == nullptr ? Value::missing() : registers[r]);
    needed.arguments = pack(arguments);
    out.push_back(std::move(needed));
  }
  return out;
}

// What the step says to do in doubt; a step that says nothing inherits from the step before it that has no parameters of its own.
std::vector<ProofNeeded> Engine::Impl::declared_doubt(const InstancePtr& p) {
  const Procedure& model = p->model();
  Index slice = p->step().doubt;
  for (uint32_t s = p->record.step; slice == kNone && s > 0; --s) {
    if (model.steps[s - 1].parameters.empty()) slice = model.steps[s - 1].doubt;
  }
  if (slice == kNone) return {};
  Result<Frame> frame = frame_of(*p);
  if (!frame.ok()) return {};
  SliceHost host(*p->deployment, *ports_.clock, *ports_.random, *ports_.vault, options_.public_url);
  const SliceEnd end = run(*p->deployment, slice, *frame, host);
  p->spent.turn(host.units, scratch_.taken());
  if (end.effect != SliceEnd::Effect::target) return {};
  return proofs_of(p->module().targets[end.index], end.registers);
}

std::string Engine::Impl::key_of(const ProofNeeded& proof) {
  Arena arena;
  const Result<std::span<Value>> values = unpack(proof.arguments, arena);
  return values.ok() && !values->empty() ? key_text(values->front()) : std::string();
}

void Engine::Impl::register_wait(const InstancePtr& p, bool known) {
  for (const ProofNeeded& proof : p->durable.wait.proofs) {
    if (proof.kind == ProofKind::callback) register_key(p, proof.index, key_of(proof), known);
  }
}

void Engine::Impl::wait_for(const InstancePtr& p, const Decision& d, std::string detail) {
  const Transition* t = step_to(p, Event::wait, false);
  if (t == nullptr) return unclear(p, std::move(detail), false);
  p->durable.wait = {Wait::Mode::race, proofs_of(*d.target, d.registers), now()};
  p->frame_changed = true;
  p->asked = p->hints = 0;
  p->frozen.reset();
  register_wait(p);
  if (apply_parked(p)) return;
  const int64_t within = d.target->within_ms == 0 ? options_.doubt_us : static_cast<int64_t>(d.target->within_ms) * kMillisecond;
  p->record.deadline_us = now() + within;
  Commit c = change(p, t->to, "reply", std::move(detail));
  clear_timer(*p, TimerKind::send_by);
  commit(p, std::move(c), [this, p] { watch(p); });
}

void Engine::Impl::watch(const InstancePtr& p) {
  set_timer(p, TimerKind::deadline, p->record.deadline_us, [this, p] {
    if (p->record.state != State::waiting) return;
    scratch_.reset();
    doubt(p, Event::deadline, nullptr, "timer", std::move(Detail().text("timer", "deadline")).end());
  });
  if (apply_parked(p)) return;
  go_on_asking(p);
}

const ProofNeeded* Engine::Impl::enquiry_needed(const Instance& p) const {
  const Wait& wait = p.durable.wait;
  if (wait.mode == Wait::Mode::chain && p.position < wait.proofs.size()) {
    const ProofNeeded& current = wait.proofs[p.position];
    return current.kind == ProofKind::enquiry ? &current : nullptr;
  }
  for (const ProofNeeded& proof : wait.proofs) {
    if (proof.kind == ProofKind::enquiry) return &proof;
  }
  return nullptr;
}

// What to ask now. A wait without an enquiry of its own borrows doubt's while a hint is unanswered: the message is sent once, and news that came does not
// become older by a node's death or an enquiry's bad luck.
std::optional<ProofNeeded> Engine::Impl::question(const InstancePtr& p) {
  if (const ProofNeeded* needed = enquiry_needed(*p)) return *needed;
  if (!p->rumoured) return std::nullopt;
  const auto first_enquiry = [](const std::vector<ProofNeeded>& proofs) -> std::optional<ProofNeeded> {
    for (const ProofNeeded& proof : proofs) {
      if (proof.kind == ProofKind::enquiry) return proof;
    }
    return std::nullopt;
  };
  if (std::optional<ProofNeeded> later = first_enquiry(p->durable.wait.proofs)) return later;
  scratch_.reset();
  return first_enquiry(declared_doubt(p));
}

void Engine::Impl::go_on_asking(const InstancePtr& p) {
  if (p->hinted) ask(p);
  else schedule_ask(p);
}

void Engine::Impl::schedule_ask(const InstancePtr& p) {
  if (p->asking) return;
  const std::optional<ProofNeeded> proof = question(p);
  if (!proof) return;
  const std::vector<uint64_t>& every = p->module().enquiries[proof->index].every_ms;
  const uint64_t pause_ms = every.empty() ? kDefaultEveryMs : every[std::min<size_t>(p->asked, every.size() - 1)];
  set_timer(p, TimerKind::enquire, now() + static_cast<int64_t>(pause_ms) * kMillisecond, [this, p] { ask(p); });
}

// A message that proves nothing by itself says that there is news: ask now. Anyone who knows the URL may send such messages, so only the first few of a
// wait are answered with a question of ours; after that the enquiry's own pace goes on.
void Engine::Impl::hint(const InstancePtr& p) {
  p->rumoured = true;
  if (p->hints == bounds::kHints) return;
  ++p->hints;
  p->hinted = true;
  p->asked = 0;
  if (p->record.state == State::waiting || p->record.state == State::in_doubt) ask(p);
}

// What the first proof of a doubt is, for the timeline: whoever reads it sees what is waited for.
std::string Engine::Impl::described(const Instance& p) const {
  const std::string_view nobody = may_repeat(p) ? "repeat" : "person";
  if (p.durable.wait.proofs.empty()) return std::move(Detail().text("proof", nobody)).end();
  const ProofNeeded& proof = p.durable.wait.proofs.front();
  const Module& module = p.module();
  Detail detail;
  switch (proof.kind) {
    case ProofKind::callback: detail.text("proof", "callback").text("name", module.text(module.callbacks[proof.index].name)); break;
    case ProofKind::enquiry: detail.text("proof", "enquiry").text("name", module.text(module.enquiries[proof.index].name)); break;
    default: detail.text("proof", nobody);
  }
  return std::move(detail).end();
}

// Into doubt, or, where no money moves, to a plain failure. `chosen` is an arm's own chain; otherwise the step's.
void Engine::Impl::doubt(const InstancePtr& p, Event event, const Decision* chosen, std::string_view kind, std::string detail, Commit extra) {
  const Transition* t = step_to(p, event, needs_proof(event));
  if (t == nullptr) return;
  if (t->to != State::in_doubt) {
    Outcome outcome;
    outcome.outcome = OutcomeClass::failed;
    outcome.reason = event == Event::unclear ? "malformed_reply" : event == Event::deadline ? "expired" : "unavailable";
    return settle(p, *t, std::move(outcome), kind, std::move(detail));
  }
  // What was in doubt before it was repeated is so again: its chain may come from an answer that is gone by now.
  const bool again = p->durable.wait.mode == Wait::Mode::chain;
  std::vector<ProofNeeded> proofs = chosen != nullptr ? proofs_of(*chosen->target, chosen->registers) : again ? std::move(p->durable.wait.proofs) : declared_doubt(p);
  p->durable.wait = {Wait::Mode::chain, std::move(proofs), now()};
  p->frame_changed = true;
  p->record.deadline_us = 0;
  p->asked = p->hints = 0;
  p->position = 0;
  p->frozen.reset();
  register_wait(p);
  clear_timer(*p, TimerKind::deadline);
  clear_timer(*p, TimerKind::enquire);
  clear_timer(*p, TimerKind::send_by);
  clear_timer(*p, TimerKind::transmit);
  Commit c = change(p, t->to, kind, std::move(detail));
  add_event(*p, c, "doubt", described(*p));
  c.cases = std::move(extra.cases);
  commit(p, std::move(c), [this, p] { follow_chain(p); });
}

// Where in the chain we are follows from the time since it began, so that a restart finds the same place.
void Engine::Impl::follow_chain(const InstancePtr& p) {
  if (p->record.state != State::in_doubt) return;
  if (p->durable.contradicted) return suspend(p, "the carrier knew this reference before we sent it");
  const Wait& wait = p->durable.wait;
  int64_t ends = wait.started_us;
  size_t position = 0;
  for (; position < wait.proofs.size(); ++position) {
    const ProofNeeded& proof = wait.proofs[position];
    if (proof.kind != ProofKind::enquiry && proof.kind != ProofKind::callback) {
      if (repeat_before_giving_up(p)) return;
      return suspend(p, "what is left needs a person");
    }
    ends += proof.within_ms == 0 ? options_.doubt_us : static_cast<int64_t>(proof.within_ms) * kMillisecond;
    if (ends > now()) break;
  }
  if (position == wait.proofs.size()) {
    if (repeat_before_giving_up(p)) return;
    return suspend(p, "every declared proof was tried");
  }
  if (position != p->position) p->asked = p->hints = 0;
  p->position = position;
  set_timer(p, TimerKind::doubt_end, ends, [this, p] { follow_chain(p); });
  if (apply_parked(p)) return;
  go_on_asking(p);
}

void Engine::Impl::suspend(const InstancePtr& p, std::string_view why) {
  const Transition* t = step_to(p, Event::spent, false);
  if (t == nullptr) return;
  std::string detail = std::move(Detail().text("state", "suspended").text("why", why)).end();
  Commit c = change(p, t->to, "state", detail);
  c.cases.push_back({p->record.id, "suspended", std::move(detail), now()});
  commit(p, std::move(c), [this, p] { told(p); });
}

}  // namespace tollgate
