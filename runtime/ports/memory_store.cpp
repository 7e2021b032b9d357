// The Store's contract, in maps. What a durable store must promise is easiest to read here; the conformance tests hold both to it.
#include <algorithm>

#include "runtime/ports/fakes.h"

namespace tollgate {

void MemoryStore::submit(Commit commit, Done done) { queue_.emplace_back(std::move(commit), std::move(done)); }

bool MemoryStore::poll_one() {
  if (queue_.empty()) return false;
  auto [commit, done] = std::move(queue_.front());
  queue_.pop_front();
  const bool fails = failures_ > 0 || (fail_when && fail_when(commit));
  if (failures_ > 0) --failures_;
  CommitResult result;
  if (fails) result.error = {"store_failed", "the store's disk is full"};
  else result = apply(commit);
  if (done) done(result);
  return true;
}

void MemoryStore::poll() {
  for (size_t n = queue_.size(); n > 0; --n) poll_one();
}

void MemoryStore::crash(size_t durable) {
  for (size_t i = 0; i < durable && i < queue_.size(); ++i) (void)apply(queue_[i].first);
  queue_.clear();
}

CommitResult MemoryStore::check(const Commit& commit) const {
  CommitResult result;
  for (const Commit::Put& put : commit.procedures) {
    const auto have = procedures_.find(put.record.id);
    const uint32_t version = have == procedures_.end() ? 0 : have->second.version;
    if (have == procedures_.end()) {
      const auto key = keys_.find({put.record.tenant, put.record.idempotency_key});
      if (key != keys_.end()) {
        result.kind = CommitResult::Kind::duplicate_key;
        result.existing = procedures_.at(key->second);
        return result;
      }
      result = check_claim(put);
      if (result.kind != CommitResult::Kind::done) return result;
      result.kind = CommitResult::Kind::failed;
    }
    if (version != put.expected_version || put.record.version != version + 1) {
      result.kind = CommitResult::Kind::stale;
      return result;
    }
  }
  for (const CallbackRecord& callback : commit.callbacks) {
    const auto have = callbacks_.find({callback.carrier, callback.fingerprint});
    if (have != callbacks_.end() && have->second.state != CallbackState::parked) {   // only a parked one may change its state
      result.kind = CommitResult::Kind::duplicate_callback;
      result.existing_callback = have->second;
      return result;
    }
  }
  result.error = check_attempts(commit);
  if (result.error.code.empty()) result.kind = CommitResult::Kind::done;
  return result;
}

CommitResult MemoryStore::check_claim(const Commit::Put& put) const {
  CommitResult result;
  result.kind = CommitResult::Kind::done;
  const ProcedureRecord& r = put.record;
  const auto holder = orders_.find({r.tenant, r.action, put.claim.order});
  if (!put.claim.order.empty() && holder != orders_.end() && holds_claim(procedures_.at(holder->second).state)) {
    result.kind = CommitResult::Kind::order_taken;
    result.existing = procedures_.at(holder->second);
  }
  if (result.kind != CommitResult::Kind::done || !put.claim.source) return result;
  const auto source = procedures_.find(*put.claim.source);
  ClaimSum sum;
  sum.add(r);
  const auto [first, last] = sources_.equal_range(*put.claim.source);
  for (auto it = first; it != last; ++it) sum.add(procedures_.at(it->second));
  if (source != procedures_.end() && sum.at_most(source->second)) return result;
  result.kind = CommitResult::Kind::source_spent;
  if (source != procedures_.end()) result.existing = source->second;
  return result;
}

// An attempt belongs to a procedure that is stored or comes with it, and a carrier knows a reference once.
Error MemoryStore::check_attempts(const Commit& commit) const {
  std::map<std::pair<std::string, std::string>, std::pair<ProcedureId, uint32_t>> fresh;
  for (const AttemptRecord& attempt : commit.attempts) {
    std::optional<std::string> carrier;
    if (const auto have = procedures_.find(attempt.procedure); have != procedures_.end()) carrier = have->second.carrier;
    for (const Commit::Put& put : commit.procedures) {
      if (put.record.id == attempt.procedure) carrier = put.record.carrier;
    }
    if (!carrier) return {"store_no_procedure", "there is no procedure " + to_text(attempt.procedure) + " to try"};
    if (attempt.reference.empty()) continue;
    const std::pair owner(attempt.procedure, attempt.number);
    const std::pair reference(*carrier, attempt.reference);
    const auto have = references_.find(reference);
    const bool taken = have != references_.end() && have->second != owner;
    if (taken || fresh.emplace(reference, owner).first->second != owner) {
      return {"store_duplicate_reference", "another attempt of " + *carrier + " already has the reference " + attempt.reference};
    }
  }
  return {};
}

CommitResult MemoryStore::apply(const Commit& commit) {
  CommitResult result = check(commit);
  if (result.kind != CommitResult::Kind::done) return result;
  ++commits_;
  for (const Commit::Put& put : commit.procedures) {
    procedures_[put.record.id] = put.record;
    keys_[{put.record.tenant, put.record.idempotency_key}] = put.record.id;
    if (!put.claim.order.empty()) orders_[{put.record.tenant, put.record.action, put.claim.order}] = put.record.id;
    if (put.claim.source) sources_.emplace(*put.claim.source, put.record.id);
  }
  for (const AttemptRecord& attempt : commit.attempts) {
    attempts_[{attempt.procedure, attempt.number}] = attempt;
    const auto owner = procedures_.find(attempt.procedure);
    if (owner != procedures_.end() && !attempt.reference.empty()) {
      references_[{owner->second.carrier, attempt.reference}] = {attempt.procedure, attempt.number};
    }
  }
  events_.insert(events_.end(), commit.events.begin(), commit.events.end());
  ledger_.insert(ledger_.end(), commit.ledger.begin(), commit.ledger.end());
  for (const TimerRecord& timer : commit.set_timers) timers_[{timer.procedure, timer.kind}] = timer;
  for (const auto& timer : commit.clear_timers) timers_.erase(timer);
  for (const CallbackRecord& callback : commit.callbacks) callbacks_[{callback.carrier, callback.fingerprint}] = callback;
  cases_.insert(cases_.end(), commit.cases.begin(), commit.cases.end());
  outbox_.insert(outbox_.end(), commit.outbox.begin(), commit.outbox.end());
  for (const CounterRecord& counter : commit.counters) counters_[{counter.carrier, counter.name}] = counter;
  for (const UserValueRecord& value : commit.user_values) user_values_[{value.carrier, value.user, value.name}] = value;
  return result;
}

Result<std::optional<ProcedureRecord>> MemoryStore::procedure(const ProcedureId& id) {
  const auto found = procedures_.find(id);
  if (found == procedures_.end()) return std::optional<ProcedureRecord>();
  return std::optional<ProcedureRecord>(found->second);
}

Result<std::optional<ProcedureRecord>> MemoryStore::procedure_by_key(std::string_view tenant, std::string_view key) {
  const auto found = keys_.find({std::string(tenant), std::string(key)});
  if (found == keys_.end()) return std::optional<ProcedureRecord>();
  return procedure(found->second);
}

Result<std::vector<ProcedureRecord>> MemoryStore::find(const Query& query) {
  std::vector<ProcedureRecord> out;
  const auto after = parse_procedure_id(query.after);
  for (const auto& [id, record] : procedures_) {
    if (out.size() >= query.limit) break;
    if (after && id <= *after) continue;
    if (!query.tenant.empty() && record.tenant != query.tenant) continue;
    if (!query.carrier.empty() && record.carrier != query.carrier) continue;
    if (query.state && record.state != *query.state) continue;
    if (query.in_doubt_only && record.state != State::in_doubt && record.state != State::suspended) continue;
    if (record.created_us < query.since_us) continue;
    out.push_back(record);
  }
  return out;
}

Result<std::vector<ProcedureRecord>> MemoryStore::open_procedures() {
  std::vector<ProcedureRecord> out;
  for (const auto& [id, record] : procedures_) {
    if (!terminal(record.state)) out.push_back(record);
  }
  return out;
}

Result<std::vector<AttemptRecord>> MemoryStore::attempts(const ProcedureId& id) {
  std::vector<AttemptRecord> out;
  for (auto at = attempts_.lower_bound({id, 0}); at != attempts_.end() && at->first.first == id; ++at) out.push_back(at->second);
  return out;
}

Result<std::optional<std::pair<ProcedureId, uint32_t>>> MemoryStore::attempt_by_reference(std::string_view carrier, std::string_view reference) {
  const auto found = references_.find({std::string(carrier), std::string(reference)});
  if (found == references_.end()) return std::optional<std::pair<ProcedureId, uint32_t>>();
  return std::optional<std::pair<ProcedureId, uint32_t>>(found->second);
}

Result<std::vector<EventRecord>> MemoryStore::events(const ProcedureId& id) {
  std::vector<EventRecord> out;
  for (const EventRecord& event : events_) {
    if (event.procedure == id) out.push_back(event);
  }
  return out;
}

Result<std::vector<LedgerRecord>> MemoryStore::ledger(const ProcedureId& id) {
  std::vector<LedgerRecord> out;
  for (const LedgerRecord& row : ledger_) {
    if (row.procedure == id) out.push_back(row);
  }
  return out;
}

Result<std::vector<TimerRecord>> MemoryStore::timers() {
  std::vector<TimerRecord> out;
  for (const auto& [key, timer] : timers_) out.push_back(timer);
  return out;
}

Result<std::vector<CallbackRecord>> MemoryStore::parked(std::string_view carrier, std::string_view callback, std::string_view key) {
  std::vector<CallbackRecord> out;
  for (const auto& [id, record] : callbacks_) {
    if (record.state == CallbackState::parked && record.carrier == carrier && record.callback == callback && record.key == key) out.push_back(record);
  }
  std::sort(out.begin(), out.end(), [](const CallbackRecord& a, const CallbackRecord& b) { return a.at_us < b.at_us; });
  return out;
}

Result<std::optional<CallbackRecord>> MemoryStore::callback_by_fingerprint(std::string_view carrier, const Hash& fingerprint) {
  const auto found = callbacks_.find({std::string(carrier), fingerprint});
  if (found == callbacks_.end()) return std::optional<CallbackRecord>();
  return std::optional<CallbackRecord>(found->second);
}

Result<std::vector<CaseRecord>> MemoryStore::cases() { return cases_; }
Result<std::vector<CaseRow>> MemoryStore::find_cases(const CaseQuery& query) {
  std::vector<CaseRow> out;
  for (size_t i = static_cast<size_t>(query.after); i < cases_.size() && out.size() < query.limit; ++i) {
    const auto procedure = procedures_.find(cases_[i].procedure);
    if (procedure == procedures_.end() || procedure->second.tenant != query.tenant) continue;
    out.push_back({static_cast<int64_t>(i) + 1, cases_[i], procedure->second.carrier, procedure->second.state});
  }
  return out;
}

Result<std::vector<CounterRecord>> MemoryStore::counters() {
  std::vector<CounterRecord> out;
  for (const auto& [key, counter] : counters_) out.push_back(counter);
  return out;
}

Result<std::optional<UserValueRecord>> MemoryStore::user_value(std::string_view carrier, std::string_view user, std::string_view name) {
  const auto found = user_values_.find({std::string(carrier), std::string(user), std::string(name)});
  if (found == user_values_.end()) return std::optional<UserValueRecord>();
  return std::optional<UserValueRecord>(found->second);
}

std::vector<CallbackRecord> MemoryStore::all_callbacks() const {
  std::vector<CallbackRecord> out;
  for (const auto& [key, record] : callbacks_) out.push_back(record);
  return out;
}

}  // namespace tollgate
