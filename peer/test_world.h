// The world of one test: the real engine on fakes of every port, under a clock that moves only when told. `settle` runs all that can run at
// the present instant; requests that the engine sends gather in `open` until somebody answers them or their time is up.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "peer/carrier_model.h"
#include "runtime/engine/engine.h"
#include "runtime/ports/fakes.h"

namespace tollgate::peer {

constexpr char kTestPublicUrl[] = "https://tollgate.test";

// A request that has left and has no answer yet.
struct OpenRequest {
  CarrierRequest request;
  std::optional<Recognised> seen;
  int64_t timeout_us = 0;        // when the transport gives up
  bool disposed = false;         // somebody has taken care of it
  bool alive = true;             // false: the process that waited for it is gone
  int64_t reply_us = -1;         // when the reply below arrives; -1: none is on its way
  Reply reply;
};

class TestWorld {
 public:
  TestWorld(std::shared_ptr<const Program> program, Settings settings, uint64_t seed, Scenario scenario = calm_scenario());

  // Loads the carrier and recovers. An Error is the engine's.
  Status start();
  // The process dies and starts again on the same store; what was in flight has no one to come back to.
  Status restart();

  int64_t now_us() { return clock.wall_us(); }
  // Runs everything that can run without time moving. False when it does not come to rest.
  bool settle();
  // The next instant at which something happens; nullopt when nothing is due.
  std::optional<int64_t> next_us() const;
  // Moves time there; runs nothing.
  void move_to(int64_t wall_us);

  // `arrival` is the key in `open`. An answer that comes after the transport gave up is lost.
  void answer(uint64_t arrival, Reply reply);
  void answer_at(uint64_t arrival, Reply reply, int64_t at_us);

  ManualClock clock;
  SeededRandom random;
  MemoryStore store;
  ScriptedLinks links;
  TestVault vault;
  RecordingObserver observer;
  ManualAlarm alarm;
  std::unique_ptr<Engine> engine;
  std::map<uint64_t, OpenRequest> open;     // by arrival
  CarrierModel carrier;
  int sources = 0;                          // placed by place_source

 private:
  bool take_requests();
  bool deliver_due();
  bool wake_if_due();

  std::shared_ptr<const Program> program_;
  Settings settings_;
  std::map<uint64_t, uint64_t> tickets_;    // by arrival: the engine's ticket
  uint64_t arrivals_ = 0;
};

// What happened, as its observer saw it, since `began_us`: "+40.000s callback {…}". Long ones lose their middle.
std::vector<std::string> timeline_of(const TestWorld& world, int64_t began_us);

// A callback as it comes in at the listener; `forged`: with a wrong token.
Inbound inbound_of(CallbackMessage message, bool forged);

// For a setting that holds a key or a certificate: a published one, of the kind that the carrier file uses it for.
std::optional<std::string> test_key_setting(const Module& module, Index setting);

// Settings for a test: what the case gives, and for the rest something of the right type. Secrets are invented, never real.
Settings test_settings(const Module& module, const std::map<std::string, std::string>& given);
// Arguments for a test: those given, and for compulsory ones that are not, something of the right type.
// A refund, a reversal or a capture is of something: where `arguments` name nothing that the store has, the store is given what they name, succeeded.
void place_source(TestWorld& world, const Module& module, const std::vector<std::pair<std::string, std::string>>& arguments);

std::vector<std::pair<std::string, std::string>> test_arguments(const Module& module, const Procedure& procedure,
                                                                const std::vector<std::pair<std::string, std::string>>& given);

}  // namespace tollgate::peer
