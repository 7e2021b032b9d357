#include <catch2/catch.hpp>

#include "runtime/ports/fakes.h"

using namespace tollgate;

namespace {

ProcedureRecord record(uint8_t n, uint32_t version = 1) {
  ProcedureRecord r;
  r.id[15] = n;
  r.tenant = "shop";
  r.idempotency_key = "k" + std::to_string(n);
  r.carrier = "demo";
  r.version = version;
  return r;
}

CommitResult run(MemoryStore& store, Commit commit) {
  CommitResult out;
  bool ran = false;
  store.submit(std::move(commit), [&](const CommitResult& r) { out = r; ran = true; });
  REQUIRE(!ran);   // never before poll
  store.poll();
  REQUIRE(ran);
  return out;
}

CommitResult put(MemoryStore& store, const ProcedureRecord& r, uint32_t expected) {
  Commit c;
  c.procedures.push_back({r, expected});
  return run(store, std::move(c));
}

}  // namespace

TEST_CASE("ids print and parse") {
  ProcedureId id{};
  id[0] = 0xab;
  id[15] = 7;
  CHECK(to_text(id) == "ab000000000000000000000000000007");
  CHECK(parse_procedure_id(to_text(id)) == id);
  CHECK(!parse_procedure_id("ab"));
  CHECK(!parse_procedure_id("zb000000000000000000000000000007"));
}

TEST_CASE("state names round-trip and only closed states are terminal") {
  for (int i = 0; i < kStateCount; ++i) {
    const State s = static_cast<State>(i);
    CHECK(parse_state(state_name(s)) == s);
    CHECK(!(terminal(s) && attempt_open(s)));
  }
  CHECK(!parse_state("done"));
}

TEST_CASE("a key belongs to one procedure for ever") {
  MemoryStore store;
  CHECK(put(store, record(1), 0).kind == CommitResult::Kind::done);
  ProcedureRecord other = record(2);
  other.idempotency_key = "k1";
  const CommitResult r = put(store, other, 0);
  CHECK(r.kind == CommitResult::Kind::duplicate_key);
  CHECK(r.existing.id == record(1).id);
  CHECK(store.all_procedures().size() == 1);
}

TEST_CASE("a stale version changes nothing, not even the rows beside it") {
  MemoryStore store;
  put(store, record(1), 0);
  CHECK(put(store, record(1, 2), 1).kind == CommitResult::Kind::done);
  Commit c;
  c.procedures.push_back({record(1, 2), 1});
  c.events.push_back({record(1).id, 2, 0, 0, "state", "{}"});
  CHECK(run(store, std::move(c)).kind == CommitResult::Kind::stale);
  CHECK(store.all_events().empty());
  CHECK(put(store, record(1, 4), 2).kind == CommitResult::Kind::stale);   // a gap
}

TEST_CASE("a callback is stored once; a parked one may be matched later") {
  MemoryStore store;
  CallbackRecord callback;
  callback.carrier = "demo";
  callback.callback = "paid";
  callback.key = "x";
  callback.state = CallbackState::parked;
  const auto commit = [&] { Commit c; c.callbacks.push_back(callback); return c; };
  CHECK(run(store, commit()).kind == CommitResult::Kind::done);
  CHECK(store.parked("demo", "paid", "x").value().size() == 1);
  callback.state = CallbackState::matched;
  CHECK(run(store, commit()).kind == CommitResult::Kind::done);
  CHECK(store.parked("demo", "paid", "x").value().empty());
  CHECK(run(store, commit()).kind == CommitResult::Kind::duplicate_callback);
}

TEST_CASE("failures are whole, and a crash keeps a prefix") {
  MemoryStore store;
  store.fail_next(1);
  CHECK(put(store, record(1), 0).kind == CommitResult::Kind::failed);
  CHECK(store.all_procedures().empty());
  for (uint8_t n : {1, 2, 3}) {
    Commit c;
    c.procedures.push_back({record(n), 0});
    store.submit(std::move(c), [](const CommitResult&) { FAIL("done after a crash"); });
  }
  store.crash(2);
  store.poll();
  CHECK(store.all_procedures().size() == 2);
}

TEST_CASE("the test vault seals, binds the context and gives stable tokens") {
  TestVault vault;
  const std::string sealed = vault.seal("256770000001", "frame|1");
  CHECK(sealed.find("256770000001") == std::string::npos);
  CHECK(vault.open(sealed, "frame|1").value() == "256770000001");
  CHECK(!vault.open(sealed, "frame|2").ok());
  std::string damaged = sealed;
  damaged.back() ^= 1;
  CHECK(!vault.open(damaged, "frame|1").ok());
  CHECK(!vault.open("x", "frame|1").ok());
  CHECK(vault.token("a").size() == 22);
  CHECK(vault.token("a") == vault.token("a"));
  CHECK(vault.token("a") != vault.token("b"));
}
