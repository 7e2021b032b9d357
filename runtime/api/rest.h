// Rest: the merchants' API, the carriers' door (/c/…), and what operators look at.
//
//   POST /v1/procedures          Idempotency-Key and bearer token; {"carrier", "action", "arguments": {…}}; ?wait=MS answers when it is settled
//   GET  /v1/procedures/{id}     with its timeline, attempts and ledger
//   GET  /v1/procedures          ?state= &carrier= &in_doubt=true &after=ID &limit=N
//   GET  /v1/cases               what only a person may close; ?after=N &limit=N
//   GET  /metrics /healthz /readyz
//
// A tenant sees its own procedures only; another's id is 404. A user's number is in no answer. Errors are {"code", "message", "path"}.
// docs/reference/rest.md has the whole.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runtime/api/config.h"
#include "runtime/engine/engine.h"
#include "runtime/links/listener.h"
#include "runtime/observe/metrics.h"
#include "runtime/schedule/loop.h"

namespace tollgate {

// What the API asks of the engine; a node passes the engine's functions, a test its own.
struct Desk {
  std::function<void(Command, std::function<void(SubmitResult)>)> submit;
  std::function<void(const ProcedureId&, std::function<void(const ProcedureRecord&)>)> when_settled;
  std::function<void(Inbound, std::function<void(Answer)>)> on_callback;
  std::function<void(const ProcedureId&, const std::string& name, const std::string& value, std::function<void(SupplyResult)>)> supply;   // may be empty: nothing is taken
  std::function<void(SettlementRow, std::function<void(SettlementVerdict)>)> settle;                                                       // may be empty
  std::function<Prompt(const ProcedureId&)> prompt;                                                                                       // may be empty
  std::function<std::string()> trouble;                                                                                                   // why no charge can be taken now; "" if it can. May be empty
};

constexpr uint32_t kListedMax = 500;      // procedures or cases in one answer
constexpr uint32_t kListDefault = 100;

class Rest {
 public:
  struct Options {
    std::vector<Tenant> tenants;
    uint32_t wait_ms = 30'000;   // the longest `wait`
  };
  enum class Phase : uint8_t { starting, ready, incomplete, draining };  // incomplete: open procedures wait for a module or a key

  // All must outlive it, and every answer it still owes.
  Rest(Loop& loop, Store& store, Metrics& metrics, Desk desk, Options options);

  void handle(HttpRequest request, Listener::Respond respond);
  // What the listener answers by itself (400, 408, 413 …), in the form of every other error.
  static HttpResponse refusal(uint16_t status);
  // `why`: for operators, what /readyz says of an incomplete node. Draining: calls that wait are answered with what is true by then.
  void enter(Phase phase, std::string why = {});

 private:
  struct Call;   // one request with its tenant and its answer
  using Handler = void (Rest::*)(Call);

  const Tenant* tenant_of(const HttpRequest& request) const;
  void answer_operator(const HttpRequest& request, const Listener::Respond& respond) const;
  void pass_callback(HttpRequest request, const Listener::Respond& respond);
  void route(Call call);
  void submit(Call call);
  void submitted(const Call& call, SubmitResult result, uint32_t wait_ms);
  void wait(const Call& call, const ProcedureRecord& procedure, uint16_t status, uint32_t wait_ms);
  void let_go(uint64_t wait);
  void show(const Call& call, std::string_view id_text);
  void list(const Call& call);
  void input(const Call& call, std::string_view id_text);
  void settlements(const Call& call);
  Prompt prompt_of(const ProcedureId& id) const;
  void list_cases(const Call& call);

  Loop& loop_;
  Store& store_;
  Metrics& metrics_;
  Desk desk_;
  Options options_;
  Phase phase_ = Phase::starting;
  std::string why_;
  struct Wait { Loop::TimerId timer = 0; std::function<void()> as_it_is; };
  std::map<uint64_t, Wait> waits_;   // calls that wait for a procedure's end, by number
  uint64_t last_wait_ = 0;
};

}  // namespace tollgate
