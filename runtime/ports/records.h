// What is durable. Every record is plain data; sealed fields are encrypted under a key that the store never sees.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/bytecode/module.h"
#include "runtime/value/decimal.h"

namespace tollgate {

using ProcedureId = std::array<uint8_t, 16>;   // 48 bits of milliseconds, then random: sorts by creation
std::string to_text(const ProcedureId& id);     // 32 hex characters
std::optional<ProcedureId> parse_procedure_id(std::string_view text);

enum class State : uint8_t {
#define TG_STATE(name, terminal, open, doc) name,
#include "runtime/ports/states.def"
#undef TG_STATE
};
std::string_view state_name(State state);
std::optional<State> parse_state(std::string_view name);
constexpr int kStateCount = 0
#define TG_STATE(name, terminal, open, doc) +1
#include "runtime/ports/states.def"
#undef TG_STATE
    ;
bool terminal(State state);
// Money may have moved and no proof says so: also while a person is to find one.
constexpr bool in_doubt(State state) { return state == State::in_doubt || state == State::suspended; }
bool attempt_open(State state);   // an attempt may have reached the carrier and is not closed by proof

// What the user of a procedure is shown: a URL to go to, or a text.
struct ShownThing { bool url = false; std::string what; };

enum class OutcomeClass : uint8_t { none, succeeded, declined, failed };
std::string_view outcome_name(OutcomeClass outcome);

struct Outcome {
  OutcomeClass outcome = OutcomeClass::none;
  std::string reason;        // declined, failed: a word of the model
  std::string carrier_ref;   // succeeded
  int64_t paid = 0;          // minor units of the procedure's currency at `amount_scale`
  std::string code, said;    // the carrier's own code, where the definition spells it; other codes and the carrier's text (sealed before they are stored)
  int64_t pause_ms = 0;      // failed: advice before another attempt
};

struct ProcedureRecord {
  ProcedureId id{};
  std::string tenant, idempotency_key;
  Hash body_hash{};
  std::string carrier, action;
  Hash definition{};
  State state = State::accepted;
  uint32_t version = 0;        // +1 with every committed change; no gaps
  uint32_t attempt = 0;        // number of the current attempt, from 1
  uint32_t step = 0;
  int64_t amount = 0; uint8_t amount_scale = 0; std::string currency;
  std::string frame;           // sealed: arguments, kept values, step parameters (encode_value)
  int64_t deadline_us = 0;     // of the current wait; 0 none
  Outcome outcome;
  int64_t created_us = 0, changed_us = 0;
};

// One numbered try: one reference, one frozen body.
struct AttemptRecord {
  ProcedureId procedure{};
  uint32_t number = 1;
  std::string reference;         // the kept value that the carrier knows us by (first keep); "" if none
  uint32_t transmissions = 0;    // how often bytes may have left
  std::string exchange;          // sealed: method, path, query, headers, body as they left
  Index exchange_index = kNone;
  std::string carrier_ref;
  int64_t first_sent_us = 0, last_sent_us = 0, closed_us = 0;
  std::string evidence;          // what closed it: "reply", "callback", "enquiry", "not_sent", "operator"
};

// One row of a procedure's history: what happened, redacted; `version` is the procedure's after it.
struct EventRecord {
  ProcedureId procedure{};
  uint32_t version = 0, sequence = 0;
  int64_t at_us = 0;
  std::string kind;     // "accepted", "sent", "reply", "callback", "hint", "enquiry", "state", "timer", "case"
  std::string detail;   // one JSON object, redacted
  std::string tape{};   // sealed: what the moment read of the world and gave to it, for replay; empty where nothing ran
};

// Double entry: the rows of one `transaction` sum to zero per currency. Append-only.
struct LedgerRecord {
  ProcedureId procedure{};
  uint32_t attempt = 1;
  std::string account;   // "user", "carrier:mtn_ug", "merchant:shop"
  int64_t amount = 0; uint8_t scale = 0; std::string currency;
  int64_t at_us = 0;
};

// What a new procedure takes of something that can be had once: a purchase, or money that an earlier procedure moved. It is held while the procedure is
// open and when it ended in success, and given up when it ends without having moved money (see holds_claim).
struct Claim {
  std::string order;                     // the merchant's purchase: one procedure of a tenant and an action may hold it; "" none
  std::optional<ProcedureId> source;     // the charge that is given back, the hold that is captured: its claims together are at most what it moved
};
bool holds_claim(State state);

// What the claims of one source come to.
class ClaimSum {
 public:
  void add(const ProcedureRecord& claimant);               // counts while it holds its claim
  bool at_most(const ProcedureRecord& source) const;       // of what the source moved; false for another currency

 private:
  std::optional<Decimal> sum_ = Decimal{};                 // nullopt: beyond what can be counted, or in several currencies
  std::string currency_;
};

enum class TimerKind : uint8_t { deadline, enquire, transmit, send_by, doubt_end };
struct TimerRecord { ProcedureId procedure{}; TimerKind kind = TimerKind::deadline; int64_t due_us = 0; uint32_t argument = 0; };

enum class CallbackState : uint8_t { parked, matched, duplicate, contradicts, foreign };
struct CallbackRecord {
  std::string carrier;
  Hash fingerprint{};          // of the verified bytes
  std::string callback, key;
  std::string body;            // sealed
  CallbackState state = CallbackState::foreign;
  std::optional<ProcedureId> procedure;
  uint16_t answered_status = 200; std::string answered_body;   // repeated to a duplicate
  int64_t at_us = 0;
};

struct CaseRecord { ProcedureId procedure{}; std::string kind; std::string detail; int64_t opened_us = 0; };  // "contradiction", "suspended", "partial", "over_capture", "key_collision"
struct OutboxRecord { std::string merchant; ProcedureId procedure{}; uint32_t version = 0; std::string event; int64_t at_us = 0; };
// What is kept for a user beyond a procedure; `user` is a keyed hash, the value sealed.
struct UserValueRecord { std::string carrier, user, name, value; int64_t until_us = 0; };   // until_us 0: until it is replaced
struct CounterRecord { std::string carrier, name; int64_t next = 0; };

}  // namespace tollgate
