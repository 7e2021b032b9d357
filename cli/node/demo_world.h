// DemoWorld: a gateway and simulated carriers as processes of their own, with a throw-away folder for configuration, store and keys.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/node/child.h"
#include "runtime/base/result.h"
#include "runtime/schedule/clocks.h"

namespace tollgate::cli {

class DemoWorld {
 public:
  // `modules` is the folder of .tgm files; `scenario` the text of a scenario file; `haste` the clock of both sides.
  static Result<std::unique_ptr<DemoWorld>> create(const std::string& modules, const std::string& scenario, Haste haste = {});
  ~DemoWorld();  // ends both processes; removes the folder

  Status start_gateway();
  void kill_gateway() { gateway_.kill_now(); }
  int stop_gateway() { return gateway_.stop(20'000); }
  bool gateway_running() { return gateway_.running(); }
  pid_t gateway_pid() const { return gateway_.pid(); }
  long gateway_peak_kib() const { return gateway_.peak_kib(); }

  const std::string& api() const { return api_; }        // "http://127.0.0.1:PORT"
  const std::string& carriers_url() const { return sim_; }
  const std::string& token() const { return token_; }
  const std::vector<std::string>& carriers() const { return carriers_; }
  const std::string& folder() const { return folder_; }
  std::string log() const { return folder_ + "/gateway.log"; }

 private:
  DemoWorld() = default;
  Status start_carriers(const std::string& scenario);
  Status write_config();

  std::string folder_, modules_, api_, sim_, token_;
  std::vector<std::string> carriers_;
  Haste haste_;
  Child sim_process_, gateway_;
};

}  // namespace tollgate::cli
