// Procedures of several steps: each sends its own request, all with one reference.
#include <catch2/catch.hpp>

#include "tests/unit/runtime/engine/charge.h"

using namespace tollgate;

namespace {

struct Confirming {
  explicit Confirming(World& w) : charge(w) {
    w.answer(charge.sent, 202);
    const auto next = w.next();
    REQUIRE(next);
    second = *next;
  }
  Charge charge;
  ScriptedLinks::Sent second;
};

}  // namespace

TEST_CASE("an answer leads to the next step, whose request is durable before it leaves") {
  World w(1, false, confirm_in_a_second_step);
  Confirming p(w);
  CHECK(p.second.request.method == "POST");
  CHECK(p.second.request.url.ends_with(p.charge.ref));
  CHECK(w.record(p.charge.id).step == 1);
  CHECK(w.record(p.charge.id).attempt == 1);
  CHECK(w.record(p.charge.id).state == State::sending);
  CHECK(w.store.attempts(p.charge.id).value()[0].exchange_index != kChargeExchange);
  w.answer(p.second, 202);
  CHECK(w.record(p.charge.id).state == State::waiting);
  w.after(5 * kSecondUs);
  const auto enquiry = w.next();
  REQUIRE(enquiry);
  w.answer(*enquiry, 200, World::paid(p.charge.ref));
  CHECK(w.record(p.charge.id).state == State::succeeded);
  CHECK(w.store.ledger(p.charge.id).value().size() == 2);
  check_history(w, p.charge.id);
}

TEST_CASE("D19: that a later step surely did not leave proves nothing about the first: doubt, never failed") {
  World w(1, false, confirm_in_a_second_step);
  Confirming p(w);
  w.fail(p.second, Reply::Kind::not_sent);
  CHECK(w.record(p.charge.id).state == State::ready);
  for (int i = 0; i < 60 && w.record(p.charge.id).state == State::ready; ++i) {
    w.after(1 * kSecondUs);
    if (const auto again = w.next()) w.fail(*again, Reply::Kind::not_sent);
  }
  CHECK(w.record(p.charge.id).state == State::in_doubt);
}

TEST_CASE("a crash between two steps goes on with the second, and sends the first no more") {
  World w(1, false, confirm_in_a_second_step);
  Charge c(w);
  Reply accepted;
  accepted.kind = Reply::Kind::answer;
  accepted.status = 202;
  w.engine->on_reply(c.sent.ticket, accepted);
  w.crash(1);   // the answer's commit had reached the disk
  const auto next = w.next();
  REQUIRE(next);
  CHECK(next->request.url.ends_with(c.ref));
}
