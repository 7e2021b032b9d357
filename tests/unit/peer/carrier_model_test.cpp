// The simulated carrier, driven without sockets: classification, books, every fault, callbacks.
#include <catch2/catch.hpp>
#include <deque>
#include <nlohmann/json.hpp>

#include "peer/carrier_model.h"
#include "peer/sim_host.h"
#include "small_carrier.h"

using namespace tollgate;
using namespace tollgate::peer;
using namespace tollgate::peer::making;

namespace {

constexpr int64_t kSecond = 1'000'000;

std::shared_ptr<const Program> small(Wishes wishes = {}) {
  Result<std::shared_ptr<const Program>> program = load_small(wishes);
  INFO((program.ok() ? std::string() : program.error().message));
  REQUIRE(program.ok());
  return *program;
}

// A client with a token: what our side would send.
struct Bench {
  explicit Bench(Scenario scenario = calm_scenario(), Wishes wishes = {}) : carrier(small(wishes), {{{"base", "https://carrier.test"}}, scenario}) {
    CarrierRequest request;
    request.method = "POST";
    request.path = "/token";
    Plan plan = carrier.handle(request, now);
    token = nlohmann::json::parse(plan.answer.body)["access_token"];
  }

  CarrierRequest charge(const std::string& ref, const std::string& amount = "5000") const {
    CarrierRequest request;
    request.method = "POST";
    request.path = "/pay";
    request.headers = {{"authorization", "Bearer " + token}, {"x-reference-id", ref}, {"X-Callback-Url", "https://us.test/c/small_ug/paid/" + ref + "/tok"}};
    request.body = R"({"amount":")" + amount + R"(","currency":"UGX","externalId":")" + ref + R"(","payer":{"type":"MSISDN","id":"256770000001"}})";
    return request;
  }
  CarrierRequest enquiry(const std::string& ref) const {
    CarrierRequest request;
    request.method = "GET";
    request.path = "/pay/" + ref;
    request.headers = {{"authorization", "Bearer " + token}};
    return request;
  }
  nlohmann::json ask(const std::string& ref) { return nlohmann::json::parse(carrier.handle(enquiry(ref), now).answer.body, nullptr, false); }

  int64_t now = 1000 * kSecond;
  CarrierModel carrier;
  std::string token;
};

const std::string kRef = "11111111-1111-4111-8111-111111111111";

Scenario with_outcome(Verdict::Kind kind, const std::string& reason) {
  Scenario scenario = calm_scenario();
  scenario.outcomes = {{{kind, reason}, kWhole}};
  return scenario;
}

}  // namespace

TEST_CASE("a request is recognised by method, path and body; others are told so") {
  Bench bench;
  std::optional<Recognised> seen = bench.carrier.recognise(bench.charge(kRef));
  REQUIRE(seen);
  CHECK(seen->route.owner == Route::Owner::step);
  CHECK(seen->route.moves_money);
  CHECK(seen->wire.at("ref") == kRef);
  CHECK(seen->wire.at("amount.decimal.text") == "5000");
  CHECK(seen->wire.at("user.msisdn.digits") == "256770000001");
  CHECK(seen->wire.at("url of paid(ref)") == "https://us.test/c/small_ug/paid/" + kRef + "/tok");

  CarrierRequest other = bench.charge(kRef);
  other.path = "/elsewhere";
  CHECK(bench.carrier.handle(other, bench.now).answer.status == 404);
  other = bench.charge(kRef);
  other.body = "{\"amount\":";
  CHECK(bench.carrier.handle(other, bench.now).answer.status == 400);
  CHECK(bench.carrier.stats().unknown == 2);
  CHECK(bench.carrier.ledger().payments().empty());
}

TEST_CASE("without a live token nothing is processed") {
  Bench bench;
  CarrierRequest request = bench.charge(kRef);
  request.headers[0].second = "Bearer somebody-else";
  CHECK(bench.carrier.handle(request, bench.now).answer.status == 401);
  CHECK(bench.carrier.handle(bench.charge(kRef), bench.now + 3601 * kSecond).answer.status == 401);
  CHECK(bench.carrier.ledger().payments().empty());
}

TEST_CASE("a payment is accepted, decided later, booked then, and told by enquiry") {
  Bench bench;
  Plan plan = bench.carrier.handle(bench.charge(kRef), bench.now);
  CHECK(plan.answer.status == 202);
  CHECK(bench.ask(kRef)["status"] == "PENDING");
  CHECK(bench.carrier.ledger().booked(kRef) == 0);
  bench.now += kSecond;
  nlohmann::json found = bench.ask(kRef);
  CHECK(found["status"] == "SUCCESSFUL");
  CHECK(found["amount"] == "5000");
  CHECK(found["currency"] == "UGX");
  CHECK(found["externalId"] == kRef);
  CHECK(bench.ask(kRef)["txn"] == found["txn"]);
  CHECK(bench.carrier.ledger().booked(kRef) == 1);
}

TEST_CASE("our own side reads every answer as it is meant") {
  Bench bench;
  for (const char* reason : {"insufficient_funds", "user_refused"}) {
    Bench refusing(with_outcome(Verdict::Kind::declined, reason));
    refusing.carrier.handle(refusing.charge(kRef), refusing.now);
    refusing.now += kSecond;
    Plan plan = refusing.carrier.handle(refusing.enquiry(kRef), refusing.now);
    Heard heard = refusing.carrier.hearing().reply(2, plan.answer.status, plan.answer.headers, plan.answer.body);
    CHECK(heard.finding.kind == Finding::Kind::declined);
    CHECK(heard.finding.reason == reason);
    CHECK(refusing.carrier.ledger().booked(kRef) == 0);
  }
}

TEST_CASE("an unknown reference is absent in the definition's own words") {
  Bench bench;
  Plan plan = bench.carrier.handle(bench.enquiry(kRef), bench.now);
  CHECK(plan.answer.status == 404);
  CHECK(nlohmann::json::parse(plan.answer.body)["code"] == "NOT_FOUND");
}

TEST_CASE("a repeated reference is noticed where the definition promises it, and booked twice where it does not") {
  Bench careful;
  careful.carrier.handle(careful.charge(kRef), careful.now);
  CHECK(careful.carrier.handle(careful.charge(kRef), careful.now).answer.status == 409);
  careful.now += 10 * kSecond;
  careful.ask(kRef);
  CHECK(careful.carrier.ledger().booked(kRef) == 1);

  Bench careless(calm_scenario(), Wishes{.once = false});
  careless.carrier.handle(careless.charge(kRef), careless.now);
  CHECK(careless.carrier.handle(careless.charge(kRef), careless.now).answer.status == 202);
  careless.now += 10 * kSecond;
  careless.ask(kRef);
  CHECK(careless.carrier.ledger().booked(kRef) == 2);
  nlohmann::json totals = nlohmann::json::parse(totals_json(careless.carrier.program().module(), careless.carrier.ledger()));
  CHECK(totals["doubled"] == 1);
  CHECK(totals["taken"]["charge UGX"] == "10000");
}

TEST_CASE("after the promised window a reference is new again") {
  Scenario scenario = calm_scenario();
  scenario.token_seconds = 24 * 3600;
  Bench bench(scenario);
  bench.carrier.handle(bench.charge(kRef), bench.now);
  bench.now += 23ll * 3600 * kSecond;
  CHECK(bench.carrier.handle(bench.charge(kRef), bench.now).answer.status == 409);
  CHECK(bench.carrier.ledger().payments().size() == 1);
}

TEST_CASE("a lost answer loses no money here; a lost request takes none") {
  Scenario scenario = calm_scenario();
  scenario.faults.lost_reply = kWhole;
  Bench lost(scenario);
  CHECK(lost.carrier.handle(lost.charge(kRef), lost.now).kind == Plan::Kind::lose_reply);
  CHECK(lost.carrier.ledger().payments().size() == 1);

  scenario = calm_scenario();
  scenario.faults.lost_request = kWhole;
  Bench never(scenario);
  CHECK(never.carrier.handle(never.charge(kRef), never.now).kind == Plan::Kind::lose_request);
  CHECK(never.carrier.ledger().payments().empty());
}

TEST_CASE("a 503 before and a 503 after look alike and are not") {
  Scenario scenario = calm_scenario();
  scenario.faults.error_before = kWhole;
  Bench before(scenario);
  CHECK(before.carrier.handle(before.charge(kRef), before.now).answer.status == 503);
  CHECK(before.carrier.ledger().payments().empty());

  scenario = calm_scenario();
  scenario.faults.error_after = kWhole;
  Bench after(scenario);
  CHECK(after.carrier.handle(after.charge(kRef), after.now).answer.status == 503);
  CHECK(after.carrier.ledger().payments().size() == 1);
}

TEST_CASE("a malformed answer selects no arm, a slow one comes late, an expired token is refused before anything is taken") {
  Scenario scenario = calm_scenario();
  scenario.faults.malformed = kWhole;
  Bench malformed(scenario);
  CarrierAnswer answer = malformed.carrier.handle(malformed.charge(kRef), malformed.now).answer;
  CHECK(malformed.carrier.hearing().reply(0, answer.status, answer.headers, answer.body).arm == -1);
  CHECK(malformed.carrier.ledger().payments().size() == 1);

  scenario = calm_scenario();
  scenario.faults.slow = kWhole;
  Bench slow(scenario);
  CHECK(slow.carrier.handle(slow.charge(kRef), slow.now).delay_us == 30 * kSecond);

  scenario = calm_scenario();
  scenario.faults.expired_token = kWhole;
  Bench expired(scenario);
  CHECK(expired.carrier.handle(expired.charge(kRef), expired.now).answer.status == 401);
  CHECK(expired.carrier.ledger().payments().empty());
  CHECK(expired.carrier.stats().expired_tokens == 1);
}

TEST_CASE("callbacks go to the URL of the request and say what the books say") {
  Bench bench(with_outcome(Verdict::Kind::declined, "user_refused"));
  Plan plan = bench.carrier.handle(bench.charge(kRef), bench.now);
  REQUIRE(plan.later.size() == 1);
  CHECK(plan.later[0].at_us > bench.now + plan.delay_us);
  CHECK_FALSE(bench.carrier.fire(plan.later[0].id, bench.now));   // not decided yet
  std::optional<CallbackMessage> message = bench.carrier.fire(plan.later[0].id, plan.later[0].at_us);
  REQUIRE(message);
  CHECK(message->method == "POST");
  CHECK(message->url == "https://us.test/c/small_ug/paid/" + kRef + "/tok");
  CHECK(nlohmann::json::parse(message->body)["externalId"] == kRef);
  CHECK(bench.carrier.hearing().callback(0, message->body).finding == Finding{Finding::Kind::declined, "user_refused"});
  CHECK_FALSE(bench.carrier.fire(99, bench.now));
}

TEST_CASE("callbacks come early, late, twice or never, as the scenario has it") {
  auto later = [](auto change) {
    Scenario scenario = calm_scenario();
    change(scenario.callbacks);
    Bench bench(scenario);
    Plan plan = bench.carrier.handle(bench.charge(kRef), bench.now);
    for (Later& l : plan.later) l.at_us -= bench.now + plan.delay_us;   // relative to the answer
    return plan.later;
  };
  auto early = later([](CallbackManners& m) { m.early = kWhole; });
  REQUIRE(early.size() == 1);
  CHECK(early[0].at_us < 0);
  auto late = later([](CallbackManners& m) { m.late = kWhole; });
  REQUIRE(late.size() == 1);
  CHECK(late[0].at_us > 59 * kSecond);
  CHECK(later([](CallbackManners& m) { m.twice = kWhole; }).size() == 2);
  CHECK(later([](CallbackManners& m) { m.never = kWhole; }).empty());
}

TEST_CASE("an early callback is about money already decided") {
  Scenario scenario = calm_scenario();
  scenario.callbacks.early = kWhole;
  Bench bench(scenario);
  Plan plan = bench.carrier.handle(bench.charge(kRef), bench.now);
  REQUIRE(plan.later.size() == 1);
  CHECK(bench.carrier.fire(plan.later[0].id, plan.later[0].at_us));
  CHECK(bench.carrier.ledger().booked(kRef) == 1);
}

TEST_CASE("where the carrier may answer at once or later, the scenario decides") {
  Scenario scenario = calm_scenario();
  scenario.immediate = kWhole;
  Bench at_once(scenario, Wishes{.immediate = true});
  Plan plan = at_once.carrier.handle(at_once.charge(kRef), at_once.now);
  CHECK(plan.answer.status == 200);
  CHECK(at_once.carrier.ledger().booked(kRef) == 1);
  CHECK(nlohmann::json::parse(plan.answer.body)["txn"] == at_once.ask(kRef)["txn"]);

  scenario.immediate = 0;
  Bench later(scenario, Wishes{.immediate = true});
  CHECK(later.carrier.handle(later.charge(kRef), later.now).answer.status == 202);
  CHECK(later.carrier.ledger().booked(kRef) == 0);
}

TEST_CASE("a verdict that the definition has no words for is counted, and succeeds instead") {
  Bench bench(with_outcome(Verdict::Kind::declined, "barred"));
  bench.carrier.handle(bench.charge(kRef), bench.now);
  CHECK(bench.carrier.stats().unsayable.at("declined barred") == 1);
  bench.now += kSecond;
  CHECK(bench.ask(kRef)["status"] == "SUCCESSFUL");
}

TEST_CASE("the books balance over many payments: what enquiries say is what was booked") {
  Scenario scenario = *parse_scenario(R"({ "seed": 11, "outcomes": { "succeeded": 0.6, "declined": { "user_refused": 0.3 } },
    "decision": { "uniform_ms": [0, 3000] }, "faults": { "lost_reply": 0.1, "lost_request": 0.1, "error_before": 0.1, "error_after": 0.1, "malformed": 0.05 } })");
  Bench bench(scenario);
  int said = 0, refused = 0;
  std::vector<std::string> refs;
  for (int i = 0; i < 400; ++i) {
    std::string n = std::to_string(1000 + i);
    refs.push_back("11111111-1111-4111-8111-11111111" + n);
    bench.carrier.handle(bench.charge(refs.back()), bench.now + i * 1000);
  }
  bench.now += 60 * kSecond;
  uint32_t booked = 0;
  for (const std::string& ref : refs) {
    CarrierAnswer answer = bench.carrier.answer_read(bench.enquiry(ref), bench.now);
    Finding finding = bench.carrier.hearing().reply(2, answer.status, answer.headers, answer.body).finding;
    if (bench.carrier.ledger().booked(ref) == 0) CHECK(finding.kind != Finding::Kind::succeeded);
    said += finding.kind == Finding::Kind::succeeded ? 1 : 0;
    refused += finding.kind == Finding::Kind::declined ? 1 : 0;
    booked += bench.carrier.ledger().booked(ref);
  }
  CHECK(said == static_cast<int>(booked));
  CHECK(said > 150);
  CHECK(refused > 50);
  CHECK(bench.carrier.ledger().payments().size() < refs.size());
}

TEST_CASE("the same seed gives the same carrier") {
  auto play = [](uint64_t seed) {
    Scenario scenario = *parse_scenario(R"({ "outcomes": { "succeeded": 0.5, "declined": { "user_refused": 0.5 } }, "faults": { "lost_reply": 0.3 } })");
    scenario.seed = seed;
    Bench bench(scenario);
    std::string log;
    for (int i = 0; i < 40; ++i) {
      Plan plan = bench.carrier.handle(bench.charge("11111111-1111-4111-8111-1111111111" + std::to_string(10 + i)), bench.now);
      log += std::to_string(static_cast<int>(plan.kind)) + plan.answer.body;
    }
    return log + ledger_json(bench.carrier.program().module(), bench.carrier.ledger());
  };
  CHECK(play(1) == play(1));
  CHECK(play(1) != play(2));
}

TEST_CASE("a scripted carrier learns from what it is made to say") {
  Bench bench;
  uint64_t payment = bench.carrier.observe(bench.charge(kRef), bench.now);
  CHECK(bench.ask(kRef)["status"] == "PENDING");
  std::string body = R"({"externalId":")" + kRef + R"(","status":"FAILED","reason":"REJECTED"})";
  CHECK(bench.carrier.learn_callback(payment, 0, body, bench.now).finding.kind == Finding::Kind::declined);
  CHECK(bench.ask(kRef)["reason"] == "REJECTED");
  CHECK(bench.carrier.observe(bench.charge(kRef), bench.now) == payment);
}

TEST_CASE("an answer that contradicts the request teaches nothing") {
  Bench bench;
  bench.carrier.observe(bench.charge(kRef), bench.now);
  CarrierAnswer answer;
  answer.body = R"({"status":"SUCCESSFUL","amount":"5000","currency":"EUR","externalId":")" + kRef + R"(","txn":"14"})";
  bench.carrier.learn_reply(0, bench.enquiry(kRef), answer, bench.now);
  CHECK(bench.ask(kRef)["status"] == "PENDING");
  answer.body = R"({"status":"SUCCESSFUL","amount":"5000","currency":"UGX","externalId":")" + kRef + R"(","txn":"14"})";
  bench.carrier.learn_reply(0, bench.enquiry(kRef), answer, bench.now);
  CHECK(bench.ask(kRef)["txn"] == "14");
}

namespace {

// Time and sockets of a simulated carrier, held still.
class StillHost : public SimHost {
 public:
  int64_t now_us() override { return now; }
  void at(int64_t at_us, std::function<void()> action) override { actions.emplace(at_us, std::move(action)); }
  void send(CallbackMessage message, std::function<void(uint16_t)> answered) override {
    sent.push_back(std::move(message));
    uint16_t status = 200;   // ours, for as long as the test has not said otherwise
    if (!answers.empty()) status = answers.front(), answers.pop_front();
    answered(status);
  }
  void run_until(int64_t until_us) {
    while (!actions.empty() && actions.begin()->first <= until_us) {
      auto [at_us, action] = *actions.begin();
      actions.erase(actions.begin());
      now = std::max(now, at_us);
      action();
    }
  }
  int64_t now = 1000 * kSecond;
  std::multimap<int64_t, std::function<void()>> actions;
  std::vector<CallbackMessage> sent;
  std::deque<uint16_t> answers;
};

// What the carrier sent when its endpoint redelivers `times` and we answer `answers`, in order.
struct Redelivery {
  Redelivery(int32_t times, std::deque<uint16_t> answers, Share redelivered = kWhole) {
    SmallCarrier making({});
    making.draft().endpoints[0].redelivers = times;
    canonicalize(making.m);
    Result<std::shared_ptr<const Program>> program = Program::load(making.m);
    REQUIRE(program.ok());
    Scenario scenario = calm_scenario();
    scenario.callbacks.redelivered = redelivered;
    host.answers = std::move(answers);
    SimCarrier sim(*program, {{{"base", "https://carrier.test"}}, scenario}, host);
    Bench client;
    CarrierRequest token;
    token.method = "POST";
    token.path = "/token";
    sim.on_request(token, [&](SimReply r) { client.token = nlohmann::json::parse(r.answer.body)["access_token"]; });
    host.run_until(host.now + kSecond);
    sim.on_request(client.charge(kRef), [](SimReply) {});
    host.run_until(host.now + 60 * kSecond);
    stats = sim.carrier().stats();
  }
  StillHost host;
  CarrierStats stats;
};

}  // namespace

TEST_CASE("the seam to sockets: answers after their delay, callbacks when due, the books on request") {
  StillHost host;
  SimCarrier sim(small(), {{{"base", "https://carrier.test"}}, calm_scenario()}, host);
  Bench client;   // for its requests; its token is not this carrier's
  std::optional<SimReply> reply;
  auto keep = [&](SimReply r) { reply = std::move(r); };
  CarrierRequest token;
  token.method = "POST";
  token.path = "/token";
  sim.on_request(token, keep);
  CHECK_FALSE(reply);
  host.run_until(host.now + kSecond);
  REQUIRE(reply);
  client.token = nlohmann::json::parse(reply->answer.body)["access_token"];
  sim.on_request(client.charge(kRef), keep);
  host.run_until(host.now + 5 * kSecond);
  CHECK(reply->answer.status == 202);
  CHECK(host.sent.size() == 1);
  CarrierRequest books;
  books.method = "GET";
  books.path = "/_ledger";
  sim.on_request(books, keep);
  nlohmann::json ledger = nlohmann::json::parse(reply->answer.body);
  REQUIRE(ledger["payments"].size() == 1);
  CHECK(ledger["payments"][0]["reference"] == kRef);
  CHECK(ledger["payments"][0]["booked"] == 1);
  CHECK(ledger["payments"][0]["state"] == "succeeded");
  books.path = "/_stats";
  sim.on_request(books, keep);
  CHECK(nlohmann::json::parse(reply->answer.body)["callbacks"] == 1);
}

TEST_CASE("a callback that we do not take is sent again, as often as the endpoint says") {
  Redelivery down(3, {0, 503, 200});
  REQUIRE(down.host.sent.size() == 3);
  CHECK(down.host.sent[1].body == down.host.sent[0].body);   // the same message: we know it again
  CHECK(down.host.sent[2].url == down.host.sent[0].url);
  CHECK(down.stats.callbacks == 3);
  CHECK(down.stats.redelivered == 2);
  CHECK(down.stats.undelivered == 0);

  Redelivery longer(3, {0, 0, 0, 0, 0, 0});
  CHECK(longer.host.sent.size() == 4);   // once, and three times again
  CHECK(longer.stats.undelivered == 1);

  CHECK(Redelivery(3, {200}).host.sent.size() == 1);
  CHECK(Redelivery(0, {0, 200}).host.sent.size() == 1);    // `redelivers never`
  CHECK(Redelivery(-1, {0, 200}).host.sent.size() == 1);   // the file does not say: nothing is promised
  CHECK(Redelivery(3, {0, 200}, 0).host.sent.size() == 1); // the scenario says that it keeps no promise
}
