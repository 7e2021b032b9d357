// sim [--seeds N] [--from S] [--procedures N]: the engine under a virtual clock, against a carrier with its own ledger, with faults from a seed: lost
// requests and answers, refused connections, 5xx, garbage, duplicate, early, late and forged callbacks, full disks, clock steps, crashes between any two
// commits. After every run both ledgers must agree and the history must be whole. A failure prints the command that repeats it.
#include <fmt/format.h>

#include <cstdlib>
#include <map>

#include "tests/sim/carrier.h"
#include "tests/unit/runtime/engine/world.h"

namespace tollgate::sim {

struct Failure { std::string what; };

class Run {
 public:
  Run(uint64_t seed, int procedures) : world_(seed, seed % 2 == 0, definition_of(seed)), dice_(seed * 7919 + 1), procedures_(procedures) {}

  std::string play() {
    for (int i = 0; i < procedures_; ++i) later(roll(120) * kSecondUs, [this, i] { start(i); });
    for (steps_ = 0; steps_ < kStepsMax; ++steps_) {
      if (work()) continue;
      if (!advance()) break;
    }
    return verdict();
  }
  std::string log() const {
    std::string out;
    for (const EventRecord& e : world_.store.all_events()) out += fmt::format("{} {} {} {} {}\n", e.at_us, to_text(e.procedure), e.version, e.kind, e.detail);
    return out;
  }
  uint64_t crashes = 0, faults = 0, callbacks = 0, repeats = 0;
  std::map<std::string, int> ends;

 private:
  static constexpr int kStepsMax = 400000;
  static constexpr int kTransmissionsMax = 3;

  // What is done about a request that got lost depends on the definition: ask, ask and believe an absence, or nothing that a machine could do.
  static std::function<void(Module&)> definition_of(uint64_t seed) {
    if (seed % 3 == 1) return [](Module& m) { absent_when_unknown(m); };
    if (seed % 3 == 2) return [](Module& m) { doubt_is_manual(m); };
    return {};
  }

  uint64_t roll(uint64_t n) { return dice_.next() % n; }
  bool chance(uint64_t percent) { const bool hit = roll(100) < percent; faults += hit; return hit; }
  void later(int64_t us, std::function<void()> run) { events_.emplace(world_.clock.wall_us() + us, std::move(run)); }

  void start(int i) {
    Command c = world_.command("key-" + std::to_string(i), "UGX " + std::to_string(100 + i));
    keys_.try_emplace(c.idempotency_key);
    world_.engine->submit(c, [this, i, key = c.idempotency_key](SubmitResult r) {
      if (r.kind == SubmitResult::Kind::unavailable || r.kind == SubmitResult::Kind::busy) { later(2 * kSecondUs, [this, i] { start(i); }); return; }
      if (r.kind != SubmitResult::Kind::accepted && r.kind != SubmitResult::Kind::existing) { broken("submit was refused: " + r.error.message); return; }
      std::string& known = keys_[key];
      if (!known.empty() && known != to_text(r.procedure.id)) broken("P8: one key, two procedures");
      known = to_text(r.procedure.id);
    });
    if (roll(4) == 0) later(roll(300) * kSecondUs, [this, i] { start(i); });   // the merchant asks again
  }

  // One commit or one request; false when nothing is to be done at this instant.
  bool work() {
    if (world_.store.waiting() > 0) {
      if (roll(400) == 0) { crash(); return true; }
      if (roll(200) == 0) { ++faults; world_.store.fail_next(1 + static_cast<uint32_t>(roll(3))); }
      world_.store.poll_one();
      return true;
    }
    const auto sent = world_.links.take();
    if (!sent) return false;
    serve(*sent);
    return true;
  }

  bool advance() {
    int64_t at = INT64_MAX;
    if (!events_.empty()) at = events_.begin()->first;
    const bool alarm = world_.alarm.due_us && *world_.alarm.due_us < at;
    if (alarm) at = *world_.alarm.due_us;
    if (at == INT64_MAX) return false;
    if (at > world_.clock.wall_us()) world_.clock.advance(at - world_.clock.wall_us());
    if (alarm) {
      world_.alarm.due_us.reset();
      world_.engine->on_alarm();
      return true;
    }
    std::function<void()> run = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    run();
    return true;
  }

  void crash() {
    ++crashes;
    ++life_;
    std::map<std::string, State> before;
    world_.crash(roll(world_.store.waiting() + 1));
    // A merchant whose answer was lost asks again.
    for (const auto& [key, id] : keys_) {
      if (id.empty()) later(kSecondUs, [this, i = std::atoi(key.c_str() + 4)] { start(i); });
    }
  }

  void reply(uint64_t ticket, int64_t after_us, Reply::Kind kind, uint16_t status = 0, std::string body = "") {
    Reply r;
    r.kind = kind;
    r.status = status;
    r.body = std::move(body);
    r.elapsed_us = after_us;
    later(after_us, [this, ticket, r, life = life_] {
      if (life == life_) world_.engine->on_reply(ticket, r);
    });
  }

  void serve(const ScriptedLinks::Sent& sent) {
    const Request& q = sent.request;
    if (chance(4)) return reply(sent.ticket, 1000, Reply::Kind::not_sent);
    if (q.url.find("/token/") != std::string::npos) {
      if (chance(5)) return reply(sent.ticket, 20 * kSecondUs, Reply::Kind::lost);
      return reply(sent.ticket, 50'000, Reply::Kind::answer, chance(5) ? 500 : 200, R"({"access_token":"t","expires_in":60})");
    }
    if (q.moves_money) return take(sent);
    if (chance(8)) return reply(sent.ticket, 20 * kSecondUs, Reply::Kind::lost);
    if (chance(5)) return reply(sent.ticket, 1000, Reply::Kind::answer, 503, "<html>");
    const std::string ref = World::ref_of(q);
    const Taken* t = carrier_.find(ref);
    if (t == nullptr) return reply(sent.ticket, 30'000, Reply::Kind::answer, 404, R"({"code":"RESOURCE_NOT_FOUND"})");
    if (t->decided_us > world_.clock.wall_us()) return reply(sent.ticket, 30'000, Reply::Kind::answer, 200, R"({"status":"PENDING"})");
    reply(sent.ticket, 30'000, Reply::Kind::answer, 200, message(ref, *t));
  }

  static std::string message(const std::string& ref, const Taken& t) { return t.captured ? World::paid(ref, std::to_string(t.amount)) : World::refused(); }

  void take(const ScriptedLinks::Sent& sent) {
    const std::string ref = World::ref_of(sent.request);
    const auto known = world_.store.attempt_by_reference("mtn_ug", ref).value();
    if (!known) return broken("P2: bytes left before their attempt was durable");
    auto& [body, times] = bodies_[ref];
    if (++times > 1 && body != sent.request.body) return broken("H13: a repeat has other bytes than the first");
    if (times > 1) ++repeats;
    body = sent.request.body;
    if (times > kTransmissionsMax) return broken("a reference was sent more often than allowed");
    if (chance(6)) return reply(sent.ticket, 20 * kSecondUs, Reply::Kind::lost);   // never arrived
    const int64_t amount = world_.record(known->first).amount;
    const bool fresh = carrier_.request(ref, amount, dice_.next(), world_.clock.wall_us());
    if (fresh && roll(100) < 80) call_back(ref);
    if (chance(10)) return reply(sent.ticket, 20 * kSecondUs, Reply::Kind::lost);
    if (chance(5)) return reply(sent.ticket, 5000, Reply::Kind::answer, static_cast<uint16_t>(chance(50) ? 503 : 502), "<html>");
    if (chance(5)) return reply(sent.ticket, 5000, Reply::Kind::answer, 200, "{\"status\":\"SUCC");
    reply(sent.ticket, static_cast<int64_t>(roll(3000)) * 1000, Reply::Kind::answer, fresh ? 202 : 409);
  }

  void call_back(const std::string& ref) {
    const Taken& t = *carrier_.find(ref);
    const int64_t base = t.decided_us - world_.clock.wall_us() + static_cast<int64_t>(roll(4)) * kSecondUs;
    const int times = 1 + static_cast<int>(roll(3));
    for (int i = 0; i < times; ++i) later(base + static_cast<int64_t>(i) * static_cast<int64_t>(roll(600)) * kSecondUs, [this, ref] { deliver(ref, 0); });
    if (chance(10)) later(base, [this, ref] { forge(ref); });
  }

  void deliver(const std::string& ref, int tries) {
    ++callbacks;
    world_.engine->on_callback(inbound(ref, false), [this, ref, tries](Answer a) {
      if (a.status == 503 && tries < 5) later(10 * kSecondUs, [this, ref, tries] { deliver(ref, tries + 1); });
      else if (a.status != 200 && a.status != 503) broken(fmt::format("a true callback was answered {}", a.status));
    });
  }
  void forge(const std::string& ref) {
    world_.engine->on_callback(inbound(ref, true), [this](Answer a) { if (a.status != 401) broken(fmt::format("a forged callback was answered {}", a.status)); });
  }
  Inbound inbound(const std::string& ref, bool forged) {
    Inbound in;
    in.method = "PUT";
    in.path = "/c/mtn_ug/paid/" + ref + "/" + (forged ? std::string(22, 'x') : world_.vault.token(token_context("mtn_ug", "paid", ref)));
    in.body = forged ? World::paid(ref, "1") : message(ref, *carrier_.find(ref));
    return in;
  }

  void broken(std::string what) { if (broken_.empty()) broken_ = std::move(what); }

  std::string verdict() {
    if (!broken_.empty()) return broken_;
    if (steps_ == kStepsMax) return "L1: it does not come to rest";
    int64_t ours = 0, user = 0;
    for (const LedgerRecord& row : world_.store.all_ledger()) (row.account == "user" ? user : ours) += row.amount;
    if (ours + user != 0) return "P12: the ledger does not sum to zero";
    int64_t succeeded = 0;
    for (const auto& [id, r] : world_.store.all_procedures()) {
      if (std::string bad = check(id, r); !bad.empty()) return bad + " (" + to_text(id) + ")";
      ++ends[std::string(state_name(r.state))];
      if (r.state == State::succeeded) succeeded += r.outcome.paid;
    }
    if (succeeded != ours) return "P13: the ledger is not the sum of what succeeded";
    if (static_cast<int>(world_.store.all_procedures().size()) != procedures_) return "P8: more procedures than keys, or fewer";
    return "";
  }

  std::string check(const ProcedureId& id, const ProcedureRecord& r) {
    if (!terminal(r.state) && r.state != State::suspended) return fmt::format("L1: left in {}", state_name(r.state));
    const auto attempts = world_.store.attempts(id).value();
    int64_t captured = 0;
    for (const AttemptRecord& a : attempts) {
      const Taken* t = carrier_.find(a.reference);
      if (t != nullptr && t->captured) captured += t->amount;
    }
    if (captured > r.amount) return "P1: more was captured than asked";
    if (r.state == State::succeeded && captured != r.outcome.paid) return "P6: succeeded, but the carrier has another amount";
    if ((r.state == State::declined || r.state == State::failed) && captured != 0) return "P6: a definite no, but the carrier took money";
    std::map<uint32_t, int> versions;
    for (const EventRecord& e : world_.store.events(id).value()) ++versions[e.version];
    if (versions.size() != r.version || versions.begin()->first != 1) return "P7: history has a gap";
    return "";
  }

  World world_;
  SeededRandom dice_;
  int procedures_;
  Carrier carrier_;
  std::multimap<int64_t, std::function<void()>> events_;
  std::map<std::string, std::string> keys_;
  std::map<std::string, std::pair<std::string, int>> bodies_;   // by reference: what left, and how often
  uint64_t life_ = 0;
  int steps_ = 0;
  std::string broken_;
};

}  // namespace tollgate::sim

int main(int argc, char** argv) {
  uint64_t seeds = 100, from = 1;
  int procedures = 12;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const long value = std::atol(argv[i + 1]);
    if (name == "--seeds") seeds = static_cast<uint64_t>(value);
    else if (name == "--from") from = static_cast<uint64_t>(value);
    else if (name == "--procedures") procedures = static_cast<int>(value);
    else { fmt::print(stderr, "usage: {} [--seeds N] [--from S] [--procedures N]\n", argv[0]); return 2; }
  }
  uint64_t crashes = 0, faults = 0, callbacks = 0, repeats = 0;
  std::map<std::string, int> ends;
  for (uint64_t seed = from; seed < from + seeds; ++seed) {
    tollgate::sim::Run run(seed, procedures);
    std::string bad = run.play();
    if (bad.empty() && seed % 10 == 0) {   // L10: the same seed gives the same history
      tollgate::sim::Run twin(seed, procedures);
      (void)twin.play();
      if (twin.log() != run.log()) bad = "L10: the same seed gave another history";
    }
    if (!bad.empty()) {
      fmt::print("seed {}: {}\n  again: {} --from {} --seeds 1 --procedures {}\n", seed, bad, argv[0], seed, procedures);
      return 1;
    }
    crashes += run.crashes;
    faults += run.faults;
    callbacks += run.callbacks;
    repeats += run.repeats;
    for (const auto& [state, n] : run.ends) ends[state] += n;
  }
  fmt::print("{} seeds: {} faults, {} crashes, {} callbacks, {} repeats;", seeds, faults, crashes, callbacks, repeats);
  for (const auto& [state, n] : ends) fmt::print(" {} {}", n, state);
  fmt::print("\n");
  return crashes == 0 || ends["succeeded"] == 0 || (seeds >= 10 && repeats == 0) ? 1 : 0;
}
