// Breaks if a purchase is paid twice under two keys or at two carriers (H16, H25), or if more is given back than was taken (H26).
#include <catch2/catch.hpp>

#include "runtime/engine/engine.h"
#include "runtime/ports/fakes.h"
#include "tollgate/compiler.h"

using namespace tollgate;
using Submitted = SubmitResult::Kind;

namespace {

constexpr char kShop[] = R"(edition 1

carrier NAME {
  market UG
  settings { base: Url }
  link api = http(settings.base)

  procedure charge {
    keep ref = uuid()
    send api POST "/charges" { json { id: ref, amount: amount.decimal.text } }
    on 200 json { state: "PAID", id: == ref, amount: == amount.decimal.text, receipt: Text } => succeeded { carrier_ref: receipt }
    on 200 json { state: "REFUSED", id: == ref } => declined refused
    on doubt => manual because "no enquiry"
  }

  procedure refund {
    keep ref = uuid()
    send api POST "/refunds/{original.carrier_ref}" { json { id: ref, amount: amount.decimal.text } }
    on 200 json { state: "PAID", id: == ref, amount: == amount.decimal.text, receipt: Text } => succeeded { carrier_ref: receipt }
    on 200 json { state: "REFUSED", id: == ref } => declined refused
    on doubt => manual because "no enquiry"
  }
}
)";

// Two carriers with one text, behind one engine.
struct Shop {
  ManualClock clock;
  SeededRandom random{7};
  MemoryStore store;
  ScriptedLinks links;
  TestVault vault;
  RecordingObserver observer;
  ManualAlarm alarm;
  std::unique_ptr<Engine> engine = std::make_unique<Engine>(Ports{&clock, &random, &store, &links, &vault, &observer, &alarm}, EngineOptions{});
  int keys = 0;
  std::string receipt = "R-1";

  Shop() {
    for (const char* name : {"kopa", "pesa"}) {
      std::string text = kShop;
      text.replace(text.find("NAME"), 4, name);
      const Compilation compiled = compile({{"shop.carrier", text}});
      INFO(compiled.diagnostics(Rendering::terminal));
      REQUIRE(compiled.ok());
      auto program = Program::load(std::move(decode(compiled.carriers().at(0).bytes)).value());
      REQUIRE(program.ok());
      REQUIRE(engine->add(*program, {{"base", "http://127.0.0.1:1/"}}).ok());
    }
    REQUIRE(engine->recover().ok());
  }
  void settle() { while (store.waiting() > 0) store.poll(); }
  SubmitResult submit(Command c) {
    SubmitResult out;
    engine->submit(std::move(c), [&](SubmitResult r) { out = std::move(r); });
    settle();
    return out;
  }
  Command charge(const std::string& order, const std::string& carrier = "kopa") {
    Command c;
    c.tenant = "shop", c.idempotency_key = "k" + std::to_string(++keys), c.carrier = carrier, c.action = "charge";
    c.arguments = {{"amount", "UGX 5000"}, {"order.id", order}, {"product.id", "p"}, {"product.title", "Coins"}, {"user.msisdn", "+256770000001"}};
    return c;
  }
  Command refund(const std::string& ref, const std::string& amount) {
    Command c;
    c.tenant = "shop", c.idempotency_key = "k" + std::to_string(++keys), c.carrier = "kopa", c.action = "refund";
    c.arguments = {{"amount", "UGX " + amount}, {"order.id", "r" + std::to_string(keys)}, {"original.ref", ref}, {"original.carrier_ref", "R-1"},
                   {"original.amount", "UGX 5000"}, {"user.msisdn", "+256770000001"}};
    return c;
  }
  // Answers the request that is under way; its reference.
  std::string answer(const char* state, const std::string& amount = "5000") {
    const auto sent = links.take();
    REQUIRE(sent);
    const std::string& body = sent->request.body;
    const std::string ref = body.substr(body.find("\"id\":\"") + 6, 36);
    Reply r;
    r.kind = Reply::Kind::answer;
    r.status = 200;
    r.body = R"({"state":")" + std::string(state) + R"(","id":")" + ref + R"(","amount":")" + amount + R"(","receipt":")" + receipt + "\"}";
    engine->on_reply(sent->ticket, std::move(r));
    settle();
    return ref;
  }
  void lose() {
    const auto sent = links.take();
    REQUIRE(sent);
    engine->on_reply(sent->ticket, Reply{});
    settle();
  }
};

}  // namespace

TEST_CASE("H16: a purchase is paid once, whatever keys it is asked for under") {
  Shop shop;
  const SubmitResult first = shop.submit(shop.charge("o-1"));
  REQUIRE(first.kind == Submitted::accepted);
  const SubmitResult meanwhile = shop.submit(shop.charge("o-1"));
  CHECK(meanwhile.kind == Submitted::refused);
  CHECK(meanwhile.error.code == "order_taken");
  CHECK(meanwhile.error.message.find(to_text(first.procedure.id)) != std::string::npos);
  shop.lose();
  CHECK(shop.submit(shop.charge("o-1")).error.code == "order_taken");   // in doubt is not free
  CHECK_FALSE(shop.links.take());                                       // nothing of it left

  REQUIRE(shop.submit(shop.charge("o-2")).kind == Submitted::accepted);
  shop.answer("REFUSED");
  REQUIRE(shop.submit(shop.charge("o-2")).kind == Submitted::accepted);   // what was declined may be tried again
  shop.answer("PAID");
  CHECK(shop.submit(shop.charge("o-2")).error.code == "order_taken");
  Command another = shop.charge("o-2");
  another.tenant = "other shop";
  CHECK(shop.submit(another).kind == Submitted::accepted);                // whose order it is belongs to its name
}

TEST_CASE("H16: the same key is the same request, and no second claim") {
  Shop shop;
  const Command command = shop.charge("o-1");
  const SubmitResult first = shop.submit(command);
  const SubmitResult again = shop.submit(command);
  CHECK(again.kind == Submitted::existing);
  CHECK(again.procedure.id == first.procedure.id);
}

TEST_CASE("H25: a purchase that is in doubt at one carrier is not sent to another") {
  Shop shop;
  REQUIRE(shop.submit(shop.charge("o-1", "kopa")).kind == Submitted::accepted);
  shop.lose();
  CHECK(shop.submit(shop.charge("o-1", "pesa")).error.code == "order_taken");
  CHECK_FALSE(shop.links.take());
}

TEST_CASE("H26: what is given back is at most what was taken, refunds under way included") {
  Shop shop;
  REQUIRE(shop.submit(shop.charge("o-1")).kind == Submitted::accepted);
  const std::string ref = shop.answer("PAID");
  CHECK(shop.submit(shop.refund(ref, "5001")).error.code == "source_spent");
  REQUIRE(shop.submit(shop.refund(ref, "3000")).kind == Submitted::accepted);
  shop.lose();                                                            // in doubt: it may have gone back
  CHECK(shop.submit(shop.refund(ref, "2001")).error.code == "source_spent");
  REQUIRE(shop.submit(shop.refund(ref, "2000")).kind == Submitted::accepted);
  shop.answer("REFUSED", "2000");
  REQUIRE(shop.submit(shop.refund(ref, "2000")).kind == Submitted::accepted);   // a refund that was refused gave nothing back
  shop.answer("PAID", "2000");
  CHECK(shop.submit(shop.refund(ref, "1")).error.code == "source_spent");
  CHECK_FALSE(shop.links.take());
}

TEST_CASE("H26: a refund names a charge of the same merchant that succeeded, as we answered it") {
  Shop shop;
  REQUIRE(shop.submit(shop.charge("o-1")).kind == Submitted::accepted);
  const std::string paid = shop.answer("PAID");
  REQUIRE(shop.submit(shop.charge("o-2")).kind == Submitted::accepted);
  const std::string refused = shop.answer("REFUSED");
  const auto code = [&](Command c) { return shop.submit(std::move(c)).error.code; };
  CHECK(code(shop.refund("no such reference", "1")) == "source_unknown");
  CHECK(code(shop.refund(refused, "1")) == "source_unknown");
  Command theirs = shop.refund(paid, "1");
  theirs.tenant = "other shop";
  CHECK(code(theirs) == "source_unknown");
  Command wrong = shop.refund(paid, "1");
  wrong.arguments[3].second = "R-2";
  CHECK(code(wrong) == "source_unknown");
  Command another_sum = shop.refund(paid, "1");
  another_sum.arguments[4].second = "UGX 50000";
  CHECK(code(another_sum) == "source_unknown");
  REQUIRE(shop.submit(shop.refund(paid, "5000")).kind == Submitted::accepted);
  const std::string given_back = shop.answer("PAID");
  CHECK(code(shop.refund(given_back, "1")) == "source_unknown");   // a refund took nothing that could be given back
}

TEST_CASE("H26: a reference that is shown with a part masked is sent whole") {
  Shop shop;
  shop.receipt = "TX-256770000001-77";
  REQUIRE(shop.submit(shop.charge("o-1")).kind == Submitted::accepted);
  const std::string paid = shop.answer("PAID");
  const std::string shown = shop.store.procedure(shop.store.attempt_by_reference("kopa", paid).value()->first).value()->outcome.carrier_ref;
  CHECK(shown == "TX-…-77");
  Command refund = shop.refund(paid, "5000");
  refund.arguments[3].second = shown;
  REQUIRE(shop.submit(refund).kind == Submitted::accepted);
  const auto sent = shop.links.take();
  REQUIRE(sent);
  CHECK(sent->request.url.ends_with("/refunds/TX-256770000001-77"));
}

TEST_CASE("H16: an order without a name is refused, or all of them would be one purchase") {
  Shop shop;
  CHECK(shop.submit(shop.charge("")).error.code == "argument_invalid");
}
