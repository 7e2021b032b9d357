#include "peer/property_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "peer/test_world.h"
#include "runtime/value/decimal.h"

namespace tollgate::peer {
namespace {

constexpr int64_t kUsPerMs = 1000, kUsPerSecond = 1'000'000;
constexpr int64_t kLongestUs = 40ll * 24 * 3600 * kUsPerSecond;   // virtual; a wait lasts 30 days at most
constexpr int64_t kSlowUs = 90 * kUsPerSecond, kLateUs = 2 * 3600 * kUsPerSecond, kAgainUs = 10 * kUsPerSecond;
constexpr uint32_t kTurnsMax = 60'000;
constexpr int kRedeliveries = 5;
constexpr uint64_t kAmountMax = 1'000'000;
constexpr uint32_t kBuiltinFaults = 3;

using Kind = DrawnFault::Kind;

// Every reason that the model has, so that whatever a carrier can say comes up sooner or later.
Scenario scenario_of(const Module& module, uint64_t seed) {
  Scenario scenario = calm_scenario();
  scenario.seed = seed;
  const Share each = kWhole * 6 / 10 / static_cast<Share>(std::max<size_t>(1, module.reasons.size()));
  for (const Reason& reason : module.reasons) {
    const bool said = reason.declined || reason.about == About::payment;
    if (said) scenario.outcomes.push_back({{reason.declined ? Verdict::Kind::declined : Verdict::Kind::failed, std::string(module.text(reason.name))}, each});
  }
  scenario.decision = {Distribution::Kind::uniform, 100 * kUsPerMs, 60 * kUsPerSecond};
  return scenario;
}

Reply plain_reply(uint16_t status) {
  Reply reply;
  reply.kind = Reply::Kind::answer;
  reply.status = status;
  return reply;
}

Reply reply_of(const CarrierAnswer& answer) {
  Reply reply = plain_reply(answer.status);
  for (auto [name, value] : answer.headers) {
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    reply.headers.emplace_back(std::move(name), std::move(value));
  }
  reply.body = answer.body;
  return reply;
}

class DrawnRun {
 public:
  DrawnRun(const std::shared_ptr<const Program>& program, const PropertyCase& property, uint64_t seed, const std::vector<DrawnFault>& faults)
      : program_(program), property_(property), faults_(faults), dice_(seed),
        world_(program, test_settings(program->module(), property.settings), seed, scenario_of(program->module(), seed)), began_us_(world_.now_us()) {}

  std::optional<TestFailure> run() {
    if (start()) {
      for (uint32_t turn = 0; !failure_ && turn < kTurnsMax; ++turn) {
        if (fault_at(Kind::restart, turn) && !world_.restart()) broken("the engine recovers", "it does not");
        if (!settle() || !answer_all()) break;
        at_every_moment();
        if (!move_on()) break;
      }
      if (!failure_) at_rest();
    }
    return failure_;
  }

 private:
  bool start() {
    if (Status loaded = world_.start(); !loaded) return broken("the carrier loads", loaded.error().message);
    const Module& module = program_->module();
    action_ = program_->find_procedure(property_.procedure);
    if (action_ == kNone) return broken("any " + property_.procedure, "the carrier has no such procedure");
    Command command;
    command.tenant = "test";
    command.idempotency_key = "property";
    command.carrier = std::string(program_->carrier());
    command.action = property_.procedure;
    auto given = property_.arguments;
    const bool amount = std::any_of(given.begin(), given.end(), [](const auto& pair) { return pair.first == "amount"; });
    const Decimal drawn{static_cast<int64_t>(1 + dice_.below(kAmountMax)), module.market.decimals};
    if (!amount) given.emplace_back("amount", fmt::format("{} {}", module.text(module.market.currency), to_text(drawn)));
    command.arguments = test_arguments(module, module.procedures[action_], given);
    std::optional<SubmitResult> result;
    world_.engine->submit(std::move(command), [&](SubmitResult r) { result = std::move(r); });
    if (!settle()) return false;
    if (!result || result->kind != SubmitResult::Kind::accepted) return broken("any " + property_.procedure, "it was refused: " + (result ? result->error.message : ""));
    procedure_ = result->procedure.id;
    return true;
  }

  bool settle() { return world_.settle() || broken("the engine comes to rest", "it keeps finding work at the same instant"); }

  // ---- the carrier's side

  bool fault_at(Kind kind, uint32_t at) const {
    return std::any_of(faults_.begin(), faults_.end(), [&](const DrawnFault& f) { return f.kind == kind && f.at == at; });
  }

  bool answer_all() {
    std::vector<uint64_t> waiting;
    for (const auto& [arrival, open] : world_.open) if (!open.disposed) waiting.push_back(arrival);
    for (uint64_t arrival : waiting) {
      if (!answer(arrival)) return false;
    }
    return waiting.empty() || settle();
  }

  bool answer(uint64_t arrival) {
    OpenRequest& open = world_.open.at(arrival);
    if (!open.seen) return broken("only requests of the definition", open.request.method + " " + open.request.path + " was sent");
    const bool money = open.seen->route.owner == Route::Owner::step && open.seen->route.moves_money;
    const uint32_t nth = money ? requests_++ : UINT32_MAX;
    if (fault_at(Kind::refuse_connection, nth)) {
      Reply refused;
      refused.kind = Reply::Kind::not_sent;
      refused.trouble = "connection refused";
      world_.answer(arrival, std::move(refused));
      return true;
    }
    if (fault_at(Kind::lose_request, nth)) return lost(arrival);
    Plan plan = world_.carrier.handle(open.request, world_.now_us());
    for (const Later& later : plan.later) calls_.emplace(later.at_us, Call{later.id, 0, false, callbacks_++});
    if (plan.kind != Plan::Kind::answer || fault_at(Kind::lose_reply, nth)) return lost(arrival);
    Reply reply = fault_at(Kind::error_after, nth) ? plain_reply(503) : reply_of(plan.answer);
    const int64_t delay_us = fault_at(Kind::slow, nth) ? kSlowUs : plan.delay_us;
    world_.answer_at(arrival, std::move(reply), world_.now_us() + delay_us);
    return true;
  }

  bool lost(uint64_t arrival) {
    OpenRequest& open = world_.open.at(arrival);
    open.disposed = true;
    if (!open.alive) world_.open.erase(arrival);
    return true;
  }

  struct Call {
    uint64_t id = 0;
    int tries = 0;
    bool was_late = false;
    uint32_t nth = 0;
  };

  void call(Call call) {
    if (fault_at(Kind::callback_never, call.nth)) return;
    if (fault_at(Kind::callback_late, call.nth) && !call.was_late) {
      call.was_late = true;
      calls_.emplace(world_.now_us() + kLateUs, call);
      return;
    }
    std::optional<CallbackMessage> message = world_.carrier.fire(call.id, world_.now_us());
    if (!message) return;
    if (fault_at(Kind::callback_forged, call.nth) && deliver(*message, true) < 400) broken("a forged callback is refused", "it was taken");
    const uint16_t status = deliver(*message, false);
    if (fault_at(Kind::callback_twice, call.nth)) deliver(*message, false);
    if (status >= 500 && call.tries < kRedeliveries) calls_.emplace(world_.now_us() + kAgainUs, Call{call.id, call.tries + 1, true, call.nth});
    else if (status >= 300 && status < 500) broken("a callback of the carrier is taken", fmt::format("it was answered {}", status));
  }

  uint16_t deliver(const CallbackMessage& message, bool forged) {
    std::optional<Answer> answer;
    world_.engine->on_callback(inbound_of(message, forged), [&](Answer a) { answer = std::move(a); });
    settle();
    return answer ? answer->status : 503;
  }

  // To the next instant at which something happens. False when nothing more does.
  bool move_on() {
    std::optional<int64_t> next = world_.next_us();
    if (!calls_.empty() && (!next || calls_.begin()->first <= *next)) {
      auto [at_us, due] = *calls_.begin();
      calls_.erase(calls_.begin());
      world_.move_to(at_us);
      call(due);
      return !failure_;
    }
    if (!next || *next > began_us_ + kLongestUs) return false;
    world_.move_to(*next);
    return true;
  }

  // ---- what must hold

  std::optional<ProcedureRecord> record() {
    if (!procedure_) return std::nullopt;
    Result<std::optional<ProcedureRecord>> found = world_.store.procedure(*procedure_);
    return found ? *found : std::nullopt;
  }

  struct Amounts { int64_t asked = 0, captured = 0, paid = 0, charges = 0; std::string currency; uint8_t scale = 0; };

  Amounts amounts(const ProcedureRecord& seen) {
    Amounts out;
    out.asked = seen.amount;
    out.currency = seen.currency;
    out.scale = seen.amount_scale;
    out.paid = seen.state == State::succeeded ? seen.outcome.paid : 0;
    for (const Payment& payment : world_.carrier.ledger().payments()) {
      std::optional<Decimal> exact = rescale(payment.amount, seen.amount_scale);
      const int64_t amount = exact && exact->coefficient > 0 ? exact->coefficient : seen.amount;   // a request that does not say takes what was asked
      out.captured += amount * payment.booked;
      out.charges += payment.booked;
    }
    return out;
  }

  static int64_t value(PropertyClause::Of of, int64_t number, const Amounts& amounts) {
    switch (of) {
      case PropertyClause::Of::number: return number;
      case PropertyClause::Of::asked: return amounts.asked;
      case PropertyClause::Of::captured: return amounts.captured;
      case PropertyClause::Of::paid: return amounts.paid;
      case PropertyClause::Of::charges: return amounts.charges;
    }
    return 0;
  }

  static bool holds(const PropertyClause& clause, const Amounts& amounts) {
    const int64_t left = value(clause.left, clause.left_value, amounts), right = value(clause.right, clause.right_value, amounts);
    switch (clause.is) {
      case PropertyClause::Is::equal: return left == right;
      case PropertyClause::Is::not_equal: return left != right;
      case PropertyClause::Is::less: return left < right;
      case PropertyClause::Is::less_equal: return left <= right;
      case PropertyClause::Is::greater: return left > right;
      case PropertyClause::Is::greater_equal: return left >= right;
    }
    return false;
  }

  static std::string words(const Amounts& a) {
    auto money = [&](int64_t n) { return to_text(Decimal{n, a.scale}); };
    return fmt::format("asked {0} {1}, captured {0} {2}, paid {0} {3}, charges {4}", a.currency, money(a.asked), money(a.captured), money(a.paid), a.charges);
  }

  // What is equal in the end may differ on the way, so `==` and `!=` wait for the end.
  void clauses(const Amounts& now, bool at_rest) {
    for (const PropertyClause& clause : property_.always) {
      const bool equality = clause.is == PropertyClause::Is::equal || clause.is == PropertyClause::Is::not_equal;
      if ((at_rest || !equality) && !holds(clause, now)) broken(clause.text, words(now));
    }
  }

  void at_every_moment() {
    std::optional<ProcedureRecord> seen = record();
    if (!seen) return;
    const Amounts now = amounts(*seen);
    if (now.captured > now.asked) broken("no more is captured than was asked", words(now));
    clauses(now, false);
  }

  void at_rest() {
    std::optional<ProcedureRecord> seen = record();
    if (!seen) {
      broken("the procedure is in the store", "it is gone");
      return;
    }
    const Amounts now = amounts(*seen);
    const std::string state(state_name(seen->state));
    if (!terminal(seen->state) && seen->state != State::suspended) broken("everything comes to an end", "it is still " + state);
    if (seen->state == State::succeeded && now.captured != now.paid) broken("what we call paid was captured", words(now));
    if ((seen->state == State::declined || seen->state == State::failed) && now.captured != 0) broken("what we call " + state + " was not captured", words(now));
    clauses(now, true);
    for (const auto& [where, error] : world_.observer.troubles)
      if (error.code == "cost_exceeded") broken("no run costs more than the module states", error.message);
  }

  bool broken(std::string expected, std::string happened) {
    if (!failure_) failure_ = TestFailure{property_.line, std::move(expected), std::move(happened), timeline_of(world_, began_us_)};
    return false;
  }

  std::shared_ptr<const Program> program_;
  const PropertyCase& property_;
  const std::vector<DrawnFault>& faults_;
  Seeded dice_;
  TestWorld world_;
  int64_t began_us_;
  std::optional<ProcedureId> procedure_;
  Index action_ = kNone;
  uint32_t requests_ = 0, callbacks_ = 0;
  std::multimap<int64_t, Call> calls_;
  std::optional<TestFailure> failure_;
};

// As long as a fault can be left out and the run still fails, it is.
std::vector<DrawnFault> shrunk(const std::shared_ptr<const Program>& program, const PropertyCase& property, uint64_t seed, std::vector<DrawnFault> faults) {
  for (size_t i = 0; i < faults.size();) {
    std::vector<DrawnFault> fewer = faults;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (run_drawn(program, property, seed, fewer)) faults = std::move(fewer), i = 0;
    else ++i;
  }
  return faults;
}

// The amount is shrunk too: one of the market's last digit, unless the file says another.
PropertyCase with_smallest_amount(const Module& module, PropertyCase property) {
  const bool said = std::any_of(property.arguments.begin(), property.arguments.end(), [](const auto& pair) { return pair.first == "amount"; });
  if (!said) property.arguments.emplace_back("amount", fmt::format("{} {}", module.text(module.market.currency), to_text(Decimal{1, module.market.decimals})));
  return property;
}

CaseResult run_property(const std::shared_ptr<const Program>& program, const PropertyCase& property, const RunnerOptions& options) {
  CaseResult result;
  result.name = property.name;
  result.carrier = property.carrier;
  result.file = property.file;
  result.line = property.line;
  const uint32_t runs = property.runs > 0 ? property.runs : options.runs;
  for (uint64_t seed = options.seed; result.runs < runs && !result.failure; ++seed) {
    ++result.runs;
    std::vector<DrawnFault> faults = draw_faults(seed, property.faults);
    if (!run_drawn(program, property, seed, faults)) continue;
    faults = shrunk(program, property, seed, std::move(faults));
    result.failure = run_drawn(program, property, seed, faults);
    if (auto smaller = run_drawn(program, with_smallest_amount(program->module(), property), seed, faults)) result.failure = std::move(smaller);
    result.seed = seed;
    std::string with;
    for (const DrawnFault& fault : faults) with += (with.empty() ? " (with: " : "; ") + words_of(fault);
    result.failure->happened += with.empty() ? " (without any fault)" : with + ")";
  }
  return result;
}

}  // namespace

std::string words_of(const DrawnFault& fault) {
  const uint32_t nth = fault.at + 1;
  switch (fault.kind) {
    case Kind::refuse_connection: return fmt::format("request {} finds no connection", nth);
    case Kind::lose_request: return fmt::format("request {} is lost", nth);
    case Kind::lose_reply: return fmt::format("the answer to request {} is lost", nth);
    case Kind::error_after: return fmt::format("request {} is processed and answered 503", nth);
    case Kind::slow: return fmt::format("the answer to request {} comes after 90 s", nth);
    case Kind::callback_twice: return fmt::format("callback {} comes twice", nth);
    case Kind::callback_never: return fmt::format("callback {} never comes", nth);
    case Kind::callback_late: return fmt::format("callback {} comes two hours late", nth);
    case Kind::callback_forged: return fmt::format("callback {} is forged before it comes", nth);
    case Kind::restart: return fmt::format("a restart at turn {}", nth);
  }
  return {};
}

std::vector<DrawnFault> draw_faults(uint64_t seed, uint32_t most) {
  Seeded dice(seed ^ 0x5eedull);
  std::vector<DrawnFault> out;
  const uint64_t n = most == 0 ? 0 : dice.below(uint64_t{most} + 1);
  for (uint64_t i = 0; i < n; ++i) {
    DrawnFault fault;
    fault.kind = static_cast<Kind>(dice.below(static_cast<uint64_t>(Kind::restart) + 1));
    fault.at = static_cast<uint32_t>(dice.below(fault.kind == Kind::restart ? 12 : 3));
    out.push_back(fault);
  }
  return out;
}

std::optional<TestFailure> run_drawn(const std::shared_ptr<const Program>& program, const PropertyCase& property, uint64_t seed, const std::vector<DrawnFault>& faults) {
  return DrawnRun(program, property, seed, faults).run();
}

std::vector<CaseResult> run_properties(const std::shared_ptr<const Program>& program, const TestSuite& suite, const RunnerOptions& options) {
  std::vector<CaseResult> out;
  if (options.runs == 0) return out;
  auto wanted = [&](const std::string& name) { return options.only.empty() || name.find(options.only) != std::string::npos; };
  for (const PropertyCase& property : suite.properties)
    if (wanted(property.name)) out.push_back(run_property(program, property, options));
  const Module& module = program->module();
  for (const Procedure& procedure : module.procedures) {
    PropertyCase every;
    every.procedure = std::string(module.text(procedure.name));
    every.name = "every run of " + every.procedure;
    every.carrier = std::string(program->carrier());
    if (!suite.cases.empty()) every.file = suite.cases[0].file, every.line = suite.cases[0].line;
    every.faults = kBuiltinFaults;
    if (!procedure.moves_money || !wanted(every.name)) continue;
    CaseResult result = run_property(program, every, options);
    if (!result.passed()) out.push_back(std::move(result));
  }
  return out;
}

}  // namespace tollgate::peer
