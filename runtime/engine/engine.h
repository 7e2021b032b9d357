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
#include "runtime/bytecode/bounds.h"
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
  int64_t doubt_us = bounds::kDoubtMs * 1000;       // how long an enquiry chain asks before SUSPENDED
  int64_t send_by_us = bounds::kSendByMs * 1000;            // a surely-not-sent request is tried again until then
  int64_t repeat_by_us = bounds::kRepeatByMs * 1000;     // out of doubt nothing is sent again later than this after the first transmission: the user has left
};

// Arguments by the model's flattened names: {"user.msisdn", "256770000001"}, {"amount", …}. Money as amount text and currency.
struct Command {
  std::string tenant, idempotency_key, carrier, action;
  std::vector<std::pair<std::string, std::string>> arguments;
  Hash body_hash{};
};

struct SubmitResult {
  enum class Kind : uint8_t { accepted, existing, conflict, refused, busy, unavailable } kind = Kind::refused;
  ProcedureRecord procedure;   // accepted, existing, conflict
  Error error;                 // refused (bad argument, unknown carrier …), unavailable (store)
};

// A message the carrier sent unasked.
struct Inbound {
  std::string method, path;    // path below the public URL, beginning with "/c/"
  std::vector<std::pair<std::string, std::string>> headers;  // names lower-case
  std::string query, body, peer_address;
};
struct Answer { uint16_t status = 200; std::string content_type, body; };

struct EngineStatus { uint64_t open = 0, in_flight = 0, in_doubt = 0, submitted = 0, finished = 0; };

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

  // Accepts nothing new; returns true when nothing is in flight.
  bool drain();
  EngineStatus status() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tollgate
