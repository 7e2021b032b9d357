#include <catch2/catch.hpp>

#include "tests/unit/runtime/engine/world.h"

using namespace tollgate;

namespace {

struct Lost {
  explicit Lost(World& w) : world(w) {
    const SubmitResult submitted = w.submit(w.command("k1"));
    id = submitted.procedure.id;
    const auto sent = w.next();
    reference = World::ref_of(sent->request);
    w.fail(*sent, Reply::Kind::lost);
  }
  SettlementRow row(bool paid = true, int64_t amount = 5000) const {
    SettlementRow r;
    r.tenant = "shop";
    r.carrier = "mtn_ug";
    r.reference = reference;
    r.paid = paid;
    r.amount = paid ? amount : 0;
    r.currency = paid ? "UGX" : "";
    r.carrier_ref = "c-1";
    r.source = "file 1";
    return r;
  }
  SettlementVerdict settle(SettlementRow r) {
    std::optional<SettlementVerdict> out;
    world.engine->on_settlement(std::move(r), [&](SettlementVerdict v) { out = v; });
    world.run_store();
    REQUIRE(out);
    return *out;
  }
  World& world;
  ProcedureId id{};
  std::string reference;
};

}  // namespace

TEST_CASE("a settlement row ends a doubt, once, and is posted once") {
  World w;
  Lost c(w);
  REQUIRE(w.record(c.id).state == State::in_doubt);
  CHECK(c.settle(c.row()) == SettlementVerdict::settled);
  CHECK(w.record(c.id).state == State::succeeded);
  CHECK(w.record(c.id).outcome.carrier_ref == "c-1");
  CHECK(w.store.ledger(c.id).value().size() == 2);
  CHECK(c.settle(c.row()) == SettlementVerdict::agrees);
  CHECK(w.store.ledger(c.id).value().size() == 2);
}

TEST_CASE("a row that says not paid ends a doubt as not done; one that then says paid is a case") {
  World w;
  Lost c(w);
  CHECK(c.settle(c.row(false)) == SettlementVerdict::settled);
  CHECK(w.record(c.id).state == State::failed);
  CHECK(c.settle(c.row(true)) == SettlementVerdict::contradicts);
  CHECK(w.record(c.id).state == State::failed);
  REQUIRE(w.store.cases().value().size() == 1);
  CHECK(w.store.cases().value()[0].kind == "contradiction");
}

TEST_CASE("a row finds its charge by our reference and tenant, in its currency, or not at all") {
  World w;
  Lost c(w);
  SettlementRow other = c.row();
  other.tenant = "web";
  CHECK(c.settle(other) == SettlementVerdict::unmatched);
  other = c.row();
  other.reference = "somebody-else";
  CHECK(c.settle(other) == SettlementVerdict::unmatched);
  other = c.row();
  other.currency = "KES";
  CHECK(c.settle(other) == SettlementVerdict::unclear);
  CHECK(w.record(c.id).state == State::in_doubt);
  CHECK(c.settle(c.row(true, 4000)) == SettlementVerdict::settled);   // less than asked
  CHECK(w.record(c.id).state == State::partial);
}
