// Holes through which money is lost or doubled (docs/explanation/money_safety.md), where it is the engine that closes them.
#include <catch2/catch.hpp>

#include "tests/unit/runtime/engine/charge.h"

using namespace tollgate;

namespace {

// Every charge waits under the same key, as if a carrier gave one id twice.
constexpr char kOneKey[] = "NOT_ENOUGH_FUNDS";   // a constant of the sample
void one_key_for_all(Module& m) {
  Index constant = 0;
  while (m.text(m.constants[constant].text) != kOneKey) ++constant;
  for (Slice& s : m.slices) {
    if (s.kind != SliceKind::arm || s.frame != Slice::FrameOf::procedure || s.end - s.begin != 2) continue;
    m.code[s.begin] = Instruction::ai(Op::constant, 1, constant).word;   // instead of the kept reference
  }
  wait_for_callback_alone(m);
  m.callbacks[0].parameters[0].type.kind = Kind::text;
}

}  // namespace

TEST_CASE("H11: numbers of a counter are reserved durably before one is used; a crash skips, and never repeats") {
  World w;
  auto deployment = deploy(w.program, w.settings);
  REQUIRE(deployment.ok());
  const std::string url = "http://x";
  SliceHost first(**deployment, w.clock, w.random, w.vault, url);
  CHECK(first.next_counter(0) == 1);
  CHECK(first.next_counter(0) == 2);
  REQUIRE(first.counters.size() == 1);                 // goes with the commit that the bytes wait for
  CHECK(first.counters[0].next == 1 + kCounterBlock);
  (*deployment)->counters[0] = {first.counters[0].next, first.counters[0].next};   // what recovery reads back
  SliceHost second(**deployment, w.clock, w.random, w.vault, url);
  CHECK(second.next_counter(0) == 1 + kCounterBlock);
  REQUIRE(second.counters.size() == 1);
  CHECK(second.counters[0].next == 1 + 2 * kCounterBlock);
}

TEST_CASE("D25: a success whose reference is empty or blank is none: nobody could find the payment again") {
  for (const std::string empty : {"", "  "}) {
    World w;
    Charge c(w);
    w.fail(c.sent, Reply::Kind::lost);
    w.after(5 * kSecondUs);
    const auto enquiry = w.next();
    REQUIRE(enquiry);
    std::string body = World::paid(c.ref);
    const size_t at = body.find("t-");
    body.replace(at, body.rfind('"') - at, empty);
    w.answer(*enquiry, 200, body);
    CHECK(w.record(c.id).state == State::in_doubt);
    CHECK(w.store.ledger(c.id).value().empty());
    w.after(15 * kSecondUs);
    const auto later = w.next();
    REQUIRE(later);
    w.answer(*later, 200, World::paid(c.ref));
    CHECK(w.record(c.id).state == State::succeeded);
    CHECK(!w.record(c.id).outcome.carrier_ref.empty());
  }
}

TEST_CASE("H15: declined, then a success: a case for a person; the outcome and the ledger stay") {
  World w(1, true);
  Charge c(w);
  w.answer(c.sent, 202);
  CHECK(w.call(c.ref, World::refused()).status == 200);
  CHECK(w.record(c.id).state == State::declined);
  CHECK(w.call(c.ref, World::paid(c.ref)).status == 200);
  CHECK(w.record(c.id).state == State::declined);
  CHECK(w.store.ledger(c.id).value().empty());
  REQUIRE(w.store.cases().value().size() == 1);
  CHECK(w.store.cases().value()[0].kind == "contradiction");
  check_history(w, c.id);
}

TEST_CASE("H16: a purchase asked for again while the first is in doubt is the first one") {
  World w;
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);
  const SubmitResult again = w.submit(w.command("k1"));
  CHECK(again.kind == Submitted::existing);
  CHECK(again.procedure.id == c.id);
  CHECK(again.procedure.state == State::in_doubt);
  CHECK(!w.next());
}

TEST_CASE("H17: the end of our patience is doubt; a late yes of the user still counts") {
  World w(1, true, wait_for_callback_alone);
  Charge c(w);
  w.answer(c.sent, 202);
  w.after(601 * kSecondUs);                            // the declared wait is ten minutes
  CHECK(w.record(c.id).state == State::in_doubt);
  CHECK(w.call(c.ref, World::paid(c.ref)).status == 200);
  CHECK(w.record(c.id).state == State::succeeded);
  CHECK(w.store.ledger(c.id).value().size() == 2);
}

TEST_CASE("H18: two open procedures wait for one key: a message under it settles neither, and a person is told") {
  World w(1, true, one_key_for_all);
  Charge a(w, "a"), b(w, "b");
  w.answer(a.sent, 202);
  w.answer(b.sent, 202);
  CHECK(w.record(b.id).state == State::waiting);
  CHECK(w.call(kOneKey, World::paid(a.ref)).status == 200);
  CHECK(w.record(a.id).state == State::waiting);
  CHECK(w.record(b.id).state == State::waiting);
  REQUIRE(w.store.cases().value().size() == 1);
  CHECK(w.store.cases().value()[0].kind == "key_collision");
  CHECK(w.store.cases().value()[0].procedure == b.id);
}

TEST_CASE("H26: a refund is a procedure of its own, whose money goes the other way") {
  World w(1, true, [](Module& m) {
    for (std::string& text : m.texts) {
      if (text == "charge") text = "refund";
    }
  });
  Command refund = w.command("k1");
  refund.action = "refund";
  const SubmitResult r = w.submit(refund);
  REQUIRE(r.kind == Submitted::accepted);
  const auto sent = w.next();
  REQUIRE(sent);
  w.fail(*sent, Reply::Kind::lost);
  CHECK(w.record(r.procedure.id).state == State::in_doubt);   // its own doubt
  const std::string ref = World::ref_of(sent->request);
  w.call(ref, World::paid(ref));
  CHECK(w.record(r.procedure.id).state == State::succeeded);
  const auto ledger = w.store.ledger(r.procedure.id).value();
  REQUIRE(ledger.size() == 2);
  CHECK(ledger[0].account == "user");
  CHECK(ledger[0].amount == 5000);
  CHECK(ledger[1].amount == -5000);
}

TEST_CASE("H28: a procedure whose definition is not loaded stays as it is, and goes on when it is") {
  World w;
  Charge c(w);
  w.answer(c.sent, 202);
  const auto old = w.program;
  Sample sample;
  for (std::string& text : sample.m.texts) {
    if (text == "SUCCESSFUL") text = "TAKEN";
  }
  canonicalize(sample.m);
  auto changed = Program::load(std::move(sample.m));
  REQUIRE(changed.ok());
  w.program = *changed;
  w.crash();
  CHECK(w.record(c.id).state == State::waiting);
  REQUIRE(!w.observer.troubles.empty());
  CHECK(w.observer.troubles.back().second.code == "definition_missing");
  CHECK(w.engine->status().open == 1);                 // not none: it waits
  CHECK(w.engine->status().left == 1);
  REQUIRE(w.engine->left().size() == 1);
  CHECK(w.engine->left()[0].why == "module " + hex(old->hash()).substr(0, 12) + " of mtn_ug is not loaded");
  CHECK(w.engine->left()[0].of_configuration);
  w.after(1200 * kSecondUs);
  CHECK(!w.next());                                    // nobody asks in its name, and its deadline does nothing
  CHECK(w.record(c.id).state == State::waiting);
  w.program = old;
  w.crash();
  auto enquiry = w.next();
  for (int i = 0; i < 5 && !enquiry; ++i) { w.after(60 * kSecondUs); enquiry = w.next(); }
  REQUIRE(enquiry);
  w.answer(*enquiry, 200, World::paid(c.ref));
  CHECK(w.record(c.id).state == State::succeeded);
}

TEST_CASE("H28: while an old definition's procedures wait beside a new one, each is read by its own") {
  World w(1, true);
  Charge c(w);
  w.answer(c.sent, 202);
  Sample sample;
  sample.m.endpoints[0].proves = true;
  for (std::string& text : sample.m.texts) {
    if (text == "SUCCESSFUL") text = "TAKEN";
  }
  canonicalize(sample.m);
  auto changed = Program::load(std::move(sample.m));
  REQUIRE(changed.ok());
  REQUIRE(w.engine->add(*changed, w.settings).ok());
  CHECK(w.call(c.ref, World::paid(c.ref)).status == 200);   // in the words of the old one
  CHECK(w.record(c.id).state == State::succeeded);
}
