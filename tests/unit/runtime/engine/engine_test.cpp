#include <catch2/catch.hpp>

#include "tests/unit/runtime/engine/charge.h"

using namespace tollgate;

TEST_CASE("asked, accepted, hinted, looked up: succeeded, posted once") {
  World w;
  Charge c(w);
  CHECK(c.sent.request.moves_money);
  CHECK(w.record(c.id).state == State::sending);
  REQUIRE(w.store.attempts(c.id).value().size() == 1);                       // durable before the bytes
  CHECK(w.store.attempts(c.id).value()[0].reference == c.ref);
  CHECK(w.store.attempts(c.id).value()[0].exchange.find("256770000001") == std::string::npos);   // sealed
  w.answer(c.sent, 202);
  CHECK(w.record(c.id).state == State::waiting);
  CHECK(w.call(c.ref, World::paid(c.ref)).status == 200);
  CHECK(w.record(c.id).state == State::waiting);                             // a URL token proves nothing
  const auto enquiry = w.next();
  REQUIRE(enquiry);
  CHECK(enquiry->request.url.ends_with(c.ref));
  int told = 0;
  w.engine->when_settled(c.id, [&](const ProcedureRecord& r) { ++told; CHECK(r.state == State::succeeded); });
  w.answer(*enquiry, 200, World::paid(c.ref));
  CHECK(w.record(c.id).state == State::succeeded);
  CHECK(told == 1);
  CHECK(w.record(c.id).outcome.paid == 5000);
  const auto ledger = w.store.ledger(c.id).value();
  REQUIRE(ledger.size() == 2);
  CHECK(ledger[0].amount + ledger[1].amount == 0);
  CHECK(w.engine->status().open == 0);
  check_history(w, c.id);
}

TEST_CASE("a lost answer is doubt, and doubt is left by proof") {
  World w;
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);
  CHECK(w.record(c.id).state == State::in_doubt);
  CHECK(w.engine->status().in_doubt == 1);
  w.after(6 * kSecondUs);
  const auto enquiry = w.next();
  REQUIRE(enquiry);
  w.answer(*enquiry, 503);
  CHECK(w.record(c.id).state == State::in_doubt);   // what became of the question is no news
  w.after(16 * kSecondUs);
  const auto again = w.next();
  REQUIRE(again);
  w.answer(*again, 200, World::refused());
  CHECK(w.record(c.id).state == State::declined);
  CHECK(w.record(c.id).outcome.reason == "insufficient_funds");
  CHECK(w.store.ledger(c.id).value().empty());
  check_history(w, c.id);
}

TEST_CASE("answers that nobody foresaw are doubt: 503, bad bytes, a contradiction") {
  for (const char* body : {"", "{\"status\":", "<html>"}) {
    World w;
    Charge c(w);
    w.answer(c.sent, 503, body);
    CHECK(w.record(c.id).state == State::in_doubt);
  }
}

TEST_CASE("the reference was used before the first transmission: doubt, a case, a person") {
  World w;
  Charge c(w);
  w.answer(c.sent, 409);
  CHECK(w.record(c.id).state == State::suspended);
  CHECK(w.store.cases().value()[0].kind == "contradiction");
  check_history(w, c.id);
}

TEST_CASE("surely not sent: the same reference again, and failed when its time is over") {
  World w;
  Charge c(w);
  w.fail(c.sent, Reply::Kind::not_sent);
  CHECK(w.record(c.id).state == State::ready);
  w.after(1 * kSecondUs);
  const auto again = w.next();
  REQUIRE(again);
  CHECK(again->request.body == c.sent.request.body);
  w.fail(*again, Reply::Kind::not_sent);
  for (int i = 0; i < 40 && w.record(c.id).state != State::failed; ++i) {
    w.after(2 * kSecondUs);
    if (const auto more = w.next()) w.fail(*more, Reply::Kind::not_sent);
  }
  CHECK(w.record(c.id).state == State::failed);
  CHECK(w.record(c.id).outcome.reason == "unavailable");
  check_history(w, c.id);
}

TEST_CASE("a key belongs to one request") {
  World w;
  Charge c(w);
  CHECK(w.submit(w.command("k1")).kind == Submitted::existing);
  CHECK(w.submit(w.command("k1")).procedure.id == c.id);
  Command other = w.command("k1", "UGX 9");
  other.body_hash[0] = 1;
  CHECK(w.submit(other).kind == Submitted::conflict);
  CHECK(w.store.all_procedures().size() == 1);
}

TEST_CASE("bad arguments are refused with the reason") {
  World w;
  const auto code = [&](auto change) { Command c = w.command("x"); change(c); const SubmitResult r = w.submit(c); CHECK(r.kind == Submitted::refused); return r.error.code; };
  CHECK(code([](Command& c) { c.carrier = "nobody"; }) == "carrier_unknown");
  CHECK(code([](Command& c) { c.action = "fly"; }) == "action_unknown");
  CHECK(code([](Command& c) { c.arguments[1].second = "EUR 5"; }) == "currency_wrong");
  CHECK(code([](Command& c) { c.arguments[1].second = "5000"; }) == "currency_missing");
  CHECK(code([](Command& c) { c.arguments[1].second = "UGX 5.50"; }) == "argument_invalid");
  CHECK(code([](Command& c) { c.arguments[1].second = "UGX -5"; }) == "argument_invalid");
  CHECK(code([](Command& c) { c.arguments[0].second = "+44770000001"; }) == "argument_invalid");
  CHECK(code([](Command& c) { c.arguments.pop_back(); }) == "argument_missing");
  CHECK(code([](Command& c) { c.arguments.emplace_back("colour", "red"); }) == "argument_unknown");
  CHECK(code([](Command& c) { c.arguments.emplace_back("tax.currency", "UGX"); }) == "argument_unknown");   // of no amount
  CHECK(code([](Command& c) { c.idempotency_key.clear(); }) == "key_invalid");
  CHECK(w.store.all_procedures().empty());
}

TEST_CASE("a crash while sending is doubt after the restart") {
  World w;
  Charge c(w);
  w.crash();
  w.run_store();
  CHECK(w.record(c.id).state == State::in_doubt);
  w.after(6 * kSecondUs);
  const auto enquiry = w.next();
  REQUIRE(enquiry);
  CHECK(!enquiry->request.moves_money);
  w.answer(*enquiry, 200, World::paid(c.ref));
  CHECK(w.record(c.id).state == State::succeeded);
  check_history(w, c.id);
}

TEST_CASE("a node that dies again and again still comes to ask") {
  World w;
  Charge c(w);
  bool asked = false;
  for (int i = 0; i < 8 && !asked; ++i) {   // each life is shorter than the first pause of the enquiry
    w.crash();
    const auto enquiry = w.next();
    asked = enquiry.has_value();
    if (asked) w.answer(*enquiry, 200, World::paid(c.ref));
    else w.after(2 * kSecondUs);
  }
  CHECK(asked);
  CHECK(w.record(c.id).state == State::succeeded);
  check_history(w, c.id);
}

TEST_CASE("the timeline says what a doubt waits for") {
  World w;
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);
  const auto events = w.store.events(c.id).value();
  REQUIRE(!events.empty());
  CHECK(events.back().kind == "doubt");
  CHECK(events.back().detail.find("\"proof\":\"enquiry\"") != std::string::npos);
}

TEST_CASE("a crash while waiting keeps the wait") {
  World w;
  Charge c(w);
  w.answer(c.sent, 202);
  w.crash();
  CHECK(w.record(c.id).state == State::waiting);
  CHECK(w.call(c.ref, World::paid(c.ref)).status == 200);
  const auto enquiry = w.next();
  REQUIRE(enquiry);
  w.answer(*enquiry, 200, World::paid(c.ref));
  CHECK(w.record(c.id).state == State::succeeded);
}

TEST_CASE("when every proof is spent a person is asked, and late proof still counts") {
  World w;
  Charge c(w);
  w.fail(c.sent, Reply::Kind::lost);
  for (int i = 0; i < 5000 && w.record(c.id).state == State::in_doubt; ++i) {
    w.after(60 * kSecondUs);
    while (const auto enquiry = w.next()) w.answer(*enquiry, 404);
  }
  CHECK(w.record(c.id).state == State::suspended);
  CHECK(w.store.cases().value().back().kind == "suspended");
  CHECK(w.engine->status().open == 0);
}

TEST_CASE("forged, foreign and repeated messages") {
  World w;
  Charge c(w);
  w.answer(c.sent, 202);
  CHECK(w.call(c.ref, World::paid(c.ref), true).status == 401);
  CHECK(w.store.all_callbacks().empty());
  const std::string stranger = "00000000-0000-4000-8000-000000000000";
  CHECK(w.call(stranger, World::paid(stranger)).status == 200);
  REQUIRE(w.store.all_callbacks().size() == 1);
  CHECK(w.store.all_callbacks()[0].state == CallbackState::foreign);
  CHECK(w.call(c.ref, World::paid(c.ref)).status == 200);
  CHECK(w.call(c.ref, World::paid(c.ref)).status == 200);
  CHECK(w.store.all_callbacks().size() == 2);
  w.store.fail_next(1);
  CHECK(w.call(c.ref, World::refused()).status == 503);   // not durable, so not acknowledged
}

TEST_CASE("proof that overtakes the answer closes at once; the answer changes nothing") {
  World w(1, true);
  Charge c(w);
  CHECK(w.call(c.ref, World::paid(c.ref)).status == 200);
  CHECK(w.record(c.id).state == State::succeeded);
  w.answer(c.sent, 202);
  CHECK(w.record(c.id).state == State::succeeded);
  CHECK(w.store.ledger(c.id).value().size() == 2);
  CHECK(w.call(c.ref, World::refused()).status == 200);     // late and contradicting
  CHECK(w.record(c.id).state == State::succeeded);
  REQUIRE(w.store.cases().value().size() == 1);
  CHECK(w.store.cases().value()[0].kind == "contradiction");
  REQUIRE(w.observer.cases.size() == 1);
  CHECK(w.observer.cases[0].second.kind == "contradiction");
  CHECK(w.observer.messages == std::vector<std::string>{"mtn_ug paid matched", "mtn_ug paid contradicts"});
}

TEST_CASE("what becomes of each message of a carrier is told, without a word of it") {
  World w(1, true);
  Charge c(w);
  w.answer(c.sent, 202);
  const auto told = [&] { return w.observer.messages.empty() ? std::string() : w.observer.messages.back(); };
  w.call(c.ref, World::paid(c.ref), true);
  CHECK(told() == "mtn_ug paid unproved");
  w.call("NOBODYKNOWS", World::paid("NOBODYKNOWS"));
  CHECK(told() == "mtn_ug paid foreign");
  w.call(c.ref, "{\"status\":");
  CHECK(told() == "mtn_ug paid unread");
  CHECK(w.record(c.id).state == State::waiting);
  w.store.fail_next(1);
  CHECK(w.call(c.ref, World::paid(c.ref)).status == 503);
  CHECK(told() == "mtn_ug paid unstored");
  Inbound nowhere;
  nowhere.method = "POST";
  for (const char* path : {"/c/mtn_ug/nothing", "/c/nobody/paid", "/c/mtn_ug"}) {
    nowhere.path = path;
    w.engine->on_callback(nowhere, [](Answer a) { CHECK(a.status == 404); CHECK(a.code == "not_found"); });
    CHECK(told().ends_with(" unknown"));
  }
  nowhere.path = "/c/mtn_ug/paid/x/y";
  nowhere.method = "DELETE";
  w.engine->on_callback(nowhere, [](Answer a) {
    CHECK(a.status == 405);
    REQUIRE(a.headers.size() == 1);
    CHECK(a.headers[0].first == "Allow");
    CHECK(a.headers[0].second.find("POST") != std::string::npos);
  });
  for (const std::string& message : w.observer.messages) CHECK(message.find(c.ref) == std::string::npos);
}

TEST_CASE("a carrier's reference that repeats the user's number or a secret is shown masked, and kept whole under the key") {
  const auto shown = [](const std::string& receipt) {
    World w(1, true);
    Charge c(w);
    w.answer(c.sent, 202);
    w.call(c.ref, R"({"status":"SUCCESSFUL","amount":"5000","externalId":")" + c.ref + R"(","financialTransactionId":")" + receipt + "\"}");
    const ProcedureRecord r = w.record(c.id);
    CHECK(r.state == State::succeeded);
    CHECK(w.store.attempts(c.id).value()[0].carrier_ref == r.outcome.carrier_ref);
    if (r.outcome.carrier_ref != receipt) CHECK(w.vault.open(r.outcome.said, "said|" + to_text(c.id)).value() == "reference " + receipt);
    return r.outcome.carrier_ref;
  };
  CHECK(shown("TX-17") == "TX-17");
  CHECK(shown("TX-256770000001-17") == "TX-…-17");
  CHECK(shown("0770000001/9") == "0…/9");          // as it is dialled at home
  CHECK(shown("770000001770000001") == "……");
  CHECK(shown("s3cret-canary") == "…");
  CHECK(shown("a-s3cret-canary-b") == "a-…-b");
}

TEST_CASE("another amount than asked: less is partial, more is a case") {
  World less(1, true);
  Charge a(less);
  less.answer(a.sent, 202);
  less.call(a.ref, World::paid(a.ref, "4000"));
  CHECK(less.record(a.id).state == State::partial);
  CHECK(less.store.ledger(a.id).value()[1].amount == 4000);
  REQUIRE(less.observer.cases.size() == 1);   // durable, so somebody is told
  CHECK(less.observer.cases[0].first == "mtn_ug");
  CHECK(less.observer.cases[0].second.kind == "partial");
  World more(1, true);
  Charge b(more);
  more.answer(b.sent, 202);
  more.call(b.ref, World::paid(b.ref, "6000"));
  CHECK(more.record(b.id).state == State::succeeded);
  CHECK(more.store.cases().value()[0].kind == "over_capture");
  REQUIRE(more.observer.cases.size() == 1);
  CHECK(more.observer.cases[0].second.kind == "over_capture");
}

TEST_CASE("no byte leaves while the store cannot hold the attempt") {
  World w;
  w.store.fail_when = [](const Commit& c) { return !c.attempts.empty(); };
  REQUIRE(w.submit(w.command("k1")).kind == Submitted::accepted);
  CHECK(!w.next());
  w.after(3 * kSecondUs);
  CHECK(!w.next());
  w.store.fail_when = nullptr;
  w.after(10 * kSecondUs);
  CHECK(w.next());
}

TEST_CASE("a stepped clock holds money back for a moment and fires nothing early") {
  World w;
  Charge c(w);
  w.answer(c.sent, 202);
  w.clock.step(3600 * kSecondUs);
  w.engine->on_alarm();
  w.run_store();
  CHECK(w.record(c.id).state == State::waiting);   // its deadline moved with the clock
  CHECK(!w.observer.troubles.empty());
  w.clock.step(60 * kSecondUs);
  REQUIRE(w.submit(w.command("k2")).kind == Submitted::accepted);
  CHECK(!w.next());
  w.after(3 * kSecondUs);
  CHECK(w.next());
}

TEST_CASE("draining accepts nothing new and ends when nothing is under way") {
  World w;
  Charge c(w);
  CHECK(!w.engine->drain());
  CHECK(w.submit(w.command("k2")).kind == Submitted::busy);
  w.answer(c.sent, 202);
  CHECK(w.engine->drain());
}

TEST_CASE("admission is bounded") {
  World w;
  w.engine = std::make_unique<Engine>(Ports{&w.clock, &w.random, &w.store, &w.links, &w.vault, &w.observer, &w.alarm}, EngineOptions{.public_url = "http://x", .in_flight_max = 1});
  REQUIRE(w.engine->add(w.program, {{"base", "http://127.0.0.1:1"}, {"api_key", "k"}}).ok());
  CHECK(w.submit(w.command("a")).kind == Submitted::accepted);
  CHECK(w.submit(w.command("b")).kind == Submitted::busy);
}

TEST_CASE("settings are checked when the carrier is added") {
  World w;
  Engine e(Ports{&w.clock, &w.random, &w.store, &w.links, &w.vault, &w.observer, &w.alarm}, {});
  CHECK(e.add(w.program, {{"base", "http://127.0.0.1:1"}}).error().code == "setting_missing");
  CHECK(e.add(w.program, {{"base", "ftp://x"}, {"api_key", "k"}}).error().code == "setting_invalid");
  CHECK(e.add(w.program, {{"base", "http://api.example.com"}, {"api_key", "k"}}).error().code == "link_in_clear");
  CHECK(e.add(w.program, {{"base", "https://api.example.com"}, {"api_key", "k"}, {"x", "y"}}).error().code == "setting_unknown");
}
