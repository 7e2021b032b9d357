// The seam between a simulated carrier and real sockets. SimCarrier turns requests of an HTTP listener into answers and actions that are due
// later; whoever owns the sockets and the timers (the command line's node) implements SimHost. Single-threaded: all calls from one thread.
//
//   SimCarrier sim(program, options, host);
//   listener.on_request([&](CarrierRequest r, auto done) { sim.on_request(r, done); });
//
// Besides the carrier's own paths it answers GET /_ledger (its books, one row per reference) and GET /_stats (counts and totals) as JSON.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "peer/carrier_model.h"

namespace tollgate::peer {

class SimHost {
 public:
  virtual ~SimHost() = default;
  virtual int64_t now_us() = 0;                                        // never goes back
  virtual void at(int64_t at_us, std::function<void()> action) = 0;    // once, on the same thread, not before `at_us`
  // `answered` runs once, on the same thread, with the status of our answer; 0 when there was none.
  virtual void send(CallbackMessage message, std::function<void(uint16_t status)> answered) = 0;
};

// What the listener is to do with one request. `drop`: close the connection without a byte.
struct SimReply {
  bool drop = false;
  CarrierAnswer answer;
};

class SimCarrier {
 public:
  // `host` must outlive this and every action it was given.
  SimCarrier(std::shared_ptr<const Program> program, CarrierOptions options, SimHost& host);

  // `done` runs once: now or from a later action of the host.
  void on_request(const CarrierRequest& request, std::function<void(SimReply)> done);

  std::string ledger_json() const;
  std::string stats_json() const;
  CarrierModel& carrier() { return carrier_; }

 private:
  void call_back(Later later);

  CarrierModel carrier_;
  SimHost& host_;
};

}  // namespace tollgate::peer
