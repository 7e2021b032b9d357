// A world for one engine: the sample carrier, every port faked, time by hand.
#pragma once

#include <memory>

#include "runtime/engine/engine.h"
#include "runtime/engine/host.h"
#include "runtime/ports/fakes.h"
#include "tests/unit/runtime/engine/changes.h"

namespace tollgate {

constexpr int64_t kSecondUs = 1'000'000;

struct World {
  // `change` is done to the sample before it is loaded.
  explicit World(uint64_t seed = 1, bool proves = false, const std::function<void(Module&)>& change = {}, const std::map<std::string, std::string>& more = {})
      : random(seed) {
    settings.insert(more.begin(), more.end());
    Sample sample;
    sample.m.endpoints[0].proves = proves;
    if (change) change(sample.m), canonicalize(sample.m);
    auto loaded = Program::load(std::move(sample.m));
    if (!loaded.ok()) throw std::runtime_error(loaded.error().message);
    program = *loaded;
    boot();
  }

  void boot() {
    engine = std::make_unique<Engine>(Ports{&clock, &random, &store, &links, &vault, &observer, &alarm}, options);
    const Status added = engine->add(program, settings);
    if (!added.ok()) throw std::runtime_error(added.error().message);
    const Status recovered = engine->recover();
    if (!recovered.ok()) throw std::runtime_error(recovered.error().message);
  }
  // The process dies; the first `durable` commits under way had reached the disk.
  void crash(size_t durable = 0) {
    engine.reset();
    store.crash(durable);
    links.waiting.clear();
    alarm.due_us.reset();
    boot();
  }

  Command command(const std::string& key, const std::string& amount = "UGX 5000") const {
    Command c;
    c.tenant = "shop";
    c.idempotency_key = key;
    c.carrier = "mtn_ug";
    c.action = "charge";
    c.arguments = {{"user.msisdn", "+256770000001"}, {"amount", amount}};
    return c;
  }
  SubmitResult submit(const Command& c) {
    SubmitResult out;
    engine->submit(c, [&](SubmitResult r) { out = std::move(r); });
    run_store();
    return out;
  }
  void run_store() { while (store.waiting() > 0) store.poll(); }

  // The next request that is not for a token; tokens are given.
  std::optional<ScriptedLinks::Sent> next() {
    run_store();
    while (auto sent = links.take()) {
      if (sent->request.url.find("/token/") == std::string::npos) return sent;
      answer(*sent, 200, R"({"access_token":"tok-canary","expires_in":3600})");
    }
    return std::nullopt;
  }
  void answer(const ScriptedLinks::Sent& sent, uint16_t status, std::string body = "") {
    Reply r;
    r.kind = Reply::Kind::answer;
    r.status = status;
    r.body = std::move(body);
    engine->on_reply(sent.ticket, std::move(r));
    run_store();
  }
  void fail(const ScriptedLinks::Sent& sent, Reply::Kind kind) {
    Reply r;
    r.kind = kind;
    r.trouble = kind == Reply::Kind::lost ? "no answer" : "connection refused";
    engine->on_reply(sent.ticket, std::move(r));
    run_store();
  }
  // Time passes; alarms run when due.
  void after(int64_t us) {
    const int64_t end = clock.wall_us() + us;
    while (alarm.due_us && *alarm.due_us <= end) {
      const int64_t due = std::max(*alarm.due_us, clock.wall_us());
      clock.advance(due - clock.wall_us());
      alarm.due_us.reset();
      engine->on_alarm();
      run_store();
      if (!links.waiting.empty()) break;   // somebody must answer first
    }
    if (links.waiting.empty()) clock.advance(end - clock.wall_us());
  }
  Answer call(const std::string& ref, const std::string& body, bool forged = false) {
    Inbound in;
    in.method = "POST";
    in.path = "/c/mtn_ug/paid/" + ref + "/" + (forged ? std::string(22, 'A') : vault.token(token_context("mtn_ug", "paid", ref)));
    in.body = body;
    Answer out;
    out.status = 0;
    engine->on_callback(in, [&](Answer a) { out = std::move(a); });
    run_store();
    return out;
  }
  static std::string ref_of(const Request& r) {
    const size_t at = r.body.find("\"externalId\":\"");
    return at == std::string::npos ? r.url.substr(r.url.rfind('/') + 1) : r.body.substr(at + 14, 36);
  }
  static std::string paid(const std::string& ref, const std::string& amount = "5000") {
    return R"({"status":"SUCCESSFUL","amount":")" + amount + R"(","externalId":")" + ref + R"(","financialTransactionId":"t-)" + ref.substr(0, 4) + "\"}";
  }
  static std::string refused() { return R"({"status":"FAILED","reason":"NOT_ENOUGH_FUNDS"})"; }
  ProcedureRecord record(const ProcedureId& id) { return *store.procedure(id).value(); }

  ManualClock clock;
  SeededRandom random;
  MemoryStore store;
  ScriptedLinks links;
  TestVault vault;
  RecordingObserver observer;
  ManualAlarm alarm;
  EngineOptions options;   // of the next boot
  std::map<std::string, std::string> settings = {{"base", "http://127.0.0.1:1/"}, {"api_key", "s3cret-canary"}};
  std::shared_ptr<const Program> program;
  std::unique_ptr<Engine> engine;
};

}  // namespace tollgate
