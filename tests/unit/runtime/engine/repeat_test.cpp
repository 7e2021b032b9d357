// Repeats out of doubt: the same reference and bytes once more, by the promise of `once per`, in its window, and never believed too early.
#include <catch2/catch.hpp>

#include "tests/unit/runtime/engine/charge.h"

using namespace tollgate;

namespace {

void absent(Module& m) { absent_when_unknown(m); }
void manual(Module& m) { doubt_is_manual(m); }
auto absent_with_window(uint64_t window_ms) {
  return [window_ms](Module& m) {
    absent_when_unknown(m);
    for (Exchange& e : m.exchanges) {
      if (e.has_once) e.once.window_ms = window_ms;
    }
  };
}

// Answers every enquiry with 404 until something else is sent; nullopt when the procedure ended before.
std::optional<ScriptedLinks::Sent> next_for_money(World& w, const ProcedureId& id) {
  for (int i = 0; i < 200 && !terminal(w.record(id).state) && w.record(id).state != State::suspended; ++i) {
    auto sent = w.next();
    if (!sent) { w.after(5 * kSecondUs); continue; }
    if (sent->request.moves_money) return sent;
    w.answer(*sent, 404, "{}");
  }
  return std::nullopt;
}

uint32_t transmissions(World& w, const ProcedureId& id) { return w.store.attempts(id).value().at(0).transmissions; }

}  // namespace

TEST_CASE("a server that swallowed the first: found absent, the same bytes go again, and are taken once") {
  World w(1, false, absent);
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);
  const int64_t lost_us = w.clock.wall_us();
  const auto again = next_for_money(w, c.id);
  REQUIRE(again);
  CHECK(w.clock.wall_us() >= lost_us + 140 * kSecondUs);   // the answer's time and the declared two minutes
  CHECK(again->request.body == c.sent.request.body);
  CHECK(again->request.url == c.sent.request.url);
  CHECK(World::ref_of(again->request) == c.ref);
  CHECK(transmissions(w, c.id) == 2);                       // durable before the bytes
  CHECK(w.record(c.id).state == State::sending);
  CHECK(w.record(c.id).attempt == 1);
  w.answer(*again, 202);
  CHECK(w.record(c.id).state == State::waiting);
  w.after(5 * kSecondUs);
  const auto enquiry = w.next();
  REQUIRE(enquiry);
  w.answer(*enquiry, 200, World::paid(c.ref));
  CHECK(w.record(c.id).state == State::succeeded);
  CHECK(w.store.ledger(c.id).value().size() == 2);
  check_history(w, c.id);
}

TEST_CASE("the repeat is answered as a repeat: the first had arrived, and is waited for") {
  World w(1, false, absent);
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);
  const auto again = next_for_money(w, c.id);
  REQUIRE(again);
  w.answer(*again, 409);
  CHECK(w.record(c.id).state == State::waiting);
  CHECK(w.store.cases().value().empty());   // unlike a 409 to the first
}

TEST_CASE("a no to the repeat says nothing about the first") {
  World w(1, false, absent);
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);
  const auto again = next_for_money(w, c.id);
  REQUIRE(again);
  w.answer(*again, 400, "60");
  CHECK(w.record(c.id).state == State::in_doubt);
  w.after(5 * kSecondUs);
  const auto enquiry = w.next();
  REQUIRE(enquiry);
  w.answer(*enquiry, 200, World::paid(c.ref));              // the first one had taken it
  CHECK(w.record(c.id).state == State::succeeded);
}

TEST_CASE("H6: the first answer is promised again: a no about the payment is believed where nobody can be asked, and a no about the call never") {
  for (About about : {About::payment, About::call}) {
    World w(1, false, [about](Module& m) { manual(m); answers_original(m, about); });
    Charge c(w);
    w.fail(c.sent, Reply::Kind::lost);
    w.after(24 * kSecondUs);
    const auto again = w.next();
    REQUIRE(again);
    w.answer(*again, 400, "60");
    CHECK(w.record(c.id).state == (about == About::payment ? State::failed : State::in_doubt));
  }
}

TEST_CASE("H6: the first answer is promised again, and somebody can be asked: proof before promise") {
  World w(1, false, [](Module& m) { absent(m); answers_original(m, About::payment); });
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);
  const auto again = next_for_money(w, c.id);
  REQUIRE(again);
  w.answer(*again, 400, "60");                              // "known already", by a word of a carrier that promised otherwise
  CHECK(w.record(c.id).state == State::in_doubt);
  w.after(5 * kSecondUs);
  const auto enquiry = w.next();
  REQUIRE(enquiry);
  w.answer(*enquiry, 200, World::paid(c.ref));
  CHECK(w.record(c.id).state == State::succeeded);
}

TEST_CASE("repeats are bounded: three transmissions, then it has failed, for the carrier never had it") {
  World w(1, false, absent);
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);
  int repeats = 0;
  while (const auto again = next_for_money(w, c.id)) {
    ++repeats;
    CHECK(again->request.body == c.sent.request.body);
    w.fail(*again, Reply::Kind::lost);
  }
  CHECK(repeats == 2);
  CHECK(w.record(c.id).state == State::failed);
  CHECK(w.record(c.id).outcome.reason == "not_received");
  check_history(w, c.id);
}

TEST_CASE("a repeat that surely did not leave is still doubt about the first") {
  World w(1, false, absent);
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);
  const auto again = next_for_money(w, c.id);
  REQUIRE(again);
  w.fail(*again, Reply::Kind::not_sent);
  CHECK(w.record(c.id).state == State::in_doubt);
}

TEST_CASE("H12: no repeat in the window's last tenth, less the time of an answer") {
  // Absence is believed 140 s after the first; the repeat's answer may take until 160 s.
  World open(1, false, absent_with_window(180'000));    // nine tenths: 162 s
  Charge a(open);
  open.fail(a.sent, Reply::Kind::lost);
  CHECK(next_for_money(open, a.id));
  World closed(1, false, absent_with_window(170'000));   // 153 s
  Charge b(closed);
  closed.fail(b.sent, Reply::Kind::lost);
  CHECK(!next_for_money(closed, b.id));
  CHECK(closed.record(b.id).state == State::failed);
  CHECK(closed.record(b.id).outcome.reason == "not_received");
}

TEST_CASE("without a promise nothing is repeated: what never arrived has failed") {
  World w(1, false, [](Module& m) { absent_when_unknown(m); without_once(m); });
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);
  CHECK(!next_for_money(w, c.id));
  CHECK(w.record(c.id).state == State::failed);
}

TEST_CASE("what a user has given up on does not come back") {
  World w(1, false, absent);
  w.options.repeat_by_us = 100 * kSecondUs;
  w.boot();
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);
  CHECK(!next_for_money(w, c.id));
  CHECK(w.record(c.id).outcome.reason == "not_received");
}

TEST_CASE("H14: where only a person could help, it is repeated, but not before the first answer's time is over") {
  World w(1, false, manual);
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);                        // a reset, at once
  CHECK(w.record(c.id).state == State::in_doubt);
  CHECK(w.store.events(c.id).value().back().detail.find("\"proof\":\"repeat\"") != std::string::npos);
  w.after(22 * kSecondUs);
  CHECK(!w.next());
  w.after(2 * kSecondUs);                                   // connect 3 s and answer 20 s
  const auto again = w.next();
  REQUIRE(again);
  CHECK(again->request.body == c.sent.request.body);
  w.answer(*again, 202);
  CHECK(w.record(c.id).state == State::waiting);
}

TEST_CASE("where only a person could help and no repeat is answered, a person is asked") {
  World w(1, false, manual);
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);
  int repeats = 0;
  for (int i = 0; i < 60 && w.record(c.id).state != State::suspended; ++i) {
    w.after(5 * kSecondUs);
    if (const auto again = w.next()) { ++repeats; w.fail(*again, Reply::Kind::lost); }
  }
  CHECK(repeats == 2);
  CHECK(w.record(c.id).state == State::suspended);
  CHECK(w.store.ledger(c.id).value().empty());
}

TEST_CASE("a kill at any moment of a repeat: the same reference and bytes, and no more of them than allowed") {
  for (int kill = 0; kill < 3; ++kill) {
    World w(1, false, absent);
    Charge c(w);
    if (kill == 0) w.crash();   // the first was on its way
    else w.fail(c.sent, Reply::Kind::lost);
    if (kill == 1) w.crash();   // in doubt
    auto again = next_for_money(w, c.id);
    REQUIRE(again);
    if (kill == 2) {            // the repeat was on its way
      w.crash();
      again = next_for_money(w, c.id);
      REQUIRE(again);
      CHECK(transmissions(w, c.id) == 3);
    }
    CHECK(again->request.body == c.sent.request.body);
    w.answer(*again, 202);
    CHECK(w.record(c.id).state == State::waiting);
    check_history(w, c.id);
  }
}

TEST_CASE("an absence that was asked about before the repeat is not believed after it") {
  World w(1, false, [](Module& m) { absent_when_unknown(m, 60'000); });
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);
  w.after(5 * kSecondUs);
  const auto early = w.next();
  REQUIRE(early);
  w.clock.advance(90 * kSecondUs);   // a slow answer: the question is older than the instant from which absence counts
  w.answer(*early, 404, "{}");
  CHECK(w.record(c.id).state == State::in_doubt);
  CHECK(transmissions(w, c.id) == 1);
}

TEST_CASE("what contradicts itself is never repeated") {
  World w(1, false, absent);
  Charge c(w);
  w.answer(c.sent, 409);
  CHECK(w.record(c.id).state == State::suspended);
  CHECK(!next_for_money(w, c.id));
}
