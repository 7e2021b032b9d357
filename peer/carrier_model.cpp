#include "peer/carrier_model.h"

#include "peer/proof.h"
#include "peer/wire_text.h"

namespace tollgate::peer {
namespace {

constexpr int64_t kUsPerMs = 1000, kUsPerSecond = 1'000'000;
constexpr size_t kTokenLetters = 32;

CarrierAnswer plain_answer(uint16_t status, std::string body) {
  CarrierAnswer answer;
  answer.status = status;
  answer.headers.emplace_back("Content-Type", "text/plain");
  answer.body = std::move(body);
  return answer;
}

Plan answered(CarrierAnswer answer, int64_t delay_us) {
  Plan plan;
  plan.delay_us = delay_us;
  plan.answer = std::move(answer);
  return plan;
}

// The value of a kept value on the wire: under its own name, or in a form of it.
std::string kept_on_wire(const WireValues& wire, std::string_view keep) {
  if (auto found = wire.find(keep); found != wire.end()) return found->second;
  std::string prefix = std::string(keep) + ".";
  auto found = wire.lower_bound(prefix);
  return found != wire.end() && found->first.compare(0, prefix.size(), prefix) == 0 ? found->second : std::string();
}

const Way* find_way(const std::vector<Way>& ways, Finding::Kind kind) {
  for (const Way& way : ways)
    if (way.finding.kind == kind) return &way;
  return nullptr;
}

// The way that says a verdict, if possible with the same key as it was said before.
const Way* find_way(const std::vector<Way>& ways, const Verdict& verdict, const std::string& key) {
  const Way* any = nullptr;
  for (const Way& way : ways) {
    if (verdict_of(way.finding) != std::optional(verdict)) continue;
    if (way.key == key) return &way;
    if (any == nullptr) any = &way;
  }
  return any;
}

}  // namespace

CarrierModel::CarrierModel(std::shared_ptr<const Program> program, CarrierOptions options)
    : program_(std::move(program)), options_(std::move(options)), proofs_(std::make_shared<Proofs>(program_, options_.settings)), routes_(program_),
      hearing_(program_), answers_(program_, hearing_), seeded_(options_.scenario.seed), again_seeded_(~options_.scenario.seed) {}

CarrierModel::Fate CarrierModel::draw() {
  const Scenario& s = options_.scenario;
  Fate fate{};
  fate.lost_request = seeded_.hits(s.faults.lost_request);
  fate.error_before = seeded_.hits(s.faults.error_before);
  fate.expired_token = seeded_.hits(s.faults.expired_token);
  fate.lost_reply = seeded_.hits(s.faults.lost_reply);
  fate.error_after = seeded_.hits(s.faults.error_after);
  fate.malformed = seeded_.hits(s.faults.malformed);
  fate.slow = seeded_.hits(s.faults.slow);
  fate.immediate = seeded_.hits(s.immediate);
  uint64_t at = seeded_.below(kWhole);
  fate.early = at < s.callbacks.early;
  fate.late = !fate.early && at < uint64_t{s.callbacks.early} + s.callbacks.late;
  fate.never = !fate.early && !fate.late && at < uint64_t{s.callbacks.early} + s.callbacks.late + s.callbacks.never;
  fate.twice = seeded_.hits(s.callbacks.twice);
  fate.announced = seeded_.hits(s.callbacks.immediate);
  uint64_t pick = seeded_.below(kWhole);
  for (const OutcomeShare& row : s.outcomes) {
    if (pick < row.share) {
      fate.verdict = row.verdict;
      break;
    }
    pick -= row.share;
  }
  fate.latency_us = s.latency.draw(seeded_);
  fate.decision_us = s.decision.draw(seeded_);
  fate.delay_us = s.callbacks.delay.draw(seeded_);
  fate.late_us = s.callbacks.late_delay.draw(seeded_);
  fate.twice_us = s.callbacks.twice_delay.draw(seeded_);
  return fate;
}

CarrierAnswer CarrierModel::say(const Way* way, const WireValues& request, Payment* payment, int64_t now_us, std::string_view secret) {
  if (way == nullptr) return plain_answer(503, "the simulated carrier has no words for this\n");
  Facts facts;
  facts.payment = payment;
  facts.request = &request;
  facts.settings = &options_.settings;
  facts.secret = secret;
  facts.now_us = now_us;
  facts.token_seconds = options_.scenario.token_seconds;
  facts.salt = options_.scenario.seed;
  Result<Written> written = answers_.reply(*way, facts);
  if (!written) return plain_answer(500, written.error().message + "\n");
  if (payment != nullptr)
    for (const auto& [label, value] : payment->given) ledger_.name(*payment, value);
  CarrierAnswer answer;
  answer.status = way->status;
  answer.headers = std::move(written->headers);
  if (!written->content_type.empty()) answer.headers.emplace_back("Content-Type", written->content_type);
  answer.body = std::move(written->body);
  return answer;
}

bool CarrierModel::authorized(const CarrierRequest& request, const Recognised& seen, int64_t now_us) {
  if (program_->module().exchanges[seen.route.exchange].sessions.empty()) return true;
  return !tokens_.borne(request, now_us).empty();
}

CarrierAnswer CarrierModel::unauthorized(Index exchange) {
  stats_.unauthorized++;
  if (const Way* way = find_way(answers_.replies(exchange), Finding::Kind::renew)) return say(way, {}, nullptr, 0);
  return plain_answer(401, "unauthorized\n");
}

Plan CarrierModel::handle(const CarrierRequest& request, int64_t now_us) {
  stats_.requests++;
  ledger_.settle_due(now_us);
  bool path_known = false;
  std::optional<Recognised> seen = routes_.recognise(request, &path_known);
  if (!seen) {
    stats_.unknown++;
    return answered(plain_answer(path_known ? 400 : 404, "the simulated carrier does not know this request\n"), 0);
  }
  if (seen->route.owner == Route::Owner::session) return handle_session(*seen, now_us);
  if (!authorized(request, *seen, now_us)) return answered(unauthorized(seen->route.exchange), 0);
  if (seen->route.owner == Route::Owner::enquiry) return handle_enquiry(*seen, now_us);
  return seen->route.moves_money ? handle_money(request, *seen, now_us) : handle_plain(*seen, now_us);
}

CarrierAnswer CarrierModel::session_answer(const Recognised& seen, int64_t now_us) {
  stats_.sessions++;
  std::string token = "tok-" + seeded_.letters(kTokenLetters);
  tokens_.issue(token, seen.route.index, now_us + options_.scenario.token_seconds * kUsPerSecond);
  return say(find_way(answers_.replies(seen.route.exchange), Finding::Kind::session), seen.wire, nullptr, now_us, token);
}

Plan CarrierModel::handle_session(const Recognised& seen, int64_t now_us) {
  int64_t latency_us = options_.scenario.latency.draw(seeded_);
  return answered(session_answer(seen, now_us), latency_us);
}

// Any identifier in the request will do: our reference, or one that the carrier gave out.
Payment* CarrierModel::named(const Recognised& seen) {
  Payment* best = nullptr;
  for (const auto& [origin, value] : seen.wire) {
    Payment* payment = ledger_.find(seen.route.about, value);
    if (payment != nullptr && (best == nullptr || payment->number > best->number)) best = payment;
  }
  return best;
}

CarrierAnswer CarrierModel::enquiry_answer(const Recognised& seen, int64_t now_us) {
  stats_.enquiries++;
  const std::vector<Way>& ways = answers_.replies(seen.route.exchange);
  Payment* payment = named(seen);
  if (payment == nullptr) {
    const Way* absent = find_way(ways, Finding::Kind::absent);
    return absent == nullptr ? plain_answer(404, "no such payment\n") : say(absent, seen.wire, nullptr, now_us);
  }
  const Way* way = payment->state == Payment::State::settled ? find_way(ways, payment->verdict, payment->key)
                                                             : find_way(ways, Finding::Kind::pending);
  return say(way, seen.wire, payment, now_us);
}

Plan CarrierModel::handle_enquiry(const Recognised& seen, int64_t now_us) {
  Fate fate = draw();
  Plan plan = answered(enquiry_answer(seen, now_us), fate.slow ? options_.scenario.faults.slow_us : fate.latency_us);
  if (fate.lost_request || fate.lost_reply) plan.kind = fate.lost_request ? Plan::Kind::lose_request : Plan::Kind::lose_reply;
  else if (fate.error_before || fate.error_after) plan.answer = plain_answer(503, "try later\n");
  else if (fate.malformed) plan.answer = malformed_like(seen.route.exchange, plan.answer);
  return plan;
}

// A request that is neither a session nor an enquiry and moves no money: the first way that takes it further.
Plan CarrierModel::handle_plain(const Recognised& seen, int64_t now_us) {
  const std::vector<Way>& ways = answers_.replies(seen.route.exchange);
  if (seen.route.about != kNone && program_->module().procedures[seen.route.about].moves_money) {   // it prepares what will move money
    Payment* before = named(seen);
    Payment& payment = before != nullptr ? *before : ledger_.open(fresh(seen, now_us));
    return answered(say(find_way(ways, Finding::Kind::accepted), seen.wire, &payment, now_us), options_.scenario.latency.draw(seeded_));
  }
  const Way* way = find_way(ways, Finding::Kind::succeeded);
  if (way == nullptr) way = find_way(ways, Finding::Kind::accepted);
  Payment scratch = fresh(seen, now_us);
  return answered(say(way, seen.wire, &scratch, now_us), options_.scenario.latency.draw(seeded_));
}

CarrierAnswer CarrierModel::malformed_like(Index exchange, const CarrierAnswer& meant) const {
  std::vector<CarrierAnswer> tries;
  CarrierAnswer cut = meant;
  cut.body.resize(cut.body.size() / 2);
  if (!meant.body.empty()) tries.push_back(cut);
  tries.push_back(plain_answer(meant.status, "<html><body>Service temporarily"));
  tries.push_back(plain_answer(200, "<html><body>Service temporarily"));
  for (const CarrierAnswer& answer : tries)
    if (hearing_.reply(exchange, answer.status, answer.headers, answer.body).arm < 0) return answer;
  return plain_answer(299, "<html><body>Service temporarily");
}

Payment CarrierModel::fresh(const Recognised& seen, int64_t now_us) const {
  const Module& module = program_->module();
  Payment payment;
  payment.procedure = seen.route.about;
  payment.exchange = seen.route.exchange;
  payment.wire = seen.wire;
  payment.received_us = payment.last_seen_us = now_us;
  read_amount(seen.wire, module.text(module.market.currency), module.market.decimals, payment);
  if (seen.route.about == kNone) return payment;
  const Procedure& procedure = module.procedures[seen.route.about];
  const Exchange& exchange = module.exchanges[seen.route.exchange];
  if (exchange.has_once && exchange.once.keep < procedure.keeps.size())
    payment.reference = kept_on_wire(seen.wire, module.text(procedure.keeps[exchange.once.keep].name));
  for (size_t i = 0; i < procedure.keeps.size() && payment.reference.empty(); ++i)
    payment.reference = kept_on_wire(seen.wire, module.text(procedure.keeps[i].name));
  return payment;
}

// The payment that this request repeats, if the definition says that the carrier would notice.
Payment* CarrierModel::repeated(const Recognised& seen, int64_t now_us) {
  const Exchange& exchange = program_->module().exchanges[seen.route.exchange];
  if (!exchange.has_once) return nullptr;
  Payment* known = ledger_.find(seen.route.about, fresh(seen, now_us).reference);
  if (known == nullptr || known->exchange != seen.route.exchange) return nullptr;
  if (now_us - known->received_us > static_cast<int64_t>(exchange.once.window_ms) * kUsPerMs) return nullptr;
  known->transmissions++;
  known->last_seen_us = now_us;
  return known;
}

CarrierAnswer CarrierModel::repeat_answer(const Recognised& seen, Payment& payment, int64_t now_us) {
  const Once& once = program_->module().exchanges[seen.route.exchange].once;
  const Way* repeat = answers_.repeat(seen.route.exchange);
  auto first = first_answers_.find(payment.number);
  if (once.original || once.repeat_status == 0) return say(first == first_answers_.end() ? repeat : &first->second, seen.wire, &payment, now_us);
  if (repeat == nullptr) return plain_answer(once.repeat_status, "this reference was used before\n");
  return say(repeat, seen.wire, &payment, now_us);
}

const Way* CarrierModel::immediate_way(Index exchange, const Verdict& verdict) const { return find_way(answers_.replies(exchange), verdict, ""); }

const Way* CarrierModel::accepting_way(Index exchange) const {
  const Way* way = find_way(answers_.replies(exchange), Finding::Kind::accepted);
  return way != nullptr ? way : find_way(answers_.replies(exchange), Finding::Kind::pending);
}

bool CarrierModel::sayable_later(Index procedure, const Verdict& verdict) const {
  const Module& module = program_->module();
  for (const Enquiry& enquiry : module.enquiries)
    if (enquiry.about == procedure && find_way(answers_.replies(enquiry.exchange), verdict, "") != nullptr) return true;
  for (Index c = 0; c < module.callbacks.size(); ++c) {
    const Callback& callback = module.callbacks[c];
    if (callback.about == procedure && module.endpoints[callback.endpoint].proves && find_way(answers_.callbacks(c), verdict, "") != nullptr) return true;
  }
  return false;
}

// What the scenario wants, if this definition has words for it at all; else success, and the statistics say so.
Verdict CarrierModel::sayable(const Route& route, const Verdict& wanted) {
  if (immediate_way(route.exchange, wanted) != nullptr) return wanted;
  if (accepting_way(route.exchange) != nullptr && sayable_later(route.about, wanted)) return wanted;
  stats_.unsayable[words_of(wanted)]++;
  return Verdict{};
}

// Faults after which the carrier has processed nothing.
std::optional<Plan> CarrierModel::fault_before(const CarrierRequest& request, const Recognised& seen, const Fate& fate, int64_t now_us) {
  if (fate.lost_request) {
    stats_.lost_requests++;
    Plan plan;
    plan.kind = Plan::Kind::lose_request;
    plan.delay_us = fate.latency_us;
    return plan;
  }
  if (fate.error_before) {
    stats_.errors_before++;
    return answered(plain_answer(503, "try later\n"), fate.latency_us);
  }
  if (fate.expired_token && find_way(answers_.replies(seen.route.exchange), Finding::Kind::renew) != nullptr) {
    stats_.expired_tokens++;
    tokens_.revoke(tokens_.borne(request, now_us));
    return answered(unauthorized(seen.route.exchange), fate.latency_us);
  }
  return std::nullopt;
}

// Faults of the answer to a request that was processed.
void CarrierModel::fault_after(Index exchange, const Fate& fate, Plan& plan) {
  if (fate.slow) {
    stats_.slow++;
    plan.delay_us = options_.scenario.faults.slow_us;
  }
  if (fate.lost_reply) {
    stats_.lost_replies++;
    plan.kind = Plan::Kind::lose_reply;
  } else if (fate.error_after) {
    stats_.errors_after++;
    plan.answer = plain_answer(503, "try later\n");
  } else if (fate.malformed) {
    stats_.malformed++;
    plan.answer = malformed_like(exchange, plan.answer);
  }
}

// Takes the money, or decides when to; returns the way to answer, nullptr when the definition has no words for it.
const Way* CarrierModel::decide(const Route& route, Payment& payment, const Fate& fate, int64_t now_us) {
  Verdict verdict = sayable(route, fate.verdict);
  const Way* at_once = immediate_way(route.exchange, verdict);
  const Way* accept = sayable_later(route.about, verdict) ? accepting_way(route.exchange) : nullptr;
  if (at_once != nullptr && (accept == nullptr || fate.immediate)) {
    payment.key = at_once->key;
    ledger_.settle(payment, verdict, now_us);
    return at_once;
  }
  if (accept != nullptr) ledger_.decide_at(payment, verdict, now_us + (fate.early ? fate.latency_us / 2 : fate.latency_us + fate.decision_us));
  return accept;
}

Plan CarrierModel::handle_money(const CarrierRequest& request, const Recognised& seen, int64_t now_us) {
  stats_.charges++;
  Fate fate = draw();
  if (std::optional<Plan> plan = fault_before(request, seen, fate, now_us)) return *plan;
  if (Payment* known = repeated(seen, now_us)) {
    stats_.repeats++;
    return answered(repeat_answer(seen, *known, now_us), fate.latency_us);
  }
  Payment* before = seen.route.step > 0 ? named(seen) : nullptr;
  Payment& payment = before != nullptr ? *before : ledger_.open(fresh(seen, now_us));
  const Way* way = decide(seen.route, payment, fate, now_us);
  Plan plan = answered(say(way, seen.wire, &payment, now_us), fate.latency_us);
  if (way != nullptr) first_answers_[payment.number] = *way;
  if (payment.state == Payment::State::pending || fate.announced) plan_callbacks(payment, fate, now_us, plan.later);
  fault_after(seen.route.exchange, fate, plan);
  return plan;
}

void CarrierModel::plan_callbacks(Payment& payment, const Fate& fate, int64_t now_us, std::vector<Later>& out) {
  if (fate.never) return;
  const Module& module = program_->module();
  for (Index c = 0; c < module.callbacks.size(); ++c) {
    if (module.callbacks[c].about != payment.procedure || !address(payment.number, c, "").ok()) continue;
    if (find_way(answers_.callbacks(c), payment.verdict, payment.key) == nullptr) continue;
    int64_t decided_us = std::max(payment.decided_us, now_us + fate.latency_us);
    int64_t at_us = fate.early ? now_us + fate.latency_us / 2 : decided_us + (fate.late ? fate.late_us : fate.delay_us);
    out.push_back({at_us, calls_.size()});
    calls_.push_back({payment.number, c, 0, {}});
    if (!fate.twice) continue;
    out.push_back({at_us + fate.twice_us, calls_.size()});
    calls_.push_back({payment.number, c, 0, {}});
  }
}

}  // namespace tollgate::peer
