#include "peer/case_run.h"

#include <fmt/format.h>

#include "peer/wire_text.h"
#include "runtime/shapes/multipart.h"

namespace tollgate::peer {
namespace {

constexpr int64_t kUsPerMs = 1000;
constexpr int64_t kAfterwardsUs = 3600ll * 1'000'000;   // how long a settled procedure is watched for a second request

Reply as_reply(const CarrierAnswer& answer) {
  Reply reply;
  reply.kind = Reply::Kind::answer;
  reply.status = answer.status;
  for (auto [name, value] : answer.headers) {
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    reply.headers.emplace_back(std::move(name), std::move(value));
  }
  reply.body = answer.body;
  return reply;
}

std::string words(const OpenRequest& open) { return open.request.method + " " + open.request.path; }

bool reads_only(const OpenRequest& open) { return open.seen && !open.seen->route.moves_money; }

// Whether the script lets the carrier see the request that it has just expected.
bool will_be_seen(const std::vector<TestStep>& steps, size_t at) {
  for (size_t i = at + 1; i < steps.size(); ++i) {
    TestStepKind kind = steps[i].kind;
    if (kind == TestStepKind::lose_request || kind == TestStepKind::refuse_connection) return false;
    if (kind == TestStepKind::reply || kind == TestStepKind::recorded || kind == TestStepKind::lose_reply || kind == TestStepKind::expect_request) return true;
  }
  return true;
}

}  // namespace

CaseRun::CaseRun(std::shared_ptr<const Program> program, std::shared_ptr<const Program> parts, const TestCase& test, uint64_t seed, const Recordings& recordings)
    : program_(program), parts_(std::move(parts)), test_(test), world_(program, test_settings(program->module(), test.settings), seed),
      began_us_(world_.now_us()), recordings_(recordings) {}

std::optional<TestFailure> CaseRun::run(const std::vector<TestStep>& steps) {
  TestStep none;
  none.line = test_.line;
  now_ = &none;
  Status started = world_.start();
  if (!started) {
    fail(none, "the carrier loads", started.error().message);
    return failure_;
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    now_ = &steps[i];
    if (!step(steps[i], steps, i)) {
      if (!failure_) fail(steps[i], "this step", "it could not be done");
      return failure_;
    }
  }
  finish(steps.empty() ? none : steps.back());
  return failure_;
}

bool CaseRun::step(const TestStep& step, const std::vector<TestStep>& steps, size_t at) {
  switch (step.kind) {
    case TestStepKind::start: return start(step);
    case TestStepKind::expect_request: return expect_request(step, steps, at);
    case TestStepKind::reply: return reply(step);
    case TestStepKind::lose_reply:
    case TestStepKind::lose_request:
    case TestStepKind::refuse_connection: return lose(step);
    case TestStepKind::slow_reply: slow_ms_ = step.duration_ms; return true;
    case TestStepKind::cut_reply: cut_bytes_ = step.bytes; return true;
    case TestStepKind::recorded: return recorded(step);
    case TestStepKind::callback:
    case TestStepKind::forge: return callback(step);
    case TestStepKind::callback_twice:
      if (!last_call_) return fail(step, "a callback before `twice`", "none was sent");
      return call(*last_call_, step, false);
    case TestStepKind::after: return after(step);
    case TestStepKind::restart: return restart(step);
    case TestStepKind::expect_outcome: return expect_outcome(step);
    case TestStepKind::expect_state: return expect_state(step);
    case TestStepKind::expect_no_request: return expect_no_request(step);
  }
  return false;
}

bool CaseRun::settle() {
  if (world_.settle()) return true;
  return fail(*now_, "the engine comes to rest", "it keeps finding work at the same instant");
}

bool CaseRun::start(const TestStep& step) {
  const Module& module = program_->module();
  std::string action(parts_->module().text(step.name));
  action_ = program_->find_procedure(action);
  if (action_ == kNone) return fail(step, "start " + action, "the carrier has no such procedure");
  Command command;
  command.tenant = "test";
  command.idempotency_key = fmt::format("test-{}-{}", test_.name, step.line);
  command.carrier = std::string(program_->carrier());
  command.action = action;
  command.arguments = test_arguments(module, module.procedures[action_], step.arguments);
  std::optional<SubmitResult> result;
  world_.engine->submit(std::move(command), [&](SubmitResult r) { result = std::move(r); });
  // Requests may leave only when the procedure is durable, which settling makes it.
  if (!settle()) return false;
  if (!result) return fail(step, "start " + action, "the engine never answered");
  if (result->kind != SubmitResult::Kind::accepted) return fail(step, "start " + action, "refused: " + result->error.message);
  procedure_ = result->procedure.id;
  return true;
}

// ---- requests -----------------------------------------------------------------------------------------------------------------

bool CaseRun::body_fits(const TestStep& step, const OpenRequest& open) {
  if (step.shape == kNone) return true;
  const Module& parts = parts_->module();
  std::string expected = fmt::format("{} with the body written here", words(open));
  Arena arena;
  Matcher matcher(parts, {step.shape});
  const bool candidate[1] = {true};
  Selection selection = matcher.match(open.request.body, candidate, arena);
  if (selection.chosen != 0) return fail(step, expected, "the body has other members or values" + (selection.why.empty() ? "" : ": " + std::string(selection.why)));
  if (selection.breach) return fail(step, expected, "the body does not convert: " + std::string(selection.why));
  std::vector<MirrorHole> holes = mirror_holes(parts, parts.shapes[step.shape], action_ == kNone ? "" : program_->module().text(program_->module().procedures[action_].name));
  for (size_t i = 0; i < holes.size(); ++i) {
    if (!holes[i].equal || !open.seen) continue;
    auto known = open.seen->wire.find(holes[i].origin);
    if (known != open.seen->wire.end() && !same_on_wire(known->second, plain(selection.holes[i])))
      return fail(step, expected, "member " + holes[i].label + " is not " + holes[i].origin);
  }
  return true;
}

bool CaseRun::fits(const TestStep& step, const OpenRequest& open, bool& failed) {
  if (open.request.method != parts_->module().text(step.method)) return false;
  std::optional<std::string> path = build(step.path_slice);
  if (!path) {
    failed = true;
    return fail(step, "a path", "the path written here cannot be built");
  }
  if (*path != open.request.path) return false;
  failed = !body_fits(step, open);
  return !failed;
}

bool CaseRun::await_request(const TestStep& step, bool seen, const std::function<std::optional<bool>(const OpenRequest&)>& wanted,
                            const std::function<std::string()>& expected) {
  if (!settle()) return false;
  while (true) {
    for (auto& [arrival, open] : world_.open) {
      if (open.disposed || (current_ && current_->arrival == arrival)) continue;
      std::optional<bool> takes = wanted(open);
      if (!takes) return false;
      if (!*takes) continue;
      current_ = Current{arrival, open, 0};
      if (open.seen && open.seen->route.owner == Route::Owner::step && seen) {
        size_t known = world_.carrier.ledger().payments().size();
        payment_ = current_->payment = world_.carrier.observe(open.request, world_.now_us());
        bool again = world_.carrier.ledger().payments().size() == known;
        if (again && program_->module().exchanges[open.seen->route.exchange].has_once) coverage_.repeats.insert(open.seen->route.exchange);
      }
      return true;
    }
    std::string words = expected();
    if (!advance(began_us_ + kTestPatience_us)) return failure_ ? false : fail(step, words, "nothing more was sent; the procedure is " + state_words());
  }
}

bool CaseRun::expect_request(const TestStep& step, const std::vector<TestStep>& steps, size_t at) {
  auto wanted = [&](const OpenRequest& open) -> std::optional<bool> {
    bool failed = false;
    bool fit = fits(step, open, failed);
    return failed ? std::nullopt : std::optional<bool>(fit);
  };
  auto expected = [&] {
    std::string method(parts_->module().text(step.method));
    std::optional<std::string> path = build(step.path_slice);
    return path ? method + " " + *path : method;
  };
  return await_request(step, will_be_seen(steps, at), wanted, expected);
}

bool CaseRun::answer_unmentioned(uint64_t arrival, bool& any) {
  OpenRequest& open = world_.open.at(arrival);
  if (!open.seen || !reads_only(open))
    return fail(*now_, "no request for money but those the test expects", words(open) + (open.seen ? " was sent" : " was sent, which no part of the definition builds"));
  CarrierAnswer answer = open.seen->route.owner == Route::Owner::step ? world_.carrier.handle(open.request, world_.now_us()).answer
                                                                      : world_.carrier.answer_read(open.request, world_.now_us());
  Heard heard = world_.carrier.hearing().reply(open.seen->route.exchange, answer.status, answer.headers, answer.body);
  coverage_.reply(open.seen->route.exchange, heard);
  any = true;
  world_.answer(arrival, as_reply(answer));
  return true;
}

bool CaseRun::dispose(bool& any) {
  std::vector<uint64_t> waiting;
  for (const auto& [arrival, open] : world_.open)
    if (!open.disposed && (!current_ || current_->arrival != arrival)) waiting.push_back(arrival);
  for (uint64_t arrival : waiting)
    if (!answer_unmentioned(arrival, any)) return false;
  return true;
}

bool CaseRun::advance(int64_t limit_us) {
  bool any = false;
  if (!dispose(any)) return false;
  if (any) return settle();
  std::optional<int64_t> next = world_.next_us();
  if (!next || *next > limit_us) return false;
  world_.move_to(*next);
  return settle();
}

bool CaseRun::reply(const TestStep& step) {
  if (!current_) return fail(step, "a request to answer", "the script has expected none");
  CarrierAnswer answer;
  answer.status = step.status;
  const Module& parts = parts_->module();
  for (const auto& [name, value] : step.headers) answer.headers.emplace_back(std::string(parts.text(name)), std::string(parts.text(value)));
  if (step.slice != kNone) {
    std::optional<std::string> body = build(step.slice);
    if (!body) return fail(step, "an answer", "the body written here cannot be built");
    answer.body = std::move(*body);
  }
  if (step.content_type != kNone) answer.headers.emplace_back("Content-Type", content_type_with_boundary(parts.text(step.content_type), answer.body));
  return answer_current(step, std::move(answer));
}

// The answer to the request that the script has last expected, whole or cut off.
bool CaseRun::answer_current(const TestStep& step, CarrierAnswer answer) {
  Heard heard = world_.carrier.learn_reply(current_->payment, current_->open.request, answer, world_.now_us());
  if (cut_bytes_) {
    uint64_t bytes = *cut_bytes_;
    cut_bytes_.reset();
    if (bytes >= answer.body.size()) return fail(step, fmt::format("an answer of more than {} bytes", bytes), fmt::format("it has {}", answer.body.size()));
    Reply broken;
    broken.kind = Reply::Kind::lost;
    broken.trouble = fmt::format("the answer broke off after {} bytes", bytes);
    world_.answer_at(current_->arrival, std::move(broken), world_.now_us() + static_cast<int64_t>(slow_ms_) * kUsPerMs);
    slow_ms_ = 0;
    current_.reset();
    return settle();
  }
  if (current_->open.seen) coverage_.reply(current_->open.seen->route.exchange, heard);
  world_.answer_at(current_->arrival, as_reply(answer), world_.now_us() + static_cast<int64_t>(slow_ms_) * kUsPerMs);
  slow_ms_ = 0;
  current_.reset();
  return settle();
}

bool CaseRun::lose(const TestStep& step) {
  if (!current_) return fail(step, "a request to lose", "the script has expected none");
  uint64_t arrival = current_->arrival;
  current_.reset();
  auto found = world_.open.find(arrival);
  if (found == world_.open.end()) return true;   // its sender died
  if (step.kind == TestStepKind::refuse_connection) {
    Reply refused;
    refused.kind = Reply::Kind::not_sent;
    refused.trouble = "connection refused";
    world_.answer(arrival, std::move(refused));
  } else {
    found->second.disposed = true;
  }
  return settle();
}

// ---- callbacks ----------------------------------------------------------------------------------------------------------------

bool CaseRun::callback(const TestStep& step) {
  std::string name(parts_->module().text(step.name));
  Index callback = program_->find_callback(name);
  if (callback == kNone) return fail(step, "callback " + name, "the carrier has no such callback");
  std::string body;
  if (step.slice != kNone) {
    std::optional<std::string> built = build(step.slice);
    if (!built) return fail(step, "callback " + name, "the body written here cannot be built");
    body = std::move(*built);
  }
  bool forged = step.kind == TestStepKind::forge;
  Result<CallbackMessage> message = world_.carrier.address(payment_, callback, body, world_.now_us());
  if (!message) return fail(step, "callback " + name, message.error().message);
  if (forged) return call(*message, step, true);
  coverage_.callback(callback, world_.carrier.learn_callback(payment_, callback, body, world_.now_us()));
  last_call_ = *message;
  return call(std::move(*message), step, false);
}

bool CaseRun::call(CallbackMessage message, const TestStep& step, bool forged) {
  Inbound inbound = inbound_of(std::move(message), forged);
  std::optional<Answer> answer;
  world_.engine->on_callback(std::move(inbound), [&](Answer a) { answer = std::move(a); });
  if (!settle()) return false;
  if (!answer) return fail(step, "the callback is answered", "it never was");
  if (forged && answer->status < 400) return fail(step, "the forged callback is refused", fmt::format("it was answered {}", answer->status));
  if (!forged && answer->status >= 300) return fail(step, "the callback is taken", fmt::format("it was answered {}", answer->status));
  return true;
}

// ---- time, restarts ------------------------------------------------------------------------------------------------------------

bool CaseRun::after(const TestStep& step) {
  int64_t target_us = world_.now_us() + static_cast<int64_t>(step.duration_ms) * kUsPerMs;
  if (!settle()) return false;
  while (advance(target_us - 1)) continue;
  if (failure_) return false;
  world_.move_to(target_us);   // what is due at this very instant waits for the script's next line
  return true;
}

bool CaseRun::restart(const TestStep& step) {
  // The request that the script has expected and not answered dies with its sender: it is not one that nobody mentioned.
  if (current_)
    if (auto found = world_.open.find(current_->arrival); found != world_.open.end()) found->second.disposed = true;
  Status started = world_.restart();
  if (!started) return fail(step, "the engine recovers", started.error().message);
  return settle();
}

// ---- what must hold -------------------------------------------------------------------------------------------------------------

bool CaseRun::expect_outcome(const TestStep& step) {
  std::string expected = step.outcome + (step.reason.empty() ? "" : " " + step.reason);
  if (!step.carrier_ref.empty()) expected += ", carrier_ref " + step.carrier_ref;
  if (!step.paid.empty()) expected += ", paid " + step.paid;
  if (!settle()) return false;
  std::optional<ProcedureRecord> seen = record();
  while (seen && !terminal(seen->state) && seen->state != State::suspended && advance(began_us_ + kTestPatience_us)) seen = record();
  if (failure_) return false;
  if (!seen) return fail(step, expected, "no procedure was started");
  const Outcome& outcome = seen->outcome;
  bool same = terminal(seen->state) && outcome_name(outcome.outcome) == step.outcome && (step.reason.empty() || outcome.reason == step.reason);
  if (!same) return fail(step, expected, state_words());
  if (!step.carrier_ref.empty() && outcome.carrier_ref != step.carrier_ref) return fail(step, expected, "carrier_ref is " + outcome.carrier_ref);
  if (step.paid.empty()) return true;
  std::string paid = to_text(Decimal{outcome.paid, seen->amount_scale});
  bool currency = step.paid.compare(0, seen->currency.size(), seen->currency) == 0 && step.paid.size() > seen->currency.size();
  if (!currency || !same_on_wire(paid, step.paid.substr(seen->currency.size() + 1))) return fail(step, expected, "paid is " + seen->currency + " " + paid);
  return true;
}

bool CaseRun::expect_state(const TestStep& step) {
  std::string wanted(parts_->module().text(step.name));
  if (!settle()) return false;
  int64_t limit_us = step.duration_ms > 0 ? world_.now_us() + static_cast<int64_t>(step.duration_ms) * kUsPerMs : began_us_ + kTestPatience_us;
  std::optional<ProcedureRecord> seen = record();
  auto there = [&] { return seen && state_name(seen->state) == wanted; };
  // Without a duration the state need only be reached; with one it must hold when everything within it has happened.
  while ((step.duration_ms > 0 || !there()) && advance(limit_us)) seen = record();
  if (failure_) return false;
  return there() || fail(step, wanted, state_words());
}

bool CaseRun::expect_no_request(const TestStep& step) {
  if (!settle()) return false;
  for (const auto& [arrival, open] : world_.open)
    if (!open.disposed && (!current_ || current_->arrival != arrival) && (!open.seen || open.seen->route.owner == Route::Owner::step))
      return fail(step, "no request", words(open) + " was sent");
  return true;
}

bool CaseRun::finish(const TestStep& last) {
  if (current_ && world_.open.count(current_->arrival) != 0 && world_.open.at(current_->arrival).alive)
    return fail(last, "an answer to " + words(current_->open), "the script ends before it");
  std::optional<ProcedureRecord> seen = record();
  if (!seen) return true;
  int64_t limit_us = world_.now_us() + kAfterwardsUs;
  while (terminal(seen->state) && advance(limit_us)) continue;
  return !failure_ && replays(last) && within_cost(last);
}

// What the module states is a bound of every run, this one too.
bool CaseRun::within_cost(const TestStep& last) {
  for (const auto& [where, error] : world_.observer.troubles)
    if (error.code == "cost_exceeded") return fail(last, "no run costs more than the module states", error.message);
  return true;
}

// What was recorded must give the same bytes again: without that, no replay of a real procedure could be believed.
bool CaseRun::replays(const TestStep& last) {
  Result<ReplayReport> replay = world_.engine->replay(*procedure_);
  if (!replay.ok()) return fail(last, "the procedure can be run again", replay.error().message);
  for (const ReplayItem& item : replay->items)
    if (!item.difference.empty()) return fail(last, "run again, every byte is the same", item.what + ": " + item.difference);
  return true;
}

}  // namespace tollgate::peer
