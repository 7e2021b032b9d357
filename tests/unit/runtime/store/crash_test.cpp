// Random commits against a plain model, and a process that is killed in the middle of its load.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <random>

#include "runtime/ports/fakes.h"
#include "tests/unit/runtime/store/sqlite_bench.h"

namespace tollgate::store_test {

namespace {

// A commit over few ids and keys, so that stale versions and used keys are common.
Commit random_commit(std::mt19937& random) {
  const auto pick = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  Commit c;
  for (uint32_t i = pick(3); i > 0; --i) {
    ProcedureRecord r = procedure_of(pick(8));
    r.idempotency_key = "key-" + std::to_string(to_text(r.id).size() + r.step % 6);
    r.version = pick(4) + 1;
    r.state = static_cast<State>(pick(kStateCount));
    c.procedures.push_back({r, r.version - 1});
  }
  if (c.procedures.size() == 2 && c.procedures[0].record.id == c.procedures[1].record.id) c.procedures.pop_back();
  if (c.procedures.size() == 2 && c.procedures[0].record.idempotency_key == c.procedures[1].record.idempotency_key) c.procedures.pop_back();
  if (pick(3) == 0) c.callbacks.push_back(callback_of(pick(6), static_cast<CallbackState>(pick(5))));
  for (const Commit::Put& p : c.procedures) {
    c.events.push_back({p.record.id, p.record.version, 0, 1, "state", std::to_string(random())});
    if (pick(2) == 0) c.set_timers.push_back({p.record.id, static_cast<TimerKind>(pick(5)), pick(99), pick(9)});
    else c.clear_timers.push_back({p.record.id, static_cast<TimerKind>(pick(5))});
  }
  if (pick(4) == 0) c.counters.push_back({"mtn_ug", "c" + std::to_string(pick(3)), pick(1000)});
  return c;
}

// By value: a loop over the value of a temporary Result would read what is gone.
template <class T>
T take(Result<T> result) { return std::move(result).value(); }

std::string everything(Store& s) {
  std::string out;
  for (const ProcedureRecord& r : take(s.find(Query{}))) {
    out += text_of(r) + "\n";
    for (const EventRecord& e : take(s.events(r.id))) out += e.detail + ",";
  }
  for (const ProcedureRecord& r : take(s.open_procedures())) out += to_text(r.id) + "\n";
  for (const TimerRecord& t : take(s.timers())) out += to_text(t.procedure) + std::to_string(static_cast<int>(t.kind)) + std::to_string(t.due_us) + "\n";
  for (const CounterRecord& c : take(s.counters())) out += c.name + std::to_string(c.next) + "\n";
  for (uint32_t n = 0; n < 6; ++n) {
    const auto c = s.callback_by_fingerprint("mtn_ug", hash_from(n)).value();
    if (c) out += text_of(*c) + "\n";
  }
  return out;
}

// Commits procedure n with its event and timer, and writes n to `acknowledged` once told that it is durable. Never returns.
[[noreturn]] void load_until_killed(const std::string& path, int acknowledged) {
  auto store = SqliteStore::open(path);
  if (!store.ok()) _exit(1);
  uint32_t next = 1, open = 0;
  for (;;) {
    while (open < 50) {
      const uint32_t n = next++;
      Commit c = put({procedure_of(n), 0});
      c.events.push_back({id_of(n), 1, 0, 1, "accepted", "{}"});
      c.set_timers.push_back({id_of(n), TimerKind::deadline, 1, 0});
      ++open;
      (*store)->submit(std::move(c), [&, n](const CommitResult& r) {
        --open;
        if (r.kind != Kind::done || ::write(acknowledged, &n, sizeof n) != sizeof n) _exit(1);
      });
    }
    pollfd waiting{(*store)->wake_fd(), POLLIN, 0};
    ::poll(&waiting, 1, 1000);
    (*store)->poll();
  }
}

}  // namespace

TEST_CASE("random commits leave what the model says") {
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    MemoryStore model;
    SqliteBench bench(SqliteOptions{seed % 3 == 0 ? 1u : 64u, 1000});
    std::vector<Kind> expected, got;
    for (int i = 0; i < 300; ++i) {
      const Commit c = random_commit(random);
      model.submit(c, [&](const CommitResult& r) { expected.push_back(r.kind); });
      bench.store().submit(c, [&](const CommitResult& r) { got.push_back(r.kind); });
      if (i % 100 == 99) {
        bench.settle();
        bench.reopen();
      }
    }
    model.poll();
    REQUIRE(got == expected);
    REQUIRE(everything(bench.store()) == everything(model));
  }
}

TEST_CASE("a killed process loses nothing it acknowledged, and leaves no half of a commit") {
  const Folder folder;
  const std::string path = folder.file("node.db");
  for (const int after_ms : {20, 60, 90}) {
    std::filesystem::remove(path);
    std::filesystem::remove(path + "-wal");
    std::filesystem::remove(path + "-shm");
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) load_until_killed(path, ends[1]);
    close(ends[1]);
    uint32_t n = 0, count = 0;
    REQUIRE(read(ends[0], &n, sizeof n) == sizeof n);   // it is under way
    usleep(static_cast<useconds_t>(after_ms) * 1000);
    kill(child, SIGKILL);
    REQUIRE(waitpid(child, nullptr, 0) == child);
    for (count = 1; read(ends[0], &n, sizeof n) == sizeof n;) REQUIRE(n == ++count);
    close(ends[0]);

    auto opened = SqliteStore::open(path);
    REQUIRE(opened.ok());
    const auto timers = (*opened)->timers().value();
    const auto procedures = (*opened)->open_procedures().value();
    CHECK(procedures.size() >= count);
    CHECK(timers.size() == procedures.size());
    for (uint32_t i = 1; i <= procedures.size(); ++i) {
      REQUIRE((*opened)->procedure(id_of(i)).value().has_value());   // no gap: they are durable in the order submitted
      REQUIRE((*opened)->events(id_of(i)).value().size() == 1);
    }
  }
}

}  // namespace tollgate::store_test
