// Breaks if a carrier's message that comes before its key is known is lost, or if what an arm reads of it is not kept until then.
#include <catch2/catch.hpp>

#include "runtime/bytecode/intern.h"
#include "runtime/bytecode/module.h"
#include "runtime/engine/engine.h"
#include "runtime/ports/fakes.h"
#include "tollgate/compiler.h"

using namespace tollgate;

namespace {

constexpr char kLater[] = R"(edition 1

carrier later {
  market UG
  settings { base: Url, name: Text, password: Secret }
  link api = http(settings.base)

  procedure charge {
    keep ref = uuid()
    send api POST "/charges" { json { id: ref, amount: amount.decimal.text } }
    on 202 json { bill: Text } => then billed(bill)
    on doubt => manual because "no enquiry"

    step billed(bill: Text) {
      await paid(bill) within 10min
      on doubt => manual because "no enquiry"
    }
  }

  endpoint hooks = http POST {
    verify basic(settings.name, settings.password)
    answer 204
  }

  callback paid(bill: Text) about charge on hooks {
    match json { bill: Text as bill }
    read json {
      { state: "PAID", amount: Decimal.text as taken }
        => succeeded { carrier_ref: none, paid: taken in market.currency } because "the event has no receipt"
    }
  }
}
)";

constexpr char kBasic[] = "Basic dXM6c2VjcmV0";   // us:secret
constexpr char kPaid[] = R"({"bill":"B-1","state":"PAID","amount":"5000"})";

Module module_of(const char* text) {
  const Compilation compiled = compile({{"later.carrier", text}});
  INFO(compiled.diagnostics(Rendering::terminal));
  REQUIRE(compiled.ok());
  auto module = decode(compiled.carriers().at(0).bytes);
  REQUIRE(module.ok());
  return std::move(module).value();
}

// The arm of `paid` reads a header too. The language has no words for it; a module may.
Module reading_header(Module m) {
  const auto text = [&](std::string_view s) {
    m.texts.emplace_back(s);
    return static_cast<Index>(m.texts.size() - 1);
  };
  Constant constant;
  constant.kind = Kind::text;
  constant.text = text("paid");
  m.constants.push_back(constant);
  Shape shape;
  shape.root = ShapeRoot::text;
  ShapeNode top, literal;
  top.kind = NodeKind::text;
  top.children = {1};
  literal.kind = NodeKind::literal;
  literal.value = static_cast<Index>(m.constants.size() - 1);
  shape.nodes = {top, literal};
  m.shapes.push_back(shape);
  m.callbacks[0].arms[0].headers.push_back({text("X-Event"), static_cast<Index>(m.shapes.size() - 1), false});
  canonicalize(m);
  return m;
}

struct Later {
  explicit Later(Module m) {
    auto loaded = Program::load(std::move(m));
    INFO((loaded.ok() ? "" : loaded.error().message));
    REQUIRE(loaded.ok());
    program = *loaded;
    boot();
  }
  void boot() {
    engine = std::make_unique<Engine>(Ports{&clock, &random, &store, &links, &vault, &observer, &alarm}, EngineOptions{});
    REQUIRE(engine->add(program, {{"base", "http://127.0.0.1:1/"}, {"name", "us"}, {"password", "secret"}}).ok());
    REQUIRE(engine->recover().ok());
  }
  void settle() { while (store.waiting() > 0) store.poll(); }
  ScriptedLinks::Sent charge() {
    Command c;
    c.tenant = "shop", c.idempotency_key = "k", c.carrier = "later", c.action = "charge";
    c.arguments = {{"amount", "UGX 5000"}, {"order.id", "o"}, {"product.id", "p"}, {"product.title", "Coins"}, {"user.msisdn", "+256770000001"}};
    engine->submit(c, [&](SubmitResult r) {
      INFO(r.error.message);
      CHECK(r.kind == SubmitResult::Kind::accepted);
      id = r.procedure.id;
    });
    settle();
    auto sent = links.take();
    REQUIRE(sent);
    return *sent;
  }
  uint16_t call(const char* authorization, const char* event) {
    Inbound in;
    in.method = "POST";
    in.path = "/c/later/paid";
    in.headers = {{"authorization", authorization}, {"x-event", event}};
    in.body = kPaid;
    uint16_t status = 0;
    engine->on_callback(in, [&](Answer a) { status = a.status; });
    settle();
    return status;
  }
  void accepted(const ScriptedLinks::Sent& sent) {
    Reply r;
    r.kind = Reply::Kind::answer;
    r.status = 202;
    r.body = R"({"bill":"B-1"})";
    engine->on_reply(sent.ticket, std::move(r));
    settle();
  }
  State state() { return store.procedure(id).value()->state; }

  ManualClock clock;
  SeededRandom random{1};
  MemoryStore store;
  ScriptedLinks links;
  TestVault vault;
  RecordingObserver observer;
  ManualAlarm alarm;
  std::shared_ptr<const Program> program;
  std::unique_ptr<Engine> engine;
  ProcedureId id{};
};

}  // namespace

TEST_CASE("a message that comes before its key is known closes the charge once it is") {
  Later world(module_of(kLater));
  const auto sent = world.charge();
  CHECK(world.call("Basic bm9ib2R5Om5v", "paid") == 401);
  CHECK(world.call(kBasic, "paid") == 204);
  CHECK(world.state() == State::sending);
  CHECK(world.store.parked("later", "paid", "B-1").value().size() == 1);
  CHECK(world.store.parked("later", "paid", "B-1").value()[0].body.find("PAID") == std::string::npos);   // sealed
  world.accepted(sent);
  CHECK(world.state() == State::succeeded);
}

TEST_CASE("what an arm reads of a message's headers is kept with it") {
  for (const bool fits : {true, false}) {
    Later world(reading_header(module_of(kLater)));
    const auto sent = world.charge();
    CHECK(world.call(kBasic, fits ? "paid" : "refused") == 204);
    world.accepted(sent);
    CHECK(world.state() == (fits ? State::succeeded : State::waiting));
  }
}
