#include <fmt/format.h>

#include <csignal>
#include <cstdio>

#include "cli/node/command.h"
#include "cli/node/modules.h"
#include "cli/node/sim_server.h"
#include "cli/node/signals.h"

namespace tollgate::cli {

int node_sim(const NodeArguments& arguments) {
  auto fail = [](const Error& error) {
    fmt::print(stderr, "tollgate sim: {}\n", error.message);
    return kNodeTrouble;
  };
  ModulesFolder modules(arguments);
  auto programs = load_modules(modules.path());
  if (!programs.ok()) return fail(programs.error());
  peer::Scenario scenario = peer::calm_scenario();
  if (std::string file = arguments.option("scenario", ""); !file.empty()) {
    auto loaded = peer::load_scenario(file);
    if (!loaded.ok()) return fail(loaded.error());
    scenario = std::move(loaded).value();
  }
  const auto haste = haste_of(arguments);
  if (!haste) {
    fmt::print(stderr, "tollgate sim: --speed is a whole number from 1 to {}\n", kSpeedMax);
    return kNodeUsage;
  }
  const std::string listen = arguments.option("listen", "127.0.0.1:9090");
  auto loop = Loop::create();
  if (!loop.ok()) return fail(loop.error());
  auto server = SimServer::create(**loop, listen, std::move(programs).value(), scenario, *haste);
  if (!server.ok()) return fail(server.error());
  StopSignals signals(**loop);
  fmt::print("simulating on http://{}:{}: {}\n", listen.substr(0, listen.rfind(':')), server.value()->port(), fmt::join(server.value()->carriers(), " "));
  std::fflush(stdout);
  (*loop)->run();
  return kNodeDone;
}

}  // namespace tollgate::cli
