// Hints: messages that prove nothing and make us ask. One is sent once, so neither a kill nor an enquiry's bad luck may make it forgotten.
#include <catch2/catch.hpp>

#include "tests/unit/runtime/engine/charge.h"

using namespace tollgate;

namespace {

struct Hinted {
  explicit Hinted(World& w) : charge(w) { w.answer(charge.sent, 202); }
  Charge charge;
};

}  // namespace

TEST_CASE("a hint recorded just before a kill is asked about at once after the restart") {
  World w(1, false, wait_for_callback_alone);
  Hinted h(w);
  CHECK(w.call(h.charge.ref, World::paid(h.charge.ref)).status == 200);
  w.crash();   // before the enquiry was answered
  const auto enquiry = w.next();
  REQUIRE(enquiry);
  CHECK(!enquiry->request.moves_money);
  w.answer(*enquiry, 200, World::paid(h.charge.ref));
  CHECK(w.record(h.charge.id).state == State::succeeded);
  check_history(w, h.charge.id);
}

TEST_CASE("a hint that came while sending is asked about after a kill") {
  World w(1, false, wait_for_callback_alone);
  Charge c(w);
  CHECK(w.call(c.ref, World::paid(c.ref)).status == 200);
  CHECK(!w.next());   // the answer is still to come
  w.crash();
  w.run_store();
  CHECK(w.record(c.id).state == State::in_doubt);
  const auto enquiry = w.next();
  REQUIRE(enquiry);
  w.answer(*enquiry, 200, World::paid(c.ref));
  CHECK(w.record(c.id).state == State::succeeded);
}

TEST_CASE("a hint whose enquiry finds nothing is asked about again on the enquiry's pace, not at the deadline") {
  World w(1, false, wait_for_callback_alone);
  Hinted h(w);
  CHECK(w.call(h.charge.ref, World::paid(h.charge.ref)).status == 200);
  auto enquiry = w.next();
  REQUIRE(enquiry);
  w.answer(*enquiry, 404);
  for (const int64_t pause : {15, 60}) {   // the sample's `every 5s, 15s, 60s`; the hint itself stood for the first
    CHECK(!w.next());
    w.after((pause - 1) * kSecondUs);
    CHECK(!w.next());
    w.after(1 * kSecondUs);
    enquiry = w.next();
    REQUIRE(enquiry);
    CHECK(w.record(h.charge.id).state == State::waiting);
    if (pause == 15) w.fail(*enquiry, Reply::Kind::lost);
  }
  w.answer(*enquiry, 200, World::paid(h.charge.ref));
  CHECK(w.record(h.charge.id).state == State::succeeded);
}

TEST_CASE("a hint that comes while an enquiry is out makes us ask once more at once") {
  World w;
  Hinted h(w);
  w.after(5 * kSecondUs);
  const auto early = w.next();
  REQUIRE(early);
  CHECK(w.call(h.charge.ref, World::paid(h.charge.ref)).status == 200);
  CHECK(!w.next());   // one question at a time
  w.answer(*early, 200, R"({"status":"PENDING"})");
  const auto again = w.next();
  REQUIRE(again);
  w.answer(*again, 200, World::paid(h.charge.ref));
  CHECK(w.record(h.charge.id).state == State::succeeded);
}

TEST_CASE("without a hint a wait for a callback alone asks nothing before its deadline, also after a kill") {
  World w(1, false, wait_for_callback_alone);
  Hinted h(w);
  w.crash();
  CHECK(!w.next());
  w.after(120 * kSecondUs);
  CHECK(!w.next());
  CHECK(w.record(h.charge.id).state == State::waiting);
}

TEST_CASE("a message that says nothing definite is no hint") {
  World w(1, false, wait_for_callback_alone);
  Hinted h(w);
  CHECK(w.call(h.charge.ref, R"({"status":"PENDING"})").status == 200);
  CHECK(!w.next());
  w.crash();
  CHECK(!w.next());
}

TEST_CASE("a flood of hints is asked about a few times at once, and then on the enquiry's pace") {
  World w(1, false, wait_for_callback_alone);
  Hinted h(w);
  uint32_t asked = 0;
  for (int i = 0; i < 40; ++i) {   // each message is another one: whoever knows the URL can write them
    std::string message = World::paid(h.charge.ref);
    message.insert(1, "\"nonce\":\"" + std::to_string(i) + "\",");
    CHECK(w.call(h.charge.ref, message).status == 200);
    while (const auto enquiry = w.next()) ++asked, w.answer(*enquiry, 404);
  }
  CHECK(asked == bounds::kHints);
  for (int minutes = 0; minutes < 2; ++minutes) w.after(60 * kSecondUs);
  const auto later = w.next();
  REQUIRE(later);   // what the first hints said is still asked about
  w.answer(*later, 200, World::paid(h.charge.ref));
  CHECK(w.record(h.charge.id).state == State::succeeded);
  CHECK(w.observer.troubles.empty());
}
