// Breaks if a charge that cannot be taken up is counted as if it were not there, or if a reference that another charge has is tried for ever.
#include "tests/unit/runtime/engine/charge.h"

using namespace tollgate;

namespace {

// A vault whose key is not the one that sealed what is stored.
struct OtherKey : TestVault {
  explicit OtherKey(std::string code) : code(std::move(code)) {}
  Result<std::string> open(std::string_view, std::string_view) override { return Error{code, "sealed under another key"}; }
  std::string code;
};

// As if another charge of this carrier had the reference since long.
void take(World& w, const std::string& reference, uint8_t n) {
  ProcedureRecord other;
  other.id[0] = 0xEE;
  other.id[1] = n;
  other.tenant = "old";
  other.idempotency_key = "old-" + std::to_string(n);
  other.carrier = "mtn_ug";
  other.action = "charge";
  other.state = State::succeeded;
  other.version = 1;
  AttemptRecord attempt;
  attempt.procedure = other.id;
  attempt.reference = reference;
  Commit c;
  c.procedures.push_back({other, 0});
  c.attempts.push_back(attempt);
  w.store.submit(std::move(c), [](const CommitResult& r) { REQUIRE(r.kind == CommitResult::Kind::done); });
  w.run_store();
}

// The references that a world of this seed makes for its first charge, while those before are taken.
std::vector<std::string> references(size_t n) {
  std::vector<std::string> out;
  while (out.size() < n) {
    World w(7);
    for (size_t i = 0; i < out.size(); ++i) take(w, out[i], static_cast<uint8_t>(i));
    out.push_back(Charge(w).ref);
  }
  return out;
}

}  // namespace

TEST_CASE("open charges under a key that is not given are counted, named and left as they are") {
  for (const char* code : {"vault_unknown_key", "vault_sealed_elsewhere"}) {   // another key may bear the number of the right one
    World w;
    Charge c(w);
    w.answer(c.sent, 202);
    OtherKey other(code);
    w.engine = std::make_unique<Engine>(Ports{&w.clock, &w.random, &w.store, &w.links, &other, &w.observer, &w.alarm}, w.options);
    REQUIRE(w.engine->add(w.program, w.settings).ok());
    REQUIRE(w.engine->recover().ok());
    CHECK(w.engine->status().open == 1);
    CHECK(w.engine->status().left == 1);
    REQUIRE(w.engine->left().size() == 1);
    CHECK(w.engine->left()[0].of_configuration);
    CHECK(w.record(c.id).state == State::waiting);
    w.crash();                                            // with the right key it goes on
    CHECK(w.engine->status().left == 0);
    CHECK(w.engine->left().empty());
    auto enquiry = w.next();
    for (int i = 0; i < 5 && !enquiry; ++i) { w.after(60 * kSecondUs); enquiry = w.next(); }
    REQUIRE(enquiry);
    w.answer(*enquiry, 200, World::paid(c.ref));
    CHECK(w.record(c.id).state == State::succeeded);
  }
}

TEST_CASE("a reference that another charge has is made anew, before anything leaves") {
  const std::vector<std::string> taken = references(2);
  World w(7);
  take(w, taken[0], 0);
  Charge c(w);
  CHECK(c.ref == taken[1]);
  CHECK(c.ref != taken[0]);
  w.answer(c.sent, 202);
  CHECK(w.store.attempts(c.id).value().size() == 1);
  w.call(c.ref, World::paid(c.ref));
  auto enquiry = w.next();
  for (int i = 0; i < 5 && !enquiry && w.record(c.id).state != State::succeeded; ++i) { w.after(60 * kSecondUs); enquiry = w.next(); }
  if (enquiry) w.answer(*enquiry, 200, World::paid(c.ref));
  CHECK(w.record(c.id).state == State::succeeded);
  check_history(w, c.id);
}

TEST_CASE("a charge whose every reference belongs to another fails, unsent, and whoever waits is told") {
  const std::vector<std::string> taken = references(3);
  World w(7);
  for (size_t i = 0; i < taken.size(); ++i) take(w, taken[i], static_cast<uint8_t>(i));
  std::optional<ProcedureRecord> told;
  const SubmitResult r = w.submit(w.command("k1"));
  REQUIRE(r.kind == Submitted::accepted);
  w.engine->when_settled(r.procedure.id, [&](const ProcedureRecord& record) { told = record; });
  CHECK(!w.next());
  for (int i = 0; i < 5; ++i) w.after(60 * kSecondUs);
  CHECK(!w.next());
  const ProcedureRecord end = w.record(r.procedure.id);
  CHECK(end.state == State::failed);
  CHECK(end.outcome.reason == "unbuildable");
  CHECK(w.store.ledger(end.id).value().empty());
  CHECK(w.engine->status().open == 0);
  REQUIRE(told);
  CHECK(told->state == State::failed);
  check_history(w, end.id);
}
