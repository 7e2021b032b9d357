// `tollgate-node bench`: how many durable charges a second go through a real gateway on this machine, with the merchant and the simulated carrier on
// the same cores; and, in the same run, how many requests the same merchant gets out of the carrier directly. bench/run starts it.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "cli/node/command.h"
#include "cli/node/demo_world.h"
#include "cli/node/merchant.h"
#include "cli/node/modules.h"
#include "cli/node/orders.h"

namespace tollgate::cli {
namespace {

constexpr const char* kScenario = R"({"seed": 1, "latency": {"fixed_ms": 0}, "immediate": 1.0, "callbacks": {"never": 1.0, "immediate": 0.0}})";
constexpr int64_t kPatienceUs = 300'000'000;

// User and system time of a process so far.
double cpu_seconds(pid_t pid) {
  std::ifstream stat(fmt::format("/proc/{}/stat", pid));
  std::string text((std::istreambuf_iterator<char>(stat)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string word;
  double ticks = 0;
  for (int field = 3; fields >> word && field <= 15; ++field)
    if (field == 14 || field == 15) ticks += std::strtod(word.c_str(), nullptr);
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// GETs of a page that the carrier answers at once, `at_once` open: what client, loop and carrier cost without a gateway.
double direct_rate(Loop& loop, const std::string& url, uint32_t at_once, size_t requests) {
  size_t begun = 0, ended = 0;
  HttpLinks* links = nullptr;
  auto send = [&] {
    Request request;
    request.method = "GET";
    request.url = url;
    ++begun;
    links->send(begun, std::move(request));
  };
  auto made = HttpLinks::create(loop, {}, [&](uint64_t, Reply) {
    ++ended;
    if (begun < requests) send();
  });
  if (!made.ok()) return 0;
  links = made.value().get();
  int64_t start = loop.now_us();
  while (begun < at_once && begun < requests) send();
  while (ended < requests) loop.turn(20'000);
  return static_cast<double>(requests) * 1e6 / static_cast<double>(loop.now_us() - start);
}

}  // namespace

int node_bench(const NodeArguments& arguments) {
  size_t charges = std::strtoul(arguments.option("charges", "20000").c_str(), nullptr, 10);
  auto at_once = static_cast<uint32_t>(std::strtoul(arguments.option("at-once", "256").c_str(), nullptr, 10));
  std::string modules = arguments.option("modules", ".");
  auto fail = [](const Error& error) {
    fmt::print(stderr, "tollgate-node bench: {}\n", error.message);
    return kNodeTrouble;
  };
  auto programs = load_modules(modules);
  if (!programs.ok()) return fail(programs.error());
  auto world = DemoWorld::create(modules, kScenario);
  if (!world.ok()) return fail(world.error());
  auto loop = Loop::create();
  if (!loop.ok()) return fail(loop.error());
  Merchant merchant(**loop, (*world)->api(), (*world)->token());
  Status opened = merchant.open();
  if (!opened.ok()) return fail(opened.error());
  for (size_t i = 0; i < charges; ++i) merchant.add(order_for(*programs.value()[i % programs.value().size()], i));
  double direct = direct_rate(**loop, fmt::format("{}/{}/_stats", (*world)->carriers_url(), (*world)->carriers().front()), at_once, charges / 2);
  double cpu = cpu_seconds((*world)->gateway_pid());
  int64_t begun = (*loop)->now_us();
  merchant.run(at_once, kPatienceUs, [] { return true; });
  double seconds = static_cast<double>((*loop)->now_us() - begun) / 1e6;
  cpu = cpu_seconds((*world)->gateway_pid()) - cpu;
  double rate = static_cast<double>(merchant.settled()) / seconds;
  for (const Order& order : merchant.orders()) {
    if (order.state == "succeeded") continue;
    fmt::print(stderr, "tollgate-node bench: order {} is {}; only charges that succeed are measured\n", order.key, order.state);
    return kNodeFindings;
  }
  fmt::print("durable charges/s                    {:>10.0f}   ({} charges, {} at once, {:.1f} s)\n", rate, merchant.settled(), at_once, seconds);
  fmt::print("gateway CPU per charge               {:>10.1f} us\n", cpu * 1e6 / static_cast<double>(merchant.settled()));
  fmt::print("gateway peak memory                  {:>10} MiB\n", (*world)->gateway_peak_kib() / 1024);
  fmt::print("same client, carrier without gateway {:>10.0f} requests/s\n", direct);
  fmt::print("ratio                                {:>10.2f}\n", rate / direct);
  return merchant.settled() == charges ? kNodeDone : kNodeFindings;
}

}  // namespace tollgate::cli
