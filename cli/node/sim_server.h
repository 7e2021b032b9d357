// SimServer: simulated carriers on real sockets. Each carrier lives below its own path, http://HOST:PORT/CARRIER/…, so one server plays all.
// GET /CARRIER/_ledger and /CARRIER/_stats show its books.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "peer/sim_host.h"
#include "runtime/links/http_links.h"
#include "runtime/links/listener.h"
#include "runtime/schedule/clocks.h"
#include "runtime/schedule/loop.h"

namespace tollgate::cli {

class SimServer final : public peer::SimHost {
 public:
  // The loop must outlive the server.
  static Result<std::unique_ptr<SimServer>> create(Loop& loop, const std::string& address, std::vector<std::shared_ptr<const Program>> programs,
                                                   const peer::Scenario& scenario, Haste haste = {});
  uint16_t port() const { return listener_->port(); }
  std::vector<std::string> carriers() const;

 private:
  SimServer(Loop& loop, Haste haste) : loop_(loop), clock_(haste) {}
  void handle(HttpRequest request, Listener::Respond respond);
  int64_t now_us() override { return clock_.wall_us(); }
  void at(int64_t at_us, std::function<void()> action) override;
  void send(peer::CallbackMessage message, std::function<void(uint16_t)> answered) override;

  Loop& loop_;
  SystemClock clock_;
  std::map<std::string, std::unique_ptr<peer::SimCarrier>> carriers_;
  std::unique_ptr<HttpLinks> links_;
  std::unique_ptr<Listener> listener_;
  uint64_t ticket_ = 0;
  std::map<uint64_t, std::function<void(uint16_t)>> called_;   // callbacks under way, by ticket
};

// What our side is configured with when it talks to a simulated carrier at `base`: every Url setting is that address, the rest is derived from the
// setting's name, so that both sides agree without a file.
std::map<std::string, std::string> sim_settings(const Module& module, const std::string& base);

}  // namespace tollgate::cli
