// `tollgate demo`: the whole system on this machine. Charges go through a real gateway over real sockets to simulated carriers that decline, answer late, lose
// their answers, call twice or never; at the end the books of both sides are compared, reference by reference.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "cli/node/command.h"
#include "cli/node/demo_world.h"
#include "cli/node/modules.h"
#include "cli/node/orders.h"
#include "cli/node/reckoning.h"
#include "cli/node/report.h"

namespace tollgate::cli {
namespace {

constexpr int64_t kPatienceUs = 180'000'000, kPatiencePerKillUs = 1'000'000;
constexpr uint32_t kAtOnce = 256;
constexpr size_t kUnderLoad = 85;          // percent of the charges settled by the last kill: later there is little to disturb
constexpr int64_t kStillUs = 2'000'000;    // nothing settled for so long: the next kill comes
constexpr int64_t kRedeliveryUs = 16'000'000;   // longer than a carrier of the scenario waits before it calls again
constexpr int64_t kQuietUs = 5'000'000;   // nothing settled for so long: is there anything left to wait for?

std::string scenario_of(uint64_t seed) {
  return fmt::format(R"({{
  "seed": {},
  "outcomes": {{ "declined": {{ "insufficient_funds": 0.10, "user_refused": 0.05 }}, "failed": {{ "carrier_error": 0.02 }} }},
  "latency": {{ "uniform_ms": [2, 30] }}, "decision": {{ "uniform_ms": [100, 1500] }}, "immediate": 0.4,
  "faults": {{ "lost_reply": 0.03, "error_after": 0.01, "malformed": 0.01, "expired_token": 0.01 }},
  "callbacks": {{ "early": 0.05, "late": 0.05, "never": 0.05, "twice": 0.10,
                 "delay": {{ "uniform_ms": [10, 300] }}, "late_delay": {{ "uniform_ms": [3000, 7000] }}, "twice_delay": {{ "uniform_ms": [5, 500] }},
                 "redelivery_delay": {{ "uniform_ms": [2000, 15000] }} }}
}})",
                     seed);
}

// Kills the gateway with SIGKILL at random moments and starts it again. The kills are spread over the charges, so that every one of them comes while
// charges are under way, and the last ones as much as the first; where nothing is settled for a while, the next one comes all the same.
class Killer {
 public:
  Killer(DemoWorld& world, size_t kills, size_t charges, uint64_t seed) : world_(world), kills_(kills), charges_(charges), random_(seed) {}

  // Called ten times a second, with the number of charges settled by then.
  Status tick(size_t settled, int64_t now_us) {
    if (settled != settled_) settled_ = settled, moved_us_ = now_us;
    const bool due = settled * kills_ >= charges_ * kUnderLoad / 100 * killed_ || now_us - moved_us_ > kStillUs;
    if (done() || !due) return Done{};
    moved_us_ = now_us;
    usleep(static_cast<useconds_t>(random_() % 100'000));  // anywhere between two ticks
    world_.kill_gateway();
    ++killed_;
    return world_.start_gateway();
  }
  size_t killed() const { return killed_; }
  bool done() const { return killed_ == kills_; }

 private:
  DemoWorld& world_;
  size_t kills_, charges_, killed_ = 0, settled_ = 0;
  int64_t moved_us_ = 0;
  std::mt19937_64 random_;
};

// Tells when waiting longer is of no use: nothing was settled for a while, and what is left waits for a message that its carrier lost.
class Patience {
 public:
  // After kills a message may still come again, as late as the scenario has it.
  Patience(Merchant& merchant, bool killed, const Haste& haste) : merchant_(merchant), quiet_us_(killed ? std::max(kQuietUs, kRedeliveryUs / haste.speed) : kQuietUs) {}
  bool over(int64_t now_us) {
    if (merchant_.settled() != settled_ || looked_us_ == 0) settled_ = merchant_.settled(), looked_us_ = now_us;
    if (now_us - looked_us_ < quiet_us_) return false;
    looked_us_ = now_us;
    return merchant_.orders().size() - settled_ == awaiting_callback(merchant_) + prompted(merchant_);
  }

 private:
  Merchant& merchant_;
  int64_t quiet_us_;
  size_t settled_ = 0;
  int64_t looked_us_ = 0;
};

// One line that is written over on a terminal, and a line now and then elsewhere.
class Progress {
 public:
  Progress(Merchant& merchant, const Killer& killer, size_t kills) : merchant_(merchant), killer_(killer), kills_(kills), terminal_(isatty(STDOUT_FILENO) != 0) {}
  void show(int64_t now_us) {
    if (begun_us_ == 0) begun_us_ = now_us;
    if (now_us - said_us_ < (terminal_ ? 500'000 : 5'000'000)) return;
    said_us_ = now_us;
    const size_t charges = merchant_.orders().size(), filled = merchant_.settled() * kBar / charges;
    std::string line = fmt::format("[{}{}] {} of {} settled, {} in doubt", std::string(filled, '#'), std::string(kBar - filled, '.'), merchant_.settled(), charges, in_doubt(merchant_));
    if (kills_ > 0) line += fmt::format(", killed {} of {} times", killer_.killed(), kills_);
    line += fmt::format(", {} s", (now_us - begun_us_) / 1'000'000);
    if (terminal_) fmt::print("\r{:<110}", line);
    else fmt::print("{}\n", line);
    std::fflush(stdout);
  }

 private:
  static constexpr size_t kBar = 30;
  Merchant& merchant_;
  const Killer& killer_;
  size_t kills_;
  bool terminal_;
  int64_t begun_us_ = 0, said_us_ = 0;
};

int fail(const Error& error) {
  fmt::print(stderr, "tollgate demo: {}\n", error.message);
  return kNodeTrouble;
}

// Those that can be charged; the others are named. A carrier of messages alone has nothing that two ledgers could agree about.
std::vector<std::shared_ptr<const Program>> chargeable(const std::vector<std::shared_ptr<const Program>>& programs) {
  std::vector<std::shared_ptr<const Program>> out;
  std::string others;
  for (const auto& program : programs) {
    if (program->find_procedure("charge") != kNone) out.push_back(program);
    else others += fmt::format("{}{}", others.empty() ? "" : ", ", program->carrier());
  }
  if (!others.empty()) fmt::print("without a charge, so left alone: {}\n", others);
  return out;
}

int report(Merchant& merchant, DemoWorld& world, const std::vector<std::string>& carriers, const Killer& killer, double seconds, const Haste& haste) {
  fmt::print("\nasking both sides about every charge\n");
  std::fflush(stdout);
  Reckoning reckoning = reckon(merchant, world.carriers_url(), carriers);
  fmt::print("\n{}\n{}\n{}\n{}\n{}\n", outcomes_of(reckoning), doubts_of(reckoning), latencies_of(reckoning), wire_of(reckoning), ledgers_of(reckoning));
  fmt::print("{:.0f} charges/s, gateway peak {} MiB, killed {} times.\n", static_cast<double>(merchant.settled()) / seconds, world.gateway_peak_kib() / 1024, killer.killed());
  if (haste.speed > 1) fmt::print("Clocks of both sides ran {} times as fast as yours; latencies are yours.\n", haste.speed);
  if (!reckoning.example.empty()) fmt::print("\n{}", timeline_of(merchant, reckoning.example));
  for (const std::string& line : reckoning.complaints) fmt::print("DISAGREES: {}\n", line);
  for (const std::string& id : reckoning.open) fmt::print("\nSTILL OPEN: {}", timeline_of(merchant, id));
  size_t open = 0, awaiting = 0, users = 0, lost = 0, doubled = 0;
  for (const CarrierRow& row : reckoning.rows) open += row.open, awaiting += row.awaiting, users += row.prompted, lost += row.lost + row.wrong, doubled += row.doubled;
  if (awaiting > 0) fmt::print("\n{} in doubt until a callback comes, or a person decides.", awaiting);
  if (users > 0) fmt::print("\n{} wait for their users, who would go to a page that the carrier gave; nobody plays users here.", users);
  fmt::print("\n{} charges, {} kills, {} lost, {} doubled, {} still open. The ledgers {}.\n", merchant.orders().size(), killer.killed(), lost, doubled, open,
             reckoning.agrees() ? "agree" : "DO NOT AGREE");
  return reckoning.agrees() && open == 0 ? kNodeDone : kNodeFindings;
}

}  // namespace

int node_demo(const NodeArguments& arguments) {
  auto charges_given = count_of(arguments.option("charges", "400")), kills_given = count_of(arguments.option("kill", "0")), seed_given = count_of(arguments.option("seed", "7"));
  const auto haste = haste_of(arguments);
  if (!charges_given || *charges_given == 0 || !kills_given || !seed_given || !haste) {
    fmt::print(stderr, "tollgate demo: --charges (1 or more), --kill and --seed are whole numbers up to {}, --speed 1 to {}\n", kCountMax, kSpeedMax);
    return kNodeUsage;
  }
  const size_t charges = *charges_given, kills = *kills_given;
  const uint64_t seed = *seed_given;
  ModulesFolder modules(arguments);
  auto programs = load_modules(modules.path());
  if (!programs.ok()) return fail(programs.error());

  const auto charged = chargeable(*programs);
  if (charged.empty()) return fail(Error{"process", "none of these carriers has a `charge`"});

  std::string scenario = scenario_of(seed);
  if (std::string file = arguments.option("scenario", ""); !file.empty()) {
    std::ifstream in(file);
    scenario.assign(std::istreambuf_iterator<char>(in), {});
    if (!in) return fail(Error{"file", fmt::format("cannot read {}", file)});
  }
  auto world = DemoWorld::create(modules.path(), scenario, *haste);
  if (!world.ok()) return fail(world.error());
  auto loop = Loop::create();
  if (!loop.ok()) return fail(loop.error());
  Merchant merchant(**loop, (*world)->api(), (*world)->token());
  Status opened = merchant.open();
  if (!opened.ok()) return fail(opened.error());
  for (size_t i = 0; i < charges; ++i) merchant.add(order_for(*charged[i % charged.size()], i));

  fmt::print("gateway {}, carriers {}, {} charges, {} kills\n", (*world)->api(), (*world)->carriers_url(), charges, kills);
  Killer killer(**world, kills, charges, seed);
  Patience patience(merchant, kills > 0, *haste);
  Progress progress(merchant, killer, kills);
  const int64_t begun = (*loop)->now_us();
  Status trouble = Done{};
  merchant.run(kAtOnce, kPatienceUs + static_cast<int64_t>(kills) * kPatiencePerKillUs, [&] {
    const int64_t now = (*loop)->now_us();
    trouble = killer.tick(merchant.settled(), now);
    if (!trouble.ok() || (killer.done() && patience.over(now))) return false;
    progress.show(now);
    return true;
  });
  if (!trouble.ok()) return fail(trouble.error());
  double seconds = static_cast<double>((*loop)->now_us() - begun) / 1e6;
  std::vector<std::string> names;
  for (const auto& program : charged) names.emplace_back(program->carrier());
  return report(merchant, **world, names, killer, seconds, *haste);
}

}  // namespace tollgate::cli
