// Who may call: tokens, bearers, networks; and messages that came before their key was known.
#include <catch2/catch.hpp>

#include "runtime/engine/procedure.h"
#include "runtime/engine/verify.h"
#include "tests/unit/runtime/engine/charge.h"

using namespace tollgate;

namespace {

void bearer(Module& m) { m.endpoints[0].verify = {{VerifyKind::minted_bearer, {}, kNone, kNone}}; }

void networks(Module& m) {
  m.settings.push_back({add_text(m, "callers"), {Kind::text, false, kPublic, Kind::missing}, true, false, kNone});
  m.endpoints[0].verify = {{VerifyKind::networks, {static_cast<Index>(m.settings.size() - 1)}, kNone, kNone}};
}

uint16_t answer_to(World& w, const std::string& ref, const std::string& authorization, const std::string& peer) {
  Inbound in;
  in.method = "POST";
  in.path = "/c/mtn_ug/paid/" + ref + "/" + w.vault.token(token_context("mtn_ug", "paid", ref));
  if (!authorization.empty()) in.headers = {{"authorization", authorization}};
  in.peer_address = peer;
  in.body = World::paid(ref);
  uint16_t status = 0;
  w.engine->on_callback(in, [&](Answer a) { status = a.status; });
  w.run_store();
  return status;
}

// A message that was stored before its procedure's wait knew the key.
CallbackRecord parked(World& w, const std::string& ref, const std::string& body) {
  CallbackRecord r;
  r.carrier = "mtn_ug";
  r.fingerprint[0] = 7;
  r.callback = "paid";
  r.key = ref;
  Frozen kept;
  kept.method = "POST";
  kept.body = body;
  r.body = w.vault.seal(encode(kept), "callback|mtn_ug|" + hex(r.fingerprint));
  r.state = CallbackState::parked;
  Commit c;
  c.callbacks.push_back(r);
  w.store.submit(std::move(c), {});
  w.run_store();
  return r;
}

}  // namespace

TEST_CASE("a bearer that we minted for this key is the caller's proof; another key's or a changed one is refused") {
  World w(1, true, bearer);
  Charge c(w);
  w.answer(c.sent, 202);
  const auto minted = [&](const std::string& ref) { return "Bearer " + w.vault.token("bearer|" + token_context("mtn_ug", "paid", ref)); };
  CHECK(answer_to(w, c.ref, "", "") == 401);
  CHECK(answer_to(w, c.ref, minted("00000000-0000-4000-8000-000000000000"), "") == 401);
  CHECK(answer_to(w, c.ref, minted(c.ref) + "x", "") == 401);
  CHECK(answer_to(w, c.ref, "bearer" + minted(c.ref).substr(6), "") == 401);
  CHECK(w.record(c.id).state == State::waiting);
  CHECK(w.store.all_callbacks().empty());
  CHECK(answer_to(w, c.ref, minted(c.ref), "") == 200);
  CHECK(w.record(c.id).state == State::succeeded);
}

TEST_CASE("only the declared networks may call") {
  World w(1, true, networks, {{"callers", "196.201.214.0/24, 10.1.2.3, 2001:db8::/32"}});
  Charge c(w);
  w.answer(c.sent, 202);
  for (const char* stranger : {"196.201.215.1", "10.1.2.4", "2001:db9::1", "", "garbage"}) CHECK(answer_to(w, c.ref, "", stranger) == 401);
  CHECK(w.record(c.id).state == State::waiting);
  CHECK(answer_to(w, c.ref, "", "196.201.214.77") == 200);
  CHECK(w.record(c.id).state == State::succeeded);
}

TEST_CASE("networks: both families, every length, nothing malformed") {
  CHECK(in_network("10.0.0.0/8", "10.255.255.255"));
  CHECK(!in_network("10.0.0.0/8", "11.0.0.0"));
  CHECK(in_network("10.1.2.3", "10.1.2.3"));
  CHECK(!in_network("10.1.2.3", "10.1.2.2"));
  CHECK(in_network("0.0.0.0/0", "203.0.113.9"));
  CHECK(in_network("192.0.2.128/25", "192.0.2.129"));
  CHECK(!in_network("192.0.2.128/25", "192.0.2.127"));
  CHECK(in_network("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK(!in_network("2001:db8::/33", "2001:db8:8000::1"));
  CHECK(!in_network("::/0", "10.0.0.1"));
  for (const char* bad : {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "10.0.0/8", "::/129", "host"}) CHECK(!in_network(bad, "10.0.0.1"));
}

TEST_CASE("a message that was parked before its key was known is applied when the answer makes it known") {
  SECTION("one that proves closes the procedure") {
    World w(1, true);
    Charge c(w);
    parked(w, c.ref, World::paid(c.ref));
    w.answer(c.sent, 202);
    CHECK(w.record(c.id).state == State::succeeded);
    REQUIRE(w.store.all_callbacks().size() == 1);
    CHECK(w.store.all_callbacks()[0].state == CallbackState::matched);
    CHECK(w.store.ledger(c.id).value().size() == 2);
    check_history(w, c.id);
  }
  SECTION("one that hints makes us ask at once") {
    World w;
    Charge c(w);
    parked(w, c.ref, World::paid(c.ref));
    w.answer(c.sent, 202);
    CHECK(w.record(c.id).state == State::waiting);
    CHECK(w.store.all_callbacks()[0].state == CallbackState::matched);
    CHECK(w.next());
  }
  SECTION("one about another reference is foreign, and changes nothing") {
    World w(1, true);
    Charge c(w);
    parked(w, c.ref, World::paid("00000000-0000-4000-8000-000000000000"));
    w.answer(c.sent, 202);
    CHECK(w.record(c.id).state != State::succeeded);
  }
}
