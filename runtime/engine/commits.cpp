// Commits: the one way in which a procedure changes. What failed to commit is tried again until it does; meanwhile nothing else happens to it.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/engine/detail.h"
#include "runtime/engine/impl.h"

namespace tollgate {

namespace {

bool active(State s) { return s == State::accepted || s == State::ready || s == State::sending; }

// Every change of state is named in its event, so that a timeline and the metrics need not guess.
void name_state(std::string& detail, State to) {
  constexpr std::string_view kName = "\"state\":";
  if (!detail.starts_with('{') || detail.find(kName) != std::string::npos) return;
  std::string named = fmt::format("{}\"{}\"", kName, state_name(to));
  if (detail != "{}") named += ',';
  detail.insert(1, named);
}

}  // namespace

void Engine::Impl::enter(Instance& p, State to) {
  const State from = p.record.state;
  p.record.state = to;
  counts_.in_flight += static_cast<uint64_t>(active(to)) - static_cast<uint64_t>(active(from));
  counts_.in_doubt += static_cast<uint64_t>(to == State::in_doubt) - static_cast<uint64_t>(from == State::in_doubt);
}

Facts Engine::Impl::facts(const Instance& p, bool proof) const {
  Facts f;
  f.money = money_out(p);
  f.earlier_sent = p.durable.earlier_sent;
  f.proof = proof;
  const Index exchange = p.attempt.exchange_index;
  const Exchange* e = exchange == kNone ? nullptr : &p.module().exchanges[exchange];
  f.retransmitted = f.money && p.attempt.transmissions > 1 && !p.disproved && !(e != nullptr && e->has_once && e->once.original);
  if (e != nullptr && e->has_once) {   // H12: a tenth of the window is margin
    const int64_t window = static_cast<int64_t>(e->once.window_ms) * kMillisecond;
    const int64_t answer = static_cast<int64_t>(p.module().links[e->link].answer_ms) * kMillisecond;
    f.window_open = now() + answer < p.attempt.first_sent_us + window - window / 10;
  }
  return f;
}

const Transition* Engine::Impl::step_to(const InstancePtr& p, Event event, bool proof) const { return next(p->record.state, event, facts(*p, proof)); }

void Engine::Impl::add_event(Instance& p, Commit& commit, std::string_view kind, std::string detail) {
  EventRecord& e = commit.events.emplace_back(EventRecord{p.record.id, p.record.version, p.sequence++, now(), std::string(kind), std::move(detail), {}});
  if (!p.tape) return;
  p.tape->remembered = p.remembered;
  e.tape = ports_.vault->seal(encode(*p.tape), tape_context(e.procedure, e.sequence));
  p.tape.reset();
}

// The procedure in its new state, one version on, with the event that says why.
Commit Engine::Impl::change(const InstancePtr& p, State to, std::string_view kind, std::string detail) {
  if (p->record.state != to) name_state(detail, to);
  enter(*p, to);
  ++p->record.version;
  p->record.changed_us = now();
  if (p->frame_changed) {
    p->record.frame = ports_.vault->seal(encode(p->durable), frame_context(p->record.id));
    p->frame_changed = false;
  }
  Commit c;
  add_event(*p, c, kind, std::move(detail));
  return c;
}

void Engine::Impl::commit(const InstancePtr& p, Commit commit, std::function<void()> then, MessagePtr message) {
  TG_CHECK(!p->committing, "two commits of one procedure at once");
  p->committing = true;
  commit.procedures.push_back({p->record, p->record.version - 1});
  commit.counters.insert(commit.counters.end(), std::make_move_iterator(p->counters.begin()), std::make_move_iterator(p->counters.end()));
  p->counters.clear();
  commit.user_values = std::exchange(p->remembering, {});
  if (!message && p->bringing) {
    message = std::exchange(p->bringing, nullptr);
    message->record.state = CallbackState::matched;
    message->record.procedure = p->record.id;
  }
  if (message) commit.callbacks.push_back(message->record);
  try_commit(p, std::make_shared<Commit>(std::move(commit)), std::move(then), std::move(message), 0);
}

void Engine::Impl::try_commit(const InstancePtr& p, std::shared_ptr<Commit> commit, std::function<void()> then, MessagePtr message, uint32_t tries) {
  ++commits_under_way_;
  ports_.store->submit(*commit, [this, p, commit, then = std::move(then), message = std::move(message), tries](const CommitResult& r) {
    --commits_under_way_;
    switch (r.kind) {
      case CommitResult::Kind::done: return committed(p, *commit, then, message);
      case CommitResult::Kind::failed: break;
      default: return lost_track(p, r.kind == CommitResult::Kind::stale ? "its stored version is another" : "its message is stored already", message);
    }
    if (r.error.code == "store_duplicate_reference") return reference_taken(p, r.error);
    // Nothing was changed. The carrier is told at once that its message is not safe with us; our own change waits for the store.
    ports_.observer->trouble("commit " + to_text(p->record.id), r.error);
    if (message) answered(message, false);
    const int64_t pause = std::min(kCommitRetryMax, kCommitRetryFirst << std::min(tries, 10u));
    at(now() + pause, [this, p, commit, then, message, tries] { try_commit(p, commit, then, message, tries + 1); });
  });
}

void Engine::Impl::committed(const InstancePtr& p, const Commit& commit, const std::function<void()>& then, const MessagePtr& message) {
  p->committing = false;
  observe(p->record.carrier, commit.events, commit.cases);
  if (message) answered(message, true);
  if (then) then();
  std::vector<std::function<void()>> inbox = std::move(p->inbox);
  p->inbox.clear();
  for (size_t i = 0; i < inbox.size(); ++i) {
    if (p->committing) {   // what is left waits for the next commit, before whatever comes meanwhile
      p->inbox.insert(p->inbox.begin(), std::make_move_iterator(inbox.begin() + static_cast<std::ptrdiff_t>(i)), std::make_move_iterator(inbox.end()));
      break;
    }
    inbox[i]();
  }
}

// Told when it is durable.
void Engine::Impl::observe(std::string_view carrier, const std::vector<EventRecord>& events, const std::vector<CaseRecord>& cases) {
  for (const EventRecord& e : events) ports_.observer->event(carrier, e);
  for (const CaseRecord& c : cases) ports_.observer->opened_case(carrier, c);
}

// The store and we disagree about a procedure: somebody else has changed it. What is stored is true; ours is dropped and read again.
void Engine::Impl::lost_track(const InstancePtr& p, std::string_view why, const MessagePtr& message) {
  if (message) {
    answered(message, false);
    arriving_.erase(message->fingerprint);
  }
  ports_.observer->trouble("procedure " + to_text(p->record.id), {"store_stale", "dropped from memory and read again: " + std::string(why)});
  p->committing = false;
  release(p);
  const auto stored = ports_.store->procedure(p->record.id);
  if (!stored.ok() || !stored.value() || settled(stored.value()->state)) return;
  Result<InstancePtr> again = adopt(*stored.value());
  if (again.ok()) resume(*again);
}

// Another attempt of this carrier has the reference already: what is said of the one would be said of the other. The attempt is recorded before a byte
// leaves, so nothing has; what is stored is the procedure before it, and read again it makes a new reference. A source of chance that is broken makes
// the same again and again, and then the procedure ends, unsent.
void Engine::Impl::reference_taken(const InstancePtr& p, const Error& why) {
  constexpr uint32_t kReferencesMax = 3;
  ports_.observer->trouble("send " + p->record.carrier + " " + to_text(p->record.id), why);
  const uint32_t clashes = p->clashes + 1;
  std::vector<std::function<void(const ProcedureRecord&)>> waiting = std::move(p->settled);
  p->committing = false;
  release(p);
  const auto stored = ports_.store->procedure(p->record.id);
  if (!stored.ok() || !stored.value()) return;   // reading failed: recovery finds it, as it was
  Result<InstancePtr> again = adopt(*stored.value());
  if (!again.ok()) return ports_.observer->trouble("procedure " + to_text(p->record.id), again.error());
  (*again)->clashes = clashes;
  (*again)->settled = std::move(waiting);
  if (clashes < kReferencesMax) return resume(*again);
  give_up(*again, "unbuildable", std::move(Detail().text("why", "every reference that it makes belongs to another charge")).end());
}

// History only: the state stays. Losing such a row in a crash loses no fact about money, so nobody waits for it.
void Engine::Impl::note(const InstancePtr& p, std::string_view kind, std::string detail) {
  Commit c;
  add_event(*p, c, kind, std::move(detail));
  ++commits_under_way_;
  const EventRecord event = c.events.front();
  ports_.store->submit(std::move(c), [this, event, carrier = p->record.carrier](const CommitResult& r) {
    --commits_under_way_;
    if (r.kind == CommitResult::Kind::done) ports_.observer->event(carrier, event);
    else ports_.observer->trouble("history " + to_text(event.procedure), r.error);
  });
}

}  // namespace tollgate
