// Fakes of every port, for tests, the simulation and the test runner of carrier files. Each records what it was asked and does nothing by
// itself: time stands still until told, commits wait for poll(), requests wait for somebody to answer them. Not thread-safe.
//
//   ManualClock clock; SeededRandom random(1); MemoryStore store; ScriptedLinks links; TestVault vault; RecordingObserver observer; ManualAlarm alarm;
//   Engine engine({&clock, &random, &store, &links, &vault, &observer, &alarm}, {});
#pragma once

#include <deque>
#include <map>
#include <set>
#include <tuple>

#include "runtime/ports/ports.h"

namespace tollgate {

class ManualClock : public Clock {
 public:
  explicit ManualClock(int64_t wall_us = 1'780'000'000'000'000) : wall_us_(wall_us) {}
  int64_t wall_us() override { return wall_us_; }
  int64_t monotonic_us() override { return monotonic_us_; }
  // Time passes: both clocks move.
  void advance(int64_t us) { wall_us_ += us; monotonic_us_ += us; }
  // Somebody set the clock: only the wall moves.
  void step(int64_t us) { wall_us_ += us; }

 private:
  int64_t wall_us_;
  int64_t monotonic_us_ = 1'000'000;
};

// splitmix64: the same seed gives the same bytes on every machine.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}
  void fill(uint8_t* out, size_t n) override;
  uint64_t next();

 private:
  uint64_t state_;
};

// The Store's whole contract in memory. A commit is applied, and its `done` runs, only in poll(); what was submitted and not polled is what a
// crash may lose.
class MemoryStore : public Store {
 public:
  void submit(Commit commit, Done done) override;
  void poll() override;
  // Applies one waiting commit; false when none waits.
  bool poll_one();
  size_t waiting() const { return queue_.size(); }
  // The process dies: the first `durable` waiting commits had reached the disk, the others had not. No `done` runs.
  void crash(size_t durable);
  // The next `n` commits fail as on a full disk.
  void fail_next(uint32_t n) { failures_ = n; }
  // Every commit for which this holds fails.
  std::function<bool(const Commit&)> fail_when;

  Result<std::optional<ProcedureRecord>> procedure(const ProcedureId& id) override;
  Result<std::optional<ProcedureRecord>> procedure_by_key(std::string_view tenant, std::string_view key) override;
  Result<std::vector<ProcedureRecord>> find(const Query& query) override;
  Result<std::vector<ProcedureRecord>> open_procedures() override;
  Result<std::vector<AttemptRecord>> attempts(const ProcedureId& id) override;
  Result<std::optional<std::pair<ProcedureId, uint32_t>>> attempt_by_reference(std::string_view carrier, std::string_view reference) override;
  Result<std::vector<EventRecord>> events(const ProcedureId& id) override;
  Result<std::vector<LedgerRecord>> ledger(const ProcedureId& id) override;
  Result<std::vector<TimerRecord>> timers() override;
  Result<std::vector<CallbackRecord>> parked(std::string_view carrier, std::string_view callback, std::string_view key) override;
  Result<std::optional<CallbackRecord>> callback_by_fingerprint(std::string_view carrier, const Hash& fingerprint) override;
  Result<std::vector<CaseRecord>> cases() override;
  Result<std::vector<CaseRow>> find_cases(const CaseQuery& query) override;
  Result<std::vector<CounterRecord>> counters() override;
  Result<std::optional<UserValueRecord>> user_value(std::string_view carrier, std::string_view user, std::string_view name) override;

  // For assertions.
  const std::map<ProcedureId, ProcedureRecord>& all_procedures() const { return procedures_; }
  const std::vector<LedgerRecord>& all_ledger() const { return ledger_; }
  const std::vector<EventRecord>& all_events() const { return events_; }
  const std::vector<OutboxRecord>& all_outbox() const { return outbox_; }
  std::vector<CallbackRecord> all_callbacks() const;
  uint64_t commits() const { return commits_; }

 private:
  CommitResult apply(const Commit& commit);
  CommitResult check(const Commit& commit) const;
  Error check_attempts(const Commit& commit) const;
  CommitResult check_claim(const Commit::Put& put) const;

  std::deque<std::pair<Commit, Done>> queue_;
  uint32_t failures_ = 0;
  uint64_t commits_ = 0;
  std::map<ProcedureId, ProcedureRecord> procedures_;
  std::map<std::pair<std::string, std::string>, ProcedureId> keys_;
  std::map<std::pair<ProcedureId, uint32_t>, AttemptRecord> attempts_;
  std::map<std::pair<std::string, std::string>, std::pair<ProcedureId, uint32_t>> references_;
  std::map<std::array<std::string, 3>, ProcedureId> orders_;           // by tenant, action, order
  std::multimap<ProcedureId, ProcedureId> sources_;                    // what was claimed of each
  std::vector<EventRecord> events_;
  std::vector<LedgerRecord> ledger_;
  std::map<std::pair<ProcedureId, TimerKind>, TimerRecord> timers_;
  std::map<std::pair<std::string, Hash>, CallbackRecord> callbacks_;
  std::vector<CaseRecord> cases_;
  std::vector<OutboxRecord> outbox_;
  std::map<std::pair<std::string, std::string>, CounterRecord> counters_;
  std::map<std::array<std::string, 3>, UserValueRecord> user_values_;
};

// Keeps every request until somebody takes it; answering is the taker's business (Engine::on_reply).
class ScriptedLinks : public Links {
 public:
  struct Sent { uint64_t ticket = 0; Request request; };
  void send(uint64_t ticket, Request request) override { sent_total_++; waiting.push_back({ticket, std::move(request)}); }
  // The oldest request not yet taken; nullopt when none waits.
  std::optional<Sent> take();
  uint64_t sent_total() const { return sent_total_; }

  std::deque<Sent> waiting;

 private:
  uint64_t sent_total_ = 0;
};

class MapSecrets : public Secrets {
 public:
  std::map<std::pair<std::string, std::string>, std::string> values;   // (carrier, name)
  Result<std::optional<std::string>> setting(std::string_view carrier, std::string_view name) override;
};

// FOR TESTS ONLY: AES-256-GCM like the real one, but under a fixed key and with nonces that a counter gives, so that runs repeat byte for byte.
class TestVault : public Vault {
 public:
  std::string seal(std::string_view plain, std::string_view context) override;
  Result<std::string> open(std::string_view sealed, std::string_view context) override;
  std::string token(std::string_view context) override;

 private:
  uint64_t nonce_ = 0;
};

class RecordingObserver : public Observer {
 public:
  std::vector<std::pair<std::string, EventRecord>> events;
  std::vector<std::pair<std::string, Error>> troubles;
  std::vector<std::pair<std::string, CaseRecord>> cases;
  std::vector<std::string> messages;   // "mtn_ug paid matched"
  void event(std::string_view carrier, const EventRecord& e) override { events.emplace_back(carrier, e); }
  void trouble(std::string_view where, const Error& error) override { troubles.emplace_back(where, error); }
  void opened_case(std::string_view carrier, const CaseRecord& opened) override { cases.emplace_back(carrier, opened); }
  void message(std::string_view carrier, std::string_view callback, std::string_view fate) override {
    messages.push_back(std::string(carrier) + " " + std::string(callback) + " " + std::string(fate));
  }
};

class ManualAlarm : public Alarm {
 public:
  std::optional<int64_t> due_us;   // the last instant asked for
  void wake_at(int64_t wall_us) override { due_us = wall_us; }
};

}  // namespace tollgate
