// Engine: runs procedures. It decides everything and does nothing by itself: time, sockets, disk and chance are ports. Single-threaded: all
// calls come from one thread, and callbacks run on it. Never starts a thread, never blocks on the network.
//
//   Engine engine(ports, options);
//   engine.add(program, settings);           // a carrier
//   engine.recover(done);                    // what a crash left: SENDING becomes IN_DOUBT
//   engine.submit(command, [](SubmitResult r) { … });
//   engine.on_reply(ticket, reply);          // from Links
//   engine.on_alarm();                       // from Alarm
//   engine.on_callback(inbound, answer);     // from the listener
//
// The rule it exists for: an attempt, its reference and its body are durable before any byte leaves, and doubt is left only by proof.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/replay_report.h"
#include "runtime/load/program.h"
#include "runtime/ports/ports.h"

namespace tollgate {

struct Ports {
  Clock* clock = nullptr;
  Random* random = nullptr;
  Store* store = nullptr;
  Links* links = nullptr;
  Vault* vault = nullptr;
  Observer* observer = nullptr;
  Alarm* alarm = nullptr;
};

struct EngineOptions {
  std::string public_url = "http://127.0.0.1:8080";  // where carriers reach us; callback URLs begin with it
  uint32_t in_flight_max = 12000;                     // accepted, ready or sending at once
  uint32_t open_max = 200000;                         // not terminal at once, waiting ones included
  int64_t doubt_us = 24ll * 3600 * 1000 * 1000;       // how long an enquiry chain asks before SUSPENDED
  std::string carrier_tenant = "carrier";             // whose procedures are that a carrier's message begins
  int64_t send_by_us = 30ll * 1000 * 1000;            // a surely-not-sent request is tried again until then
  int64_t repeat_by_us = 15ll * 60 * 1000 * 1000;     // out of doubt nothing is sent again later than this after the first transmission: the user has left
};

// Arguments by the model's flattened names: {"user.msisdn", "256770000001"}, {"amount", …}. Money as amount text and currency.
struct Command {
  std::string tenant, idempotency_key, carrier, action;
  std::vector<std::pair<std::string, std::string>> arguments;
  Hash body_hash{};
};

struct SubmitResult {
  enum class Kind : uint8_t { accepted, existing, conflict, refused, busy, unavailable } kind = Kind::refused;
  ProcedureRecord procedure;   // accepted, existing, conflict; refused for order_taken or source_spent: who has it
  Error error;                 // refused (bad argument, unknown carrier, order_taken, source_unknown, source_spent …), unavailable (store)
};

// A message the carrier sent unasked.
struct Inbound {
  std::string method, path;    // path below the public URL, beginning with "/c/"
  std::vector<std::pair<std::string, std::string>> headers;  // names lower-case
  std::string query, body, peer_address;
};
struct Answer {
  uint16_t status = 200;
  std::string content_type, body;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string_view code = {};   // not the definition's answer but a refusal of ours: a code of errors.def
};

// What the user of a procedure must do now: go to a URL, read a text, type something.
struct Prompt {
  std::vector<ShownThing> shown;
  std::vector<std::string> inputs;   // names of what may be supplied
};

struct SupplyResult {
  enum class Kind : uint8_t { taken, not_awaited, invalid } kind = Kind::not_awaited;
  Error error;                 // not_awaited, invalid; without the value
};

// One row of a carrier's settlement file, or of another list of what it took. It is matched by our own reference alone (H27).
struct SettlementRow {
  std::string tenant, carrier, reference;
  bool paid = true;                    // false: the carrier lists it as not taken
  int64_t amount = 0; uint8_t scale = 0; std::string currency;   // paid: what it lists
  std::string carrier_ref, source;     // of the row: "file 2026-11-25, line 17"
};
enum class SettlementVerdict : uint8_t {
  settled,       // it ended a doubt, or another open wait
  agrees,        // the procedure ended so already
  contradicts,   // it ended otherwise: a case was opened
  unmatched,     // no attempt of this tenant has the reference
  unclear,       // another currency, or an amount that cannot be
  unavailable,   // the store; give the row again
};

// `open` counts those that were left at recovery, too.
struct EngineStatus { uint64_t open = 0, in_flight = 0, in_doubt = 0, submitted = 0, finished = 0, left = 0; };

// Open procedures that recovery could not take up. They stay in the store as they are, until a node is started with what they wait for.
struct LeftOpen {
  std::string why;              // "module 4f5f6ad92eb8 of kopa is not loaded"; names no procedure and no file
  uint64_t procedures = 0;
  bool of_configuration = false;  // a module or a key is missing; else they are damaged
};

class Engine {
 public:
  Engine(Ports ports, EngineOptions options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Settings by name; a missing one, or one that does not convert to its declared type, is an Error here and not later.
  Status add(std::shared_ptr<const Program> program, const std::map<std::string, std::string>& settings);
  // Loads what is open. Call once, after every add and before submit.
  Status recover();
  // What recover() could not take up, and why. A node with any of configuration is not ready.
  const std::vector<LeftOpen>& left() const;

  void submit(Command command, std::function<void(SubmitResult)> done);
  void on_reply(uint64_t ticket, Reply reply);
  void on_alarm();
  // `done` runs after the message is durable; a store failure answers 503.
  void on_callback(Inbound inbound, std::function<void(Answer)> done);
  // A caller waiting for the end: runs once when the procedure is terminal or suspended (at once if it already is).
  void when_settled(const ProcedureId& id, std::function<void(const ProcedureRecord&)> done);

  // Runs a stored procedure's slices again on what its events recorded: on the definition that it began with, or on `instead` with the same settings. Sends
  // and stores nothing; needs no recover(). Errors: procedure_unknown, definition_missing, frame_damaged, tape_damaged, and what keeps `instead` from loading.
  Result<ReplayReport> replay(const ProcedureId& id, std::shared_ptr<const Program> instead = nullptr);

  // A settlement row; `done` runs when what follows from it is durable.
  void on_settlement(SettlementRow row, std::function<void(SettlementVerdict)> done);
  // What the user typed. `done` runs when it is durable, or at once if nothing awaits it.
  void supply(const ProcedureId& id, const std::string& name, const std::string& value, std::function<void(SupplyResult)> done);
  // What the user must do, while the procedure is open; empty otherwise.
  Prompt prompt(const ProcedureId& id) const;

  // Accepts nothing new; returns true when nothing is in flight.
  bool drain();
  EngineStatus status() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tollgate
