#include "runtime/api/node.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

#include "runtime/api/carriers.h"
#include "runtime/api/rest.h"
#include "runtime/engine/engine.h"
#include "runtime/links/http_links.h"
#include "runtime/links/listener.h"
#include "runtime/links/socket_address.h"
#include "runtime/observe/log.h"
#include "runtime/observe/metrics.h"
#include "runtime/schedule/clocks.h"
#include "runtime/schedule/loop.h"
#include "runtime/schedule/wall_alarm.h"
#include "runtime/store/sqlite_store.h"
#include "runtime/store/vault.h"

namespace tollgate {
namespace {

constexpr int64_t kDrainLookUs = 10'000;
constexpr int64_t kProbeUs = 1'000'000;   // how soon a store that took nothing is tried again

class FdCall final : public Watcher {
 public:
  explicit FdCall(std::function<void()> run) : run_(std::move(run)) {}
  void on_ready(int, uint32_t) override { run_(); }

 private:
  std::function<void()> run_;
};

// Every connection is a file; the usual soft limit of 1024 would be the first thing to give way.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Threads inherit the mask, so this comes before the store starts its own.
int open_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  return signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace

class Node::Impl {
 public:
  explicit Impl(NodeConfig config) : config_(std::move(config)), clock_(config_.rehearsal), log_(clock_, config_.log, write_to_stderr), log_observer_(log_), observers_({&log_observer_, &metrics_}) {}
  ~Impl();

  Status start();
  std::string address() const;
  std::string ready_line() const {
    const std::string why = what_is_missing();
    return fmt::format("listening on http://{}, {} carriers, {} procedures open{}", address(), carriers_, engine_->status().open, why.empty() ? "" : "; not ready: " + why);
  }
  bool run();
  void stop() { loop_->post([this] { begin_drain(); }); }

 private:
  Status open_world();
  Status open_door();
  void count();
  // "2 open procedures wait: module 4f5f6ad92eb8 of kopa is not loaded"; empty for a node that has all that is needed.
  std::string what_is_missing() const;
  void on_signal();
  void begin_drain();
  void look_whether_drained();
  void watch_store();

  NodeConfig config_;
  SystemClock clock_;
  SystemRandom random_;
  Log log_;
  LogObserver log_observer_;
  Metrics metrics_;
  Observers observers_;
  int signal_fd_ = -1;
  size_t carriers_ = 0;
  bool draining_ = false, drained_ = false;
  bool store_well_ = true, probing_ = false;
  int64_t drain_until_us_ = 0;

  // In the order of their making; each may use those above, and goes before them.
  std::unique_ptr<Loop> loop_;
  FdCall signal_call_{[this] { on_signal(); }};
  FdCall store_call_{[this] {
    store_->poll();
    watch_store();
  }};
  std::unique_ptr<KeyVault> vault_;
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<WallAlarm> alarm_;
  std::unique_ptr<HttpLinks> links_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Rest> rest_;
  std::unique_ptr<Listener> listener_;
};

Result<std::unique_ptr<Node>> Node::start(NodeConfig config) {
  auto impl = std::make_unique<Impl>(std::move(config));
  if (Status started = impl->start(); !started.ok()) return std::move(started).error();
  return std::unique_ptr<Node>(new Node(std::move(impl)));
}

Node::Node(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Node::~Node() = default;
std::string Node::address() const { return impl_->address(); }
std::string Node::ready_line() const { return impl_->ready_line(); }
bool Node::run() { return impl_->run(); }
void Node::stop() { impl_->stop(); }

Node::Impl::~Impl() {
  listener_.reset();
  rest_.reset();
  // The store writes what is queued before it closes; nobody is told, for the engine that asked is gone by then.
  if (store_ && loop_) loop_->unwatch(store_->wake_fd());
  links_.reset();
  alarm_.reset();
  store_.reset();
  engine_.reset();
  if (signal_fd_ >= 0) {
    if (loop_) loop_->unwatch(signal_fd_);
    close(signal_fd_);
  }
}

Status Node::Impl::start() {
  raise_file_limit();
  signal_fd_ = open_signals();
  if (signal_fd_ < 0) return Error{"node_unavailable", "the system gives no signalfd (too many open files?)"};
  if (Status s = open_world(); !s.ok()) return s;
  const auto carriers = add_carriers(*engine_, config_);
  if (!carriers.ok()) return carriers.error();
  carriers_ = *carriers;
  if (Status s = engine_->recover(); !s.ok()) return std::move(s).error().within("cannot recover what is open");
  return open_door();
}

Status Node::Impl::open_world() {
  auto loop = Loop::create();
  if (!loop.ok()) return std::move(loop).error();
  loop_ = std::move(loop).value();
  loop_->watch(signal_fd_, EPOLLIN, &signal_call_);
  auto vault = KeyVault::load(config_.key_file, config_.previous_key_file);
  if (!vault.ok()) return std::move(vault).error();
  vault_ = std::move(vault).value();
  auto store = SqliteStore::open(config_.store);
  if (!store.ok()) return std::move(store).error();
  store_ = std::move(store).value();
  loop_->watch(store_->wake_fd(), EPOLLIN, &store_call_);
  auto alarm = WallAlarm::create(*loop_, [this] { engine_->on_alarm(); }, config_.rehearsal);
  if (!alarm.ok()) return std::move(alarm).error();
  alarm_ = std::move(alarm).value();
  HttpLinksOptions options;
  options.trust_file = config_.trust_file;
  options.loopback_only = config_.rehearsal.speed > 1;
  auto links = HttpLinks::create(*loop_, options, [this](uint64_t ticket, Reply reply) { engine_->on_reply(ticket, std::move(reply)); });
  if (!links.ok()) return std::move(links).error();
  links_ = std::move(links).value();
  EngineOptions engine;
  if (config_.tenants.size() == 1) engine.carrier_tenant = config_.tenants.front().name;   // whose else could it be
  engine.public_url = config_.public_url;
  engine.in_flight_max = config_.limits.in_flight;
  engine_ = std::make_unique<Engine>(Ports{&clock_, &random_, store_.get(), links_.get(), vault_.get(), &observers_, alarm_.get()}, engine);
  return Done{};
}

Status Node::Impl::open_door() {
  Desk desk;
  desk.submit = [this](Command command, std::function<void(SubmitResult)> done) { engine_->submit(std::move(command), std::move(done)); };
  desk.when_settled = [this](const ProcedureId& id, std::function<void(const ProcedureRecord&)> done) { engine_->when_settled(id, std::move(done)); };
  desk.on_callback = [this](Inbound inbound, std::function<void(Answer)> done) { engine_->on_callback(std::move(inbound), std::move(done)); };
  desk.supply = [this](const ProcedureId& id, const std::string& name, const std::string& value, std::function<void(SupplyResult)> done) {
    engine_->supply(id, name, value, std::move(done));
  };
  desk.settle = [this](SettlementRow row, std::function<void(SettlementVerdict)> done) { engine_->on_settlement(std::move(row), std::move(done)); };
  desk.prompt = [this](const ProcedureId& id) { return engine_->prompt(id); };
  desk.trouble = [this] {
    watch_store();
    const Status store = store_->health();
    return store.ok() ? std::string() : "the store takes no commits (" + store.error().code + ")";
  };
  rest_ = std::make_unique<Rest>(*loop_, *store_, metrics_, std::move(desk), Rest::Options{config_.tenants, config_.limits.wait_ms});
  count();
  ListenerOptions options;
  options.body_max = config_.limits.body_bytes;
  options.connections_max = config_.limits.connections;
  options.refusal = Rest::refusal;
  auto listener = Listener::create(*loop_, config_.listen, options, [this](HttpRequest request, Listener::Respond respond) { rest_->handle(std::move(request), std::move(respond)); });
  if (!listener.ok()) return std::move(listener).error();
  listener_ = std::move(listener).value();
  const std::string why = what_is_missing();
  rest_->enter(why.empty() ? Rest::Phase::ready : Rest::Phase::incomplete, why);
  if (!why.empty()) log_.line(LogLevel::error, "not_ready", [&](JsonWriter& w) { w.text("why", why).number("open", static_cast<int64_t>(engine_->status().left)); });
  if (config_.rehearsal.speed > 1) log_.line(LogLevel::warning, "rehearsal_clock", [this](JsonWriter& w) { w.number("speed", config_.rehearsal.speed); });
  log_.line(LogLevel::info, why.empty() ? "ready" : "listening", [this](JsonWriter& w) { w.text("listen", address()).number("carriers", static_cast<int64_t>(carriers_)); });
  return Done{};
}

std::string Node::Impl::what_is_missing() const {
  std::string out;
  for (const LeftOpen& l : engine_->left()) {
    if (l.of_configuration) out += fmt::format("{}{} open procedure{}: {}", out.empty() ? "" : "; ", l.procedures, l.procedures == 1 ? " waits" : "s wait", l.why);
  }
  return out;
}

void Node::Impl::count() {
  metrics_.gauge("tollgate_procedures_open", [this] { return static_cast<int64_t>(engine_->status().open); });
  metrics_.gauge("tollgate_procedures_left", [this] { return static_cast<int64_t>(engine_->status().left); });
  metrics_.gauge("tollgate_procedures_in_flight", [this] { return static_cast<int64_t>(engine_->status().in_flight); });
  metrics_.gauge("tollgate_procedures_in_doubt", [this] { return static_cast<int64_t>(engine_->status().in_doubt); });
  metrics_.gauge("tollgate_store_well", [this] { return static_cast<int64_t>(store_->health().ok()); });
  metrics_.gauge("tollgate_requests_in_flight", [this] { return static_cast<int64_t>(links_->in_flight()); });
  metrics_.gauge("tollgate_connections", [this] { return static_cast<int64_t>(listener_->connections()); });
}

std::string Node::Impl::address() const { return config_.listen.substr(0, config_.listen.rfind(':') + 1) + std::to_string(listener_->port()); }

void Node::Impl::on_signal() {
  signalfd_siginfo which{};
  while (read(signal_fd_, &which, sizeof which) == static_cast<ssize_t>(sizeof which)) begin_drain();
}

void Node::Impl::begin_drain() {
  if (draining_) {   // a second signal: whoever stops us does not want to wait
    loop_->stop();
    return;
  }
  draining_ = true;
  drain_until_us_ = loop_->now_us() + int64_t{config_.limits.drain_ms} * 1000;
  log_.line(LogLevel::info, "draining");
  listener_->drain();   // first: the answers of those who waited say that their connection ends
  rest_->enter(Rest::Phase::draining);
  look_whether_drained();
}

void Node::Impl::look_whether_drained() {
  drained_ = engine_->drain();
  if ((drained_ && listener_->busy() == 0) || loop_->now_us() >= drain_until_us_) return loop_->stop();
  loop_->after(kDrainLookUs, [this] { look_whether_drained(); });
}

// A store that took nothing is tried with a small commit until it does, so that readiness follows it also while nobody charges.
void Node::Impl::watch_store() {
  const Status health = store_->health();
  if (health.ok() != store_well_) {
    store_well_ = health.ok();
    if (store_well_) log_.line(LogLevel::info, "store_well");
    else observers_.trouble("store", health.error());
  }
  if (store_well_ || std::exchange(probing_, true)) return;
  loop_->after(kProbeUs, [this] {
    Commit probe;
    probe.counters.push_back({"", "probe", clock_.wall_us()});   // of no carrier: nobody reads it
    store_->submit(std::move(probe), [this](const CommitResult&) { probing_ = false; });
  });
}

bool Node::Impl::run() {
  loop_->run();
  log_.line(LogLevel::info, "stopped", [this](JsonWriter& w) { w.boolean("drained", drained_).number("open", static_cast<int64_t>(engine_->status().open)); });
  return drained_;
}

}  // namespace tollgate
