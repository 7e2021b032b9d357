// How many transitions a second the store makes durable, beside what the same disk does with bare write + fdatasync in the same run: the ratio is
// what can be compared between machines.
//
//   bench_store [folder]       (default: the current folder; the file it makes is removed)
//
// A pair is what a charge needs at least: accept (procedure, event) and finish (procedure, event with its tape, two ledger rows). Timers are the engine's own,
// in memory: the store's are not written by it.
#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <string>

#include "runtime/store/sqlite_store.h"

namespace {

using namespace tollgate;

constexpr double kSeconds = 2.0;
constexpr size_t kFrameBytes = 300, kTapeBytes = 400, kBytesPerCommit = 600;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// Records of kBytesPerCommit a second, `batch` of them to a sync.
double raw_rate(const std::string& path, uint32_t batch) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return 0;
  const std::string block(kBytesPerCommit * batch, 'x');
  const double start = now();
  double records = 0;
  while (now() - start < kSeconds / 2 && write(fd, block.data(), block.size()) == static_cast<ssize_t>(block.size()) && fdatasync(fd) == 0) records += batch;
  const double rate = records / (now() - start);
  close(fd);
  unlink(path.c_str());
  return rate;
}

class Load {
 public:
  explicit Load(SqliteStore& store) : store_(store) {}

  // Keeps `in_flight` commits submitted for kSeconds; accept and finish pairs a second.
  double run(uint32_t in_flight) {
    const double start = now();
    finished_ = 0;
    stop_ = false;
    for (uint32_t i = 0; i < in_flight; ++i) accept();
    while (open_ > 0) {
      pollfd waiting{store_.wake_fd(), POLLIN, 0};
      poll(&waiting, 1, 1000);
      store_.poll();
      stop_ = now() - start > kSeconds;
    }
    return finished_ / (now() - start);
  }
  bool failed() const { return failed_; }

 private:
  void accept() {
    ProcedureRecord r;
    const uint64_t n = ++count_;
    for (size_t i = 0; i < 8; ++i) r.id[i] = static_cast<uint8_t>(n >> (56 - 8 * i));
    r.tenant = "shop";
    r.idempotency_key = fmt::format("{:016x}{:016x}", random_(), random_());
    r.carrier = "mtn_ug";
    r.action = "charge";
    r.version = 1;
    r.amount = 150000;
    r.currency = "UGX";
    r.frame.assign(kFrameBytes, 'f');
    Commit c;
    c.procedures.push_back({r, 0});
    c.events.push_back({r.id, 1, 0, 1, "accepted", "{\"carrier\":\"mtn_ug\"}"});
    ++open_;
    store_.submit(std::move(c), [this, r](const CommitResult& result) { --open_; note(result); finish(r); });
  }

  void finish(ProcedureRecord r) {
    r.version = 2;
    r.state = State::succeeded;
    r.outcome.outcome = OutcomeClass::succeeded;
    r.outcome.carrier_ref = "1234567890";
    Commit c;
    c.events.push_back({r.id, 2, 0, 2, "state", "{\"state\":\"succeeded\"}", std::string(kTapeBytes, 't')});
    c.ledger = {{r.id, 1, "user", -150000, 0, "UGX", 2}, {r.id, 1, "carrier:mtn_ug", 150000, 0, "UGX", 2}};
    c.procedures.push_back({std::move(r), 1});
    ++open_;
    store_.submit(std::move(c), [this](const CommitResult& result) {
      --open_;
      ++finished_;
      note(result);
      if (!stop_) accept();
    });
  }

  void note(const CommitResult& result) { failed_ = failed_ || result.kind != CommitResult::Kind::done; }

  SqliteStore& store_;
  std::mt19937_64 random_{1};
  uint64_t count_ = 0;
  double finished_ = 0;
  uint32_t open_ = 0;
  bool stop_ = false, failed_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : ".";
  const std::string path = folder + "/store_bench.db";
  fmt::print("{:>6} {:>12} {:>14} {:>18} {:>7}\n", "batch", "pairs/s", "transitions/s", "bare records/s", "ratio");
  for (const uint32_t batch : {1u, 64u, 512u}) {
    const double raw = raw_rate(folder + "/store_bench.raw", batch);
    for (const char* end : {"", "-wal", "-shm"}) unlink((path + end).c_str());
    auto store = SqliteStore::open(path, {batch, 262144});
    if (!store.ok()) {
      fmt::print(stderr, "{}\n", store.error().message);
      return 1;
    }
    Load load(**store);
    const double pairs = load.run(batch == 1 ? 4 : 2 * batch);
    if (load.failed()) {
      fmt::print(stderr, "a commit failed\n");
      return 1;
    }
    fmt::print("{:>6} {:>12.0f} {:>14.0f} {:>18.0f} {:>7.3f}\n", batch, pairs, 2 * pairs, raw, raw > 0 ? 2 * pairs / raw : 0);
  }
  for (const char* end : {"", "-wal", "-shm"}) unlink((path + end).c_str());
  return 0;
}
