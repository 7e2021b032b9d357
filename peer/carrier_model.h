// CarrierModel: one carrier, played from its own definition. A pure state machine: no sockets, no clock, chance from a seed. It recognises
// our requests, keeps its own books, grants sessions, answers enquiries from the books and calls back.
//
//   CarrierModel carrier(program, {settings, scenario});
//   Plan plan = carrier.handle(request, now_us);        // send plan.answer after plan.delay_us, unless it is to be lost
//   for (Later later : plan.later) at(later.at_us, [&] { if (auto call = carrier.fire(later.id, now)) send(*call); });
//   std::optional<Later> again = carrier.delivered(later.id, status, now);   // what we answered to it; maybe it is sent again
//
// A script (a test in a carrier file) drives it with `observe`, `learn_…` and `answer_read` instead: then it decides nothing by itself.
// Not thread-safe; times are microseconds of one clock and must not go back.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "peer/answers.h"
#include "peer/carrier_ledger.h"
#include "peer/routes.h"
#include "peer/scenario.h"
#include "peer/tokens.h"

namespace tollgate::peer {

struct CarrierAnswer {
  uint16_t status = 200;
  Headers headers;      // with Content-Type when there is a body
  std::string body;
};

struct Later { int64_t at_us = 0; uint64_t id = 0; };

struct Plan {
  enum class Kind : uint8_t {
    answer,
    lose_reply,     // processed; close without answering
    lose_request,   // nothing was seen; close without answering
  } kind = Kind::answer;
  int64_t delay_us = 0;
  CarrierAnswer answer;
  std::vector<Later> later;
};

struct CallbackMessage {
  std::string method, url;
  Headers headers;
  std::string body;
};

struct CarrierStats {
  uint64_t requests = 0, sessions = 0, enquiries = 0, charges = 0, repeats = 0, unknown = 0, unauthorized = 0, callbacks = 0;
  uint64_t redelivered = 0, undelivered = 0;   // callbacks sent again, counted among `callbacks`; and those given up
  uint64_t lost_replies = 0, lost_requests = 0, errors_before = 0, errors_after = 0, malformed = 0, slow = 0, expired_tokens = 0;
  std::map<std::string, uint64_t> unsayable;   // verdicts of the scenario that this definition has no words for; they succeeded instead
};

struct CarrierOptions {
  Settings settings;       // of the deployment: what our side is configured with; for Basic credentials and compared settings
  Scenario scenario = calm_scenario();
};

class Proofs;   // peer/proof.h

class CarrierModel {
 public:
  CarrierModel(std::shared_ptr<const Program> program, CarrierOptions options);

  // ---- playing by the scenario
  Plan handle(const CarrierRequest& request, int64_t now_us);
  // A callback that was announced in a plan; nullopt when there is nothing to say any more.
  std::optional<CallbackMessage> fire(uint64_t later, int64_t now_us);
  // What became of the callback that `fire` gave out: the status that we answered, 0 if we answered nothing. Anything but 2xx or what the endpoint declares
  // is not taken; then this says when the same message is fired again, as often as the endpoint's `redelivers` has it.
  std::optional<Later> delivered(uint64_t later, uint16_t status, int64_t now_us);

  // ---- playing by a script
  std::optional<Recognised> recognise(const CarrierRequest& request) const { return routes_.recognise(request); }
  // The carrier got a request for money and has decided nothing. 0: no such exchange. A repeat under `once per` gives the first one's number.
  uint64_t observe(const CarrierRequest& request, int64_t now_us);
  // The answer to a session or enquiry, from the books as they are.
  CarrierAnswer answer_read(const CarrierRequest& request, int64_t now_us);
  // What the script lets the carrier say becomes what the carrier knows. `payment` 0: found by what the message names, if at all.
  Heard learn_reply(uint64_t payment, const CarrierRequest& request, const CarrierAnswer& answer, int64_t now_us);
  Heard learn_callback(uint64_t payment, Index callback, std::string_view body, int64_t now_us);
  // Where and with which proof the carrier calls back about this payment; an Error when it was told no address.
  Result<CallbackMessage> address(uint64_t payment, Index callback, std::string body, int64_t now_us = 0) const;

  const CarrierLedger& ledger() const { return ledger_; }
  const CarrierStats& stats() const { return stats_; }
  const Program& program() const { return *program_; }
  const Hearing& hearing() const { return hearing_; }
  const Answers& answers() const { return answers_; }

 private:
  // What chance has in store for one request for money; drawn in one go, so that one share does not shift another's draws.
  struct Fate {
    bool lost_reply, lost_request, error_before, error_after, malformed, slow, expired_token, immediate;
    bool early, late, never, twice, announced;
    Verdict verdict;
    int64_t latency_us, decision_us, delay_us, late_us, twice_us;
  };
  struct Call {
    uint64_t payment;
    Index callback;
    int32_t again = 0;                          // how often it was sent again
    std::optional<CallbackMessage> message;     // kept while it may be sent again: a redelivery is the same message to the byte
  };

  Status prove(CallbackMessage& message, Index callback, const Payment* payment, int64_t now_us) const;

  Fate draw();
  Plan handle_session(const Recognised& seen, int64_t now_us);
  Plan handle_enquiry(const Recognised& seen, int64_t now_us);
  Plan handle_money(const CarrierRequest& request, const Recognised& seen, int64_t now_us);
  Plan handle_plain(const Recognised& seen, int64_t now_us);
  CarrierAnswer session_answer(const Recognised& seen, int64_t now_us);
  CarrierAnswer enquiry_answer(const Recognised& seen, int64_t now_us);
  CarrierAnswer unauthorized(Index exchange);
  CarrierAnswer repeat_answer(const Recognised& seen, Payment& payment, int64_t now_us);
  CarrierAnswer malformed_like(Index exchange, const CarrierAnswer& meant) const;
  CarrierAnswer say(const Way* way, const WireValues& request, Payment* payment, int64_t now_us, std::string_view secret = {});

  std::optional<Plan> fault_before(const CarrierRequest& request, const Recognised& seen, const Fate& fate, int64_t now_us);
  void fault_after(Index exchange, const Fate& fate, Plan& plan);
  const Way* decide(const Route& route, Payment& payment, const Fate& fate, int64_t now_us);

  Payment fresh(const Recognised& seen, int64_t now_us) const;
  Payment* repeated(const Recognised& seen, int64_t now_us);
  Payment* named(const Recognised& seen);
  bool authorized(const CarrierRequest& request, const Recognised& seen, int64_t now_us);
  const Way* immediate_way(Index exchange, const Verdict& verdict) const;
  const Way* accepting_way(Index exchange) const;
  bool sayable_later(Index procedure, const Verdict& verdict) const;
  Verdict sayable(const Route& route, const Verdict& wanted);
  void plan_callbacks(Payment& payment, const Fate& fate, int64_t now_us, std::vector<Later>& out);
  void learn(Payment& payment, const Heard& heard, int64_t now_us);

  std::shared_ptr<const Program> program_;
  CarrierOptions options_;
  std::shared_ptr<const Proofs> proofs_;
  Routes routes_;
  Hearing hearing_;
  Answers answers_;
  CarrierLedger ledger_;
  Tokens tokens_;
  CarrierStats stats_;
  Seeded seeded_;
  Seeded again_seeded_;                          // its own: how often we were down does not shift what becomes of payments
  std::vector<Call> calls_;                      // by Later::id
  std::map<uint64_t, Way> first_answers_;        // by payment: repeated where `repeat answers original`
};

}  // namespace tollgate::peer
