// Settling: an outcome, its ledger rows and what the merchant is told become durable in one commit.
#include <algorithm>

#include "runtime/engine/claims.h"
#include "runtime/engine/impl.h"

namespace tollgate {

namespace {

// Which way an action moves money: out of the user, to the user, or not at all. What is only held (authorize, release) is nobody else's yet.
int direction(std::string_view action) {
  if (action == "charge" || action == "capture" || action == "subscribe" || action == "renew") return 1;
  if (action == "refund" || action == "payout" || action == "reversal") return -1;
  return 0;
}

constexpr size_t kTelling = 7;        // digits that name a subscriber, also without the country's code
constexpr size_t kSecretBytesMin = 6;  // a shorter one is in many words by chance

// Every run of `text` that repeats the last digits of `number`, as far as it goes on to the left, is masked.
void mask_number(std::string& text, std::string_view number) {
  if (number.size() < kTelling) return;
  const std::string_view tail = number.substr(number.size() - kTelling);
  for (size_t at = text.find(tail); at != std::string::npos; at = text.find(tail, at)) {
    size_t begin = at, left = number.size() - kTelling;
    while (begin > 0 && left > 0 && text[begin - 1] == number[left - 1]) --begin, --left;
    text.replace(begin, at + kTelling - begin, kMask);
    at = begin + kMask.size();
  }
}

void mask_text(std::string& text, std::string_view secret) {
  if (secret.size() < kSecretBytesMin) return;
  for (size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + kMask.size())) text.replace(at, secret.size(), kMask);
}

void mask_secrets(std::string& text, const Value& setting) {
  if (setting.kind == Kind::secret) mask_text(text, setting.view());
  if (setting.kind == Kind::list) for (uint32_t i = 0; i < setting.size; ++i) mask_secrets(text, setting.elements[i]);
}

}  // namespace

// A carrier's reference is shown to merchants. Some carriers make it of what we sent them: a user's number or a secret in it is masked.
std::string Engine::Impl::shown_reference(const Instance& p, std::string reference) {
  Arena arena;
  const auto arguments = unpack(p.durable.arguments, arena);
  if (!arguments.ok()) return reference.empty() ? reference : std::string(kMask);
  for (const Value& argument : *arguments) {
    if (argument.kind == Kind::msisdn) mask_number(reference, argument.view());
  }
  for (const Value& setting : p.deployment->settings) mask_secrets(reference, setting);
  return reference;
}

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

// H6: `repeat answers original` promises the first answer again, and that is an answer about the payment. A no about the call is about the second transmission:
// a used reference, a wrong form. And where somebody can be asked, a proof is better than a promise.
bool Engine::Impl::no_to_repeat(const InstancePtr& p, const Decision& d) {
  const bool no = d.kind == Decision::Kind::refusal || d.kind == Decision::Kind::failure;
  if (!no || !p->money() || p->attempt.transmissions < 2 || p->disproved) return false;
  const Wait& wait = p->durable.wait;
  const std::vector<ProofNeeded> proofs = wait.mode == Wait::Mode::chain ? wait.proofs : declared_doubt(p);
  return d.about_call || std::any_of(proofs.begin(), proofs.end(), [](const ProofNeeded& proof) { return proof.kind == ProofKind::enquiry; });
}

// A definite decision closes the procedure where the table lets it. `about_attempt`: it speaks of the reference (callback, enquiry) and not of one
// transmission (reply).
void Engine::Impl::conclude(const InstancePtr& p, const Decision& d, Origin origin, bool about_attempt) {
  Event event = d.kind == Decision::Kind::success ? Event::success : d.kind == Decision::Kind::refusal ? Event::refusal : Event::failure;
  if (event == Event::success && p->record.amount > 0 && d.outcome.paid < p->record.amount) event = Event::part;
  Facts f = facts(*p, true);
  if (about_attempt) f.retransmitted = false;
  else f.retransmitted = f.retransmitted || no_to_repeat(p, d);
  const Transition* t = next(p->record.state, event, f);
  if (t == nullptr) {
    if (origin.message) return store_message(origin.message, CallbackState::matched, {});
    return give_up(p, d.outcome.reason, std::move(origin.detail));
  }
  if (t->to == State::in_doubt) return doubt(p, Event::unclear, nullptr, origin.kind, std::move(origin.detail));
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
  if (std::string shown = shown_reference(*p, outcome.carrier_ref); shown != outcome.carrier_ref) {   // the whole of it is kept sealed, for a person who has the key
    outcome.said += (outcome.said.empty() ? "" : "; ") + std::string(kWholeReference) + outcome.carrier_ref;
    outcome.carrier_ref = std::move(shown);
  }
  if (!outcome.said.empty()) outcome.said = ports_.vault->seal(outcome.said, "said|" + to_text(p->record.id));
  p->record.outcome = outcome;
  p->record.deadline_us = 0;
  Detail why;
  why.text("state", state_name(t.to)).text("evidence", evidence);
  if (!outcome.reason.empty()) why.text("reason", outcome.reason);
  if (outcome.outcome == OutcomeClass::succeeded) why.number("paid", outcome.paid);
  if (!detail.empty()) why.raw("by", detail);
  Commit c = change(p, t.to, evidence == "callback" || evidence == "enquiry" || evidence == "settlement" || evidence == "reply" ? evidence : "state", std::move(why).end());
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

// Durable and final for now: whoever waits is told, and the procedure leaves memory as soon as no answer to its request is outstanding.
void Engine::Impl::told(const InstancePtr& p) {
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
