// Recovery: what a crash left. Bytes of a `sending` procedure may have left, whatever the socket did; the others go on where they were.
#include <algorithm>
#include <charconv>

#include "runtime/engine/impl.h"

namespace tollgate {

// A stored procedure in memory again, with the program it began with.
Result<InstancePtr> Engine::Impl::adopt(const ProcedureRecord& record) {
  const auto found = by_hash_.find(record.definition);
  if (found == by_hash_.end()) {
    return Error{"definition_missing", "procedure " + to_text(record.id) + " began with definition " + hex(record.definition).substr(0, 12) + " of " + record.carrier + ", which is not loaded"};
  }
  auto p = std::make_shared<Instance>();
  p->record = record;
  p->deployment = found->second;
  p->procedure = p->deployment->program->find_procedure(record.action);
  if (p->procedure == kNone || record.step >= p->model().steps.size()) return Error{"frame_damaged", "procedure " + to_text(record.id) + " does not fit its definition"};
  const Result<std::string> plain = ports_.vault->open(record.frame, frame_context(record.id));
  if (!plain.ok()) return plain.error();
  Result<Durable> durable = decode_durable(*plain);
  if (!durable.ok()) return std::move(durable).error();
  p->durable = std::move(*durable);
  p->frame_changed = false;
  const auto attempts = ports_.store->attempts(record.id);
  if (!attempts.ok()) return attempts.error();
  for (const AttemptRecord& a : attempts.value()) {
    if (a.number == record.attempt) p->attempt = a;
  }
  if (record.state == State::ready && p->attempt.transmissions == 0 && !p->attempt.exchange.empty()) {
    if (Status thawed = thaw(p); !thawed.ok()) return std::move(thawed).error();
  }
  const auto events = ports_.store->events(record.id);
  if (!events.ok()) return events.error();
  for (const EventRecord& e : events.value()) {
    p->sequence = std::max(p->sequence, e.sequence + 1);
    p->rumoured = p->rumoured || e.kind == kHintEvent;   // had it been answered, the procedure would be closed
  }
  p->hinted = p->rumoured;
  if (terminal(record.state) || record.state == State::partial) return p;   // to be read only
  open_.emplace(record.id, p);
  const State state = record.state;
  p->record.state = State::suspended;   // which no gauge counts; `enter` counts the true one
  enter(*p, state);
  for (const Minted& m : p->durable.minted) register_key(p, m.callback, m.key, true);
  register_wait(p, true);
  return p;
}

// The schedule of questions counts from the start of the wait, not from ours: a node that restarts again and again must still come to ask.
bool Engine::Impl::question_due(const Instance& p) const {
  for (const ProofNeeded& proof : p.durable.wait.proofs) {
    if (proof.kind != ProofKind::enquiry) continue;
    const std::vector<uint64_t>& every = p.module().enquiries[proof.index].every_ms;
    const uint64_t first_ms = every.empty() ? kDefaultEveryMs : every.front();
    return now() >= p.durable.wait.started_us + static_cast<int64_t>(first_ms) * kMillisecond;
  }
  return false;
}

void Engine::Impl::resume(const InstancePtr& p) {
  switch (p->record.state) {
    case State::accepted:
    case State::ready:
      set_send_by(p);
      return prepare(p);
    case State::sending:
      scratch_.reset();
      return doubt(p, Event::recover, nullptr, "state", std::move(Detail().text("state", "in_doubt").text("why", "found at start-up")).end());
    case State::waiting: p->hinted = p->rumoured || question_due(*p); return watch(p);
    case State::in_doubt: p->hinted = p->rumoured || question_due(*p); return follow_chain(p);
    default: return;
  }
}

// It stays as it is in the store; a person must load its definition or its key.
void Engine::Impl::leave(const ProcedureRecord& record, const Error& why) {
  ports_.observer->trouble("recover", why);
  LeftOpen found{"they are damaged (" + why.code + ")", 1, false};
  if (why.code == "definition_missing") found = {"module " + hex(record.definition).substr(0, 12) + " of " + record.carrier + " is not loaded", 1, true};
  if (why.code == "vault_unknown_key") found = {"the key that sealed them is not given", 1, true};
  for (LeftOpen& known : left_) {
    if (known.why == found.why) return static_cast<void>(++known.procedures);
  }
  left_.push_back(std::move(found));
}

Status Engine::Impl::recover() {
  const auto counters = ports_.store->counters();
  if (!counters.ok()) return counters.error();
  for (const CounterRecord& c : counters.value()) {
    const auto live = live_.find(c.carrier);
    Index index = 0;
    if (live != live_.end() && c.name.starts_with(kNamedCounter)) {
      live->second->named_counters[c.name] = {c.next, c.next};
      continue;
    }
    if (live == live_.end() || std::from_chars(c.name.data(), c.name.data() + c.name.size(), index).ec != std::errc()) continue;
    live->second->counters[index] = {c.next, c.next};
  }
  const auto open = ports_.store->open_procedures();
  if (!open.ok()) return open.error();
  if (!open.value().empty()) {
    for (auto& d : deployments_) {
      for (LinkState& link : d->links) link.pace->start_full(now());
    }
  }
  bool any = false;
  for (const ProcedureRecord& record : open.value()) {
    if (settled(record.state) || record.state == State::held || record.state == State::reversing) continue;
    Result<InstancePtr> p = adopt(record);
    any = any || p.ok();
    if (p.ok()) resume(*p);
    else leave(record, p.error());
  }
  // A seal names its key by one byte only, so another key may pass for it. Where nothing at all opens, that is what happened.
  for (LeftOpen& l : left_) l.of_configuration = l.of_configuration || (!any && l.why.find("vault_sealed_elsewhere") != std::string::npos);
  return Done{};
}

}  // namespace tollgate
