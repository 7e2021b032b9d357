// Repeats out of doubt: the same reference and the same bytes once more, because the carrier promises (`once per`) not to take them twice. It is how a
// request that a server swallowed still gets there. A no to the repeat says nothing about the first (see the table's `untrusted` rows): only a declared
// answer to a repeat, a success, or proof ends the doubt.
#include <algorithm>

#include "runtime/engine/impl.h"

namespace tollgate {

// Whether the promise covers one more transmission of what is in doubt.
bool Engine::Impl::may_repeat(const Instance& p) const {
  const AttemptRecord& a = p.attempt;
  if (p.record.state != State::in_doubt || !p.money() || p.durable.contradicted) return false;
  if (a.exchange_index == kNone || a.exchange.empty() || p.step().exchange != a.exchange_index) return false;   // a later step waits, and has sent nothing
  if (a.transmissions == 0 || a.transmissions >= kTransmissionsMax || now() > a.first_sent_us + options_.repeat_by_us) return false;
  return next(State::in_doubt, Event::repeat, facts(p)) != nullptr;
}

// The request as it left, from what was stored before it did.
Status Engine::Impl::thaw(const InstancePtr& p) {
  const Result<std::string> plain = ports_.vault->open(p->attempt.exchange, exchange_context(p->record.id, p->attempt.number));
  if (!plain.ok()) return plain.error();
  Result<Frozen> frozen = decode_frozen(*plain);
  if (!frozen.ok()) return std::move(frozen).error();
  p->frozen = std::make_unique<Frozen>(std::move(*frozen));
  return Done{};
}

// No proof is left but a person's. True: a repeat is under way or due. Never before the first answer's time is over: many carriers know only finished
// requests as repeats (H14).
bool Engine::Impl::repeat_before_giving_up(const InstancePtr& p) {
  if (!may_repeat(*p)) return false;
  const Link& link = p->module().links[p->module().exchanges[p->attempt.exchange_index].link];
  const int64_t due = p->attempt.last_sent_us + static_cast<int64_t>(link.connect_ms + link.answer_ms) * kMillisecond;
  if (now() >= due && !p->asking) {
    repeat(p);
  } else {
    set_timer(p, TimerKind::doubt_end, std::max(due, now() + kSecond), [this, p] { follow_chain(p); });
  }
  return true;
}

void Engine::Impl::repeat(const InstancePtr& p) {
  if (p->preparing || draining_) return;   // a draining node leaves it in doubt, and the next start goes on
  if (ports_.clock->monotonic_us() < clock_unsure_until_us_) return repeat_later(p, {"clock_stepped", "the wall clock was stepped; money waits for a moment"});
  if (Status thawed = thaw(p); !thawed.ok()) return suspend(p, "the stored request cannot be read");
  const Exchange& e = p->module().exchanges[p->attempt.exchange_index];
  if (opening_time(p->module(), p->module().links[e.link], now())) return repeat_later(p, {"carrier_closed", "the carrier is closed at this hour"});
  Result<std::vector<SessionNeed>> needs = needs_of(*p, e);
  if (!needs.ok()) return repeat_later(p, needs.error());
  p->preparing = true;
  const uint32_t turn_of = ++p->turn;
  acquire(*p->deployment, std::move(*needs), {}, [this, p, turn_of, &e](const Error* error, SessionsUsed used) {
    if (p->gone || p->turn != turn_of) return;
    if (error != nullptr) {
      p->preparing = false;
      return when_free(p, [this, p, why = *error] { repeat_later(p, why); });
    }
    p->sessions = std::move(used);
    turn(*p->deployment->links[e.link].pace, [this, p, turn_of] {
      if (p->gone || p->turn != turn_of) return;
      p->preparing = false;
      when_free(p, [this, p] {
        if (!may_repeat(*p)) return follow_chain(p);   // proof came meanwhile, or the window closed
        p->renewed = p->disproved = false;
        begin(p, Event::repeat);
      });
    });
  });
}

void Engine::Impl::repeat_later(const InstancePtr& p, const Error& why) {
  if (p->record.state != State::in_doubt) return;
  ports_.observer->trouble("repeat " + p->record.carrier + " " + to_text(p->record.id), why);
  set_timer(p, TimerKind::transmit, now() + kBackOffMax, [this, p] { follow_chain(p); });
}

}  // namespace tollgate
