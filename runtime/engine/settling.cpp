// Settling: an outcome, its ledger rows and what the merchant is told become durable in one commit.
#include "runtime/engine/impl.h"

namespace tollgate {

namespace {

// Which way an action moves money: out of the user, back to the user, or not at all.
int direction(std::string_view action) {
  if (action == "charge" || action == "capture" || action == "renew") return 1;
  if (action == "refund" || action == "payout" || action == "reversal") return -1;
  return 0;
}

}  // namespace

bool Engine::Impl::contradicts(const Instance& p, const Decision& d) const {
  OutcomeClass said = OutcomeClass::none;
  if (d.kind == Decision::Kind::success) said = OutcomeClass::succeeded;
  if (d.kind == Decision::Kind::refusal) said = OutcomeClass::declined;
  if (d.kind == Decision::Kind::failure) said = OutcomeClass::failed;
  if (said == OutcomeClass::none || p.record.outcome.outcome == OutcomeClass::none) return false;
  const bool took = p.record.outcome.outcome == OutcomeClass::succeeded;
  if ((said == OutcomeClass::succeeded) != took) return true;   // declined and failed agree about the money
  return took && d.outcome.paid != p.record.outcome.paid;
}

// A definite decision closes the procedure where the table lets it. `about_attempt`: it speaks of the reference (callback, enquiry) and not of one
// transmission (reply).
void Engine::Impl::conclude(const InstancePtr& p, const Decision& d, Origin origin, bool about_attempt) {
  Event event = d.kind == Decision::Kind::success ? Event::success : d.kind == Decision::Kind::refusal ? Event::refusal : Event::failure;
  if (event == Event::success && p->record.amount > 0 && d.outcome.paid < p->record.amount) event = Event::part;
  Facts f = facts(*p, true);
  if (about_attempt) f.retransmitted = false;
  const Transition* t = next(p->record.state, event, f);
  if (t == nullptr) {
    if (origin.message) return store_message(origin.message, CallbackState::matched, {});
    return give_up(p, d.outcome.reason, std::move(origin.detail));
  }
  if (t->to == State::in_doubt) return doubt(p, event, nullptr, origin.kind, std::move(origin.detail));
  settle(p, *t, d.outcome, origin.kind, std::move(origin.detail), origin.message);
}

void Engine::Impl::post_ledger(const Instance& p, const Outcome& outcome, Commit& commit) const {
  const int way = direction(p.record.action);
  if (way == 0 || outcome.paid == 0 || outcome.outcome != OutcomeClass::succeeded) return;
  LedgerRecord row;
  row.procedure = p.record.id;
  row.attempt = p.record.attempt;
  row.scale = p.record.amount_scale;
  row.currency = p.record.currency;
  row.at_us = now();
  row.account = "user";
  row.amount = -way * outcome.paid;
  commit.ledger.push_back(row);
  row.account = "carrier:" + p.record.carrier;
  row.amount = way * outcome.paid;
  commit.ledger.push_back(std::move(row));
}

void Engine::Impl::settle(const InstancePtr& p, const Transition& t, Outcome outcome, std::string_view evidence, std::string detail, MessagePtr message) {
  for (Timers::Handle& timer : p->timers) timers_.clear(timer);
  ++p->turn;
  p->preparing = false;
  if (!outcome.said.empty()) outcome.said = ports_.vault->seal(outcome.said, "said|" + to_text(p->record.id));
  p->record.outcome = outcome;
  p->record.deadline_us = 0;
  Detail why;
  why.text("state", state_name(t.to)).text("evidence", evidence);
  if (!outcome.reason.empty()) why.text("reason", outcome.reason);
  if (outcome.outcome == OutcomeClass::succeeded) why.number("paid", outcome.paid);
  if (!detail.empty()) why.raw("by", detail);
  Commit c = change(p, t.to, evidence == "callback" || evidence == "enquiry" || evidence == "reply" ? evidence : "state", std::move(why).end());
  if (p->record.attempt > 0) {
    p->attempt.closed_us = now();
    p->attempt.evidence = evidence;
    p->attempt.carrier_ref = outcome.carrier_ref;
    c.attempts.push_back(p->attempt);
  }
  if ((t.actions & post) != 0) post_ledger(*p, outcome, c);
  if ((t.actions & file) != 0) c.cases.push_back({p->record.id, "partial", detail, now()});
  if (outcome.outcome == OutcomeClass::succeeded && outcome.paid > p->record.amount) c.cases.push_back({p->record.id, "over_capture", detail, now()});
  c.outbox.push_back({p->record.tenant, p->record.id, p->record.version, p->record.action + "." + std::string(state_name(t.to)), now()});
  if (message) {
    message->record.state = CallbackState::matched;
    message->record.procedure = p->record.id;
  }
  ++counts_.finished;
  p->frozen.reset();
  commit(p, std::move(c), [this, p] { told(p); }, std::move(message));
}

// What its module states is a bound of every run; a run above it is a defect of ours, told and not acted on.
void Engine::Impl::weigh(const Instance& p) const {
  if (p.procedure >= p.module().costs.size()) return;
  const Cost& stated = p.module().costs[p.procedure];
  const auto over = [&](std::string_view what, uint64_t used, uint64_t most) {
    if (used <= most) return;
    ports_.observer->trouble("procedure " + to_text(p.record.id),
                             {"cost_exceeded", "it used " + std::to_string(used) + " " + std::string(what) + ", and is stated to use at most " + std::to_string(most)});
  };
  over("requests", p.spent.requests, stated.requests);
  over("enquiries", p.spent.enquiries, stated.enquiries);
  over("units", p.spent.instructions, stated.instructions);
  over("bytes", p.spent.memory_bytes, stated.memory_bytes);
}

// Durable and final for now: whoever waits is told, and the procedure leaves memory as soon as no answer to its request is outstanding.
void Engine::Impl::told(const InstancePtr& p) {
  weigh(*p);
  auto waiting = std::move(p->settled);
  p->settled.clear();
  for (auto& done : waiting) done(p->record);
  release_settled(p);
}

void Engine::Impl::release_settled(const InstancePtr& p) {
  if (settled(p->record.state) && !p->answering) release(p);
}

void Engine::Impl::release(const InstancePtr& p) {
  if (p->gone) return;
  p->gone = true;
  const State s = p->record.state;
  if (s == State::accepted || s == State::ready || s == State::sending) --counts_.in_flight;
  if (s == State::in_doubt) --counts_.in_doubt;
  for (Timers::Handle& timer : p->timers) timers_.clear(timer);
  for (const std::string& key : p->registered) {
    const auto waiting = registry_.find(key);
    if (waiting == registry_.end()) continue;
    std::erase(waiting->second, p);
    if (waiting->second.empty()) registry_.erase(waiting);
  }
  p->registered.clear();
  open_.erase(p->record.id);
}

}  // namespace tollgate
