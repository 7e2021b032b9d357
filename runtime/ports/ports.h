// The world as the engine sees it: seven small interfaces, each with a real one and a fake that records. The engine calls them from its
// own thread only; completions come back on that thread through the engine's on_… functions.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/ports/records.h"

namespace tollgate {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t wall_us() = 0;        // since 1970, UTC
  virtual int64_t monotonic_us() = 0;   // never steps; meaningless across restarts
};

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(uint8_t* out, size_t n) = 0;
};

// One atomic change. Either all of it is durable or none; a commit whose `expected_version` is stale changes nothing.
struct Commit {
  struct Put {
    ProcedureRecord record;
    uint32_t expected_version = 0;   // 0 with version 1: insert, unique (tenant, idempotency_key). Who asked, and for what, never changes after
    Claim claim = {};                // of an insert
  };
  std::vector<Put> procedures;
  std::vector<AttemptRecord> attempts;        // upsert by (procedure, number)
  std::vector<EventRecord> events;
  std::vector<LedgerRecord> ledger;
  std::vector<TimerRecord> set_timers;        // upsert by (procedure, kind)
  std::vector<std::pair<ProcedureId, TimerKind>> clear_timers;
  std::vector<CallbackRecord> callbacks;      // insert, unique (carrier, fingerprint); upsert of state by fingerprint
  std::vector<CaseRecord> cases;
  std::vector<OutboxRecord> outbox;
  std::vector<CounterRecord> counters;
  std::vector<UserValueRecord> user_values;   // upsert by (carrier, user, name)
};

struct CommitResult {
  enum class Kind : uint8_t { done, duplicate_key, duplicate_callback, order_taken, source_spent, stale, failed } kind = Kind::failed;
  ProcedureRecord existing;            // duplicate_key, order_taken: the procedure that has it; source_spent: the source
  CallbackRecord existing_callback;    // duplicate_callback
  Error error;                         // failed: nothing was changed (disk full, locked, corrupt …)
};

struct Query { std::string tenant, carrier, user; std::optional<State> state; bool in_doubt_only = false; int64_t since_us = 0; uint32_t limit = 100; std::string after; };

// One tenant's cases with what a list shows of their procedures, in the order in which they were opened. `after`: the number of the last row seen, 0 at first.
struct CaseQuery { std::string tenant; int64_t after = 0; uint32_t limit = 100; };
struct CaseRow { int64_t number = 0; CaseRecord record; std::string carrier; State state = State::accepted; };

// Where truth lives. `submit` returns at once; `done` runs later on the engine's thread, in the order submitted. Reads are synchronous and see every
// commit whose `done` has run.
class Store {
 public:
  using Done = std::function<void(const CommitResult&)>;
  virtual ~Store() = default;
  virtual void submit(Commit commit, Done done) = 0;
  virtual Result<std::optional<ProcedureRecord>> procedure(const ProcedureId& id) = 0;
  virtual Result<std::optional<ProcedureRecord>> procedure_by_key(std::string_view tenant, std::string_view key) = 0;
  virtual Result<std::vector<ProcedureRecord>> find(const Query& query) = 0;
  virtual Result<std::vector<ProcedureRecord>> open_procedures() = 0;      // not terminal, for recovery
  virtual Result<std::vector<AttemptRecord>> attempts(const ProcedureId& id) = 0;
  virtual Result<std::optional<std::pair<ProcedureId, uint32_t>>> attempt_by_reference(std::string_view carrier, std::string_view reference) = 0;
  virtual Result<std::vector<EventRecord>> events(const ProcedureId& id) = 0;
  virtual Result<std::vector<LedgerRecord>> ledger(const ProcedureId& id) = 0;
  virtual Result<std::vector<TimerRecord>> timers() = 0;
  virtual Result<std::vector<CallbackRecord>> parked(std::string_view carrier, std::string_view callback, std::string_view key) = 0;
  virtual Result<std::optional<CallbackRecord>> callback_by_fingerprint(std::string_view carrier, const Hash& fingerprint) = 0;
  virtual Result<std::vector<CaseRecord>> cases() = 0;
  virtual Result<std::vector<CaseRow>> find_cases(const CaseQuery& query) = 0;   // one read, however many procedures there are
  virtual Result<std::vector<CounterRecord>> counters() = 0;
  virtual Result<std::optional<UserValueRecord>> user_value(std::string_view carrier, std::string_view user, std::string_view name) = 0;
  // Runs the `done` of finished commits; called by the event loop when the store's wake-up fires, and by tests.
  virtual void poll() = 0;
};

// Who we are on a connection and whom we believe; PEM, each may be empty. Shared by all requests of a link.
struct TlsChoice {
  std::string certificate, key;   // ours: mutual TLS
  std::string authorities;        // instead of the machine's
};

struct Request {
  std::string method, url;                       // absolute
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  uint64_t connect_ms = 3000, answer_ms = 20000;
  bool moves_money = false;                      // one transmission at most, whatever the transport would like
  std::shared_ptr<const TlsChoice> tls = nullptr;  // null: no certificate of ours, the machine's authorities
};

// What became of a request. `sent` is the point of no return: false only if surely no byte of the request left.
struct Reply {
  enum class Kind : uint8_t { answer, not_sent, lost } kind = Kind::lost;
  uint16_t status = 0;
  std::vector<std::pair<std::string, std::string>> headers;   // names lower-case
  std::string body;
  std::string trouble;       // not_sent, lost: one line ("connection refused", "no answer within 20 s", "body over 256 KiB")
  int64_t elapsed_us = 0;
};

class Links {
 public:
  virtual ~Links() = default;
  // Exactly one completion with this ticket follows, on the engine's thread.
  virtual void send(uint64_t ticket, Request request) = 0;
};

// Settings and secrets of a carrier, by name; read once at load.
class Secrets {
 public:
  virtual ~Secrets() = default;
  virtual Result<std::optional<std::string>> setting(std::string_view carrier, std::string_view name) = 0;
};

// Seals what may not lie in a database in clear: AES-256-GCM under a key that lives outside it. `context` is authenticated, not stored.
class Vault {
 public:
  virtual ~Vault() = default;
  virtual std::string seal(std::string_view plain, std::string_view context) = 0;
  virtual Result<std::string> open(std::string_view sealed, std::string_view context) = 0;
  // Keyed, unguessable, stable: for callback URLs and minted bearers. 22 base64url characters.
  virtual std::string token(std::string_view context) = 0;
};

// Told of everything worth counting or logging; must not block. Details are already redacted.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void event(std::string_view carrier, const EventRecord& event) = 0;
  virtual void trouble(std::string_view where, const Error& error) = 0;
  // Something that only a person may close was recorded.
  virtual void opened_case(std::string_view carrier, const CaseRecord& opened) { static_cast<void>(carrier), static_cast<void>(opened); }
  // What became of a carrier's message: a word of message_fates.def. `callback` is the definition's name, or empty where the message came to none.
  virtual void message(std::string_view carrier, std::string_view callback, std::string_view fate) { static_cast<void>(carrier), static_cast<void>(callback), static_cast<void>(fate); }
};

// Wakes the engine. One armed instant is enough: the engine keeps its own timers and arms the earliest.
class Alarm {
 public:
  virtual ~Alarm() = default;
  virtual void wake_at(int64_t wall_us) = 0;
};

}  // namespace tollgate
