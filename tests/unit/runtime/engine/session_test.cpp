// Sessions and turns: what is obtained before the attempt is recorded.
#include <catch2/catch.hpp>

#include "tests/unit/runtime/engine/charge.h"

using namespace tollgate;

namespace {

std::string header(const Request& r, std::string_view name) {
  for (const auto& [key, value] : r.headers) {
    if (key == name) return value;
  }
  return "";
}

bool for_token(const ScriptedLinks::Sent& sent) { return sent.request.url.find("/token/") != std::string::npos; }

std::string token(const std::string& value) { return R"({"access_token":")" + value + R"(","expires_in":3600})"; }

// The next request of all, tokens included.
std::optional<ScriptedLinks::Sent> any(World& w) {
  w.run_store();
  return w.links.take();
}

}  // namespace

TEST_CASE("one fetch of a session serves all who wait for it") {
  World w;
  REQUIRE(w.submit(w.command("a")).kind == Submitted::accepted);
  REQUIRE(w.submit(w.command("b")).kind == Submitted::accepted);
  REQUIRE(w.submit(w.command("c")).kind == Submitted::accepted);
  const auto fetch = any(w);
  REQUIRE(fetch);
  CHECK(for_token(*fetch));
  CHECK(!fetch->request.moves_money);
  CHECK(!any(w));
  w.answer(*fetch, 200, token("tok-1"));
  for (int i = 0; i < 3; ++i) {
    const auto charge = any(w);
    REQUIRE(charge);
    CHECK(!for_token(*charge));
    CHECK(header(charge->request, "Authorization") == "Bearer tok-1");
  }
}

TEST_CASE("D21: no session means surely not sent: one fetch at a time, and failed when the send-by time is over") {
  World w;
  std::vector<ProcedureId> ids;
  for (const char* key : {"a", "b", "c"}) ids.push_back(w.submit(w.command(key)).procedure.id);
  int fetches = 0;
  for (int i = 0; i < 300 && w.record(ids[0]).state != State::failed; ++i) {
    const auto fetch = any(w);
    if (!fetch) { w.after(1 * kSecondUs); continue; }
    REQUIRE(for_token(*fetch));   // nothing that moves money leaves without it
    CHECK(!any(w));
    ++fetches;
    w.fail(*fetch, Reply::Kind::lost);
  }
  CHECK(fetches > 1);
  w.after(5 * kSecondUs);
  for (const ProcedureId& id : ids) {
    CHECK(w.record(id).state == State::failed);
    CHECK(w.record(id).outcome.reason == "unavailable");
    CHECK(w.store.attempts(id).value().empty());
  }
}

TEST_CASE("renew: the token that was used is dropped, and the same bytes leave once more with a fresh one") {
  World w(1, false, [](Module& m) { renew_on_401(m, false); });
  Charge c(w);
  CHECK(header(c.sent.request, "Authorization") == "Bearer tok-canary");
  w.answer(c.sent, 401);
  const auto fetch = any(w);
  REQUIRE(fetch);
  REQUIRE(for_token(*fetch));
  w.answer(*fetch, 200, token("tok-2"));
  const auto again = any(w);
  REQUIRE(again);
  CHECK(again->request.body == c.sent.request.body);
  CHECK(header(again->request, "Authorization") == "Bearer tok-2");
  CHECK(w.store.attempts(c.id).value()[0].transmissions == 2);
  SECTION("its answer counts") {
    w.answer(*again, 202);
    CHECK(w.record(c.id).state == State::waiting);
  }
  SECTION("a second 401 is doubt, not one more") {
    w.answer(*again, 401);
    CHECK(w.record(c.id).state == State::in_doubt);
  }
  SECTION("a no to it says nothing about the first") {
    w.answer(*again, 400, "60");
    CHECK(w.record(c.id).state == State::in_doubt);
  }
  SECTION("that it surely did not leave says nothing about the first") {
    w.fail(*again, Reply::Kind::not_sent);
    CHECK(w.record(c.id).state == State::in_doubt);
  }
  check_history(w, c.id);
}

TEST_CASE("renew with a citation: the first was not looked at, so a no to the second is a no") {
  World w(1, false, [](Module& m) { renew_on_401(m, true); });
  Charge c(w);
  w.answer(c.sent, 401);
  const auto again = w.next();
  REQUIRE(again);
  w.answer(*again, 400, "60");
  CHECK(w.record(c.id).state == State::failed);
  CHECK(w.record(c.id).outcome.reason == "rejected_request");
}

TEST_CASE("renew whose fetch fails leaves the doubt about the first transmission") {
  World w(1, false, [](Module& m) { renew_on_401(m, false); });
  Charge c(w);
  w.answer(c.sent, 401);
  const auto fetch = any(w);
  REQUIRE(fetch);
  w.fail(*fetch, Reply::Kind::lost);
  CHECK(w.record(c.id).state == State::in_doubt);
}

TEST_CASE("a newer token that another flow fetched is not dropped") {
  World w(1, false, [](Module& m) { renew_on_401(m, false); });
  Charge a(w, "a"), b(w, "b");
  w.answer(a.sent, 401);
  const auto fetch = any(w);
  REQUIRE(fetch);
  w.answer(*fetch, 200, token("tok-2"));
  const auto again = any(w);
  REQUIRE(again);
  w.answer(b.sent, 401);           // it used the old one, too
  const auto other = any(w);
  REQUIRE(other);
  CHECK(!for_token(*other));       // and finds the new one
  CHECK(header(other->request, "Authorization") == "Bearer tok-2");
}

TEST_CASE("a link's limit is kept before the attempt is recorded, also after a restart") {
  World w(1, false, [](Module& m) { m.links[0].limit = 2; m.links[0].limit_window_ms = 10'000; });
  Charge a(w, "a");                // the token took the first turn
  const ProcedureId b = w.submit(w.command("b")).procedure.id;
  CHECK(!w.next());
  CHECK(w.store.attempts(b).value().empty());
  CHECK(w.record(b).state == State::accepted);
  w.after(10 * kSecondUs);
  const auto later = w.next();
  REQUIRE(later);
  CHECK(later->request.moves_money);
  w.crash();
  const ProcedureId c = w.submit(w.command("c")).procedure.id;
  CHECK(!any(w));                  // what was sent before the crash is not known: a whole window passes
  w.after(9 * kSecondUs);
  CHECK(w.store.attempts(c).value().empty());
  w.after(2 * kSecondUs);
  CHECK(any(w));
}
