// Every (state, event, facts) triple is enumerated: 15 x 23 x 32. The laws are those that money depends on.
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "runtime/patterns/pattern.h"

using namespace tollgate;

namespace {

template <class F>
void each(F f) {
  for (int s = 0; s < kStateCount; ++s) {
    for (int e = 0; e < kEventCount; ++e) {
      for (int bits = 0; bits < 32; ++bits) {
        const Facts facts{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0};
        f(static_cast<State>(s), static_cast<Event>(e), facts, next(static_cast<State>(s), static_cast<Event>(e), facts));
      }
    }
  }
}

bool outcome(State s) { return s == State::succeeded || s == State::declined || s == State::failed || s == State::partial || s == State::reversed; }

}  // namespace

TEST_CASE("every pair has at most one answer, and rows are reachable") {
  std::set<const Transition*> taken;
  each([&](State s, Event e, const Facts&, const Transition* t) {
    if (t == nullptr) return;
    CHECK(t->from == s);
    CHECK(t->event == e);
    taken.insert(t);
  });
  CHECK(taken.size() == transitions().size());   // a row behind a more general one would never be taken
}

TEST_CASE("doubt is left for an outcome only by proof") {
  each([&](State s, Event, const Facts& facts, const Transition* t) {
    if (t == nullptr || (s != State::in_doubt && s != State::suspended)) return;
    if (outcome(t->to)) CHECK(facts.proof);
    CHECK(t->to != State::expired);
    CHECK(t->to != State::cancelled);
    if (t->event == Event::deadline || t->event == Event::spent || t->event == Event::recover) CHECK(!outcome(t->to));
  });
}

TEST_CASE("money: no outcome from an open attempt without proof") {
  each([&](State s, Event e, const Facts& facts, const Transition* t) {
    if (t == nullptr || !facts.money || !attempt_open(s)) return;
    if (outcome(t->to)) CHECK((facts.proof && needs_proof(e)));
  });
}

TEST_CASE("expired and cancelled only where no attempt is open") {
  each([&](State s, Event, const Facts& facts, const Transition* t) {
    if (t == nullptr || (t->to != State::expired && t->to != State::cancelled)) return;
    CHECK(!attempt_open(s));
    if (s != State::accepted) CHECK(!facts.earlier_sent);
  });
}

TEST_CASE("a sending money procedure found at recovery is in doubt, never ready") {
  const Transition* t = next(State::sending, Event::recover, {.money = true});
  REQUIRE(t != nullptr);
  CHECK(t->to == State::in_doubt);
  each([&](State s, Event e, const Facts& facts, const Transition* row) {
    if (s == State::sending && e == Event::recover && row != nullptr && facts.money) CHECK(row->to == State::in_doubt);
  });
}

TEST_CASE("terminal states stay, but for a reversal") {
  each([&](State s, Event e, const Facts&, const Transition* t) {
    if (terminal(s) && t != nullptr) CHECK((s == State::succeeded && e == Event::reverse && t->to == State::reversing));
  });
}

TEST_CASE("a no to a retransmission stays doubt") {
  CHECK(next(State::sending, Event::refusal, {.money = true, .retransmitted = true, .proof = true})->to == State::in_doubt);
  CHECK(next(State::sending, Event::failure, {.money = true, .retransmitted = true, .proof = true})->to == State::in_doubt);
  CHECK(next(State::sending, Event::refusal, {.money = true, .proof = true})->to == State::declined);
}

TEST_CASE("giving up is a definite no only if nothing of the attempt ever left") {
  CHECK(next(State::ready, Event::give_up, {.money = true})->to == State::failed);
  CHECK(next(State::ready, Event::give_up, {.money = true, .earlier_sent = true})->to == State::in_doubt);
}

TEST_CASE("retransmission out of doubt needs an open window") {
  CHECK(next(State::in_doubt, Event::repeat, {.money = true}) == nullptr);
  CHECK(next(State::in_doubt, Event::repeat, {.money = true, .window_open = true})->to == State::sending);
}

TEST_CASE("what is taken is posted, what is posted was taken") {
  for (const Transition& t : transitions()) {
    const bool took = t.to == State::succeeded || t.to == State::partial || t.to == State::reversed;
    CHECK(((t.actions & post) != 0) == took);
    CHECK(((t.actions & transmit) != 0) == (t.to == State::sending || t.to == State::reversing));
    CHECK(!t.why.empty());
    if (terminal(t.to)) CHECK((t.actions & settle) != 0);
  }
}

TEST_CASE("the table prints, a line per row") {
  const std::string text = describe_transitions();
  CHECK(std::count(text.begin(), text.end(), '\n') == static_cast<long>(transitions().size()) + 2);
  CHECK(text.find("| sending | lost | money | in_doubt | ask |") != std::string::npos);
}
