#include "runtime/patterns/pattern.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace tollgate {

namespace {

struct EventRow { std::string_view name; bool proof; };
constexpr EventRow kEvents[] = {
#define TG_EVENT(name, proof, doc) {#name, proof},
#include "runtime/patterns/events.def"
#undef TG_EVENT
};

constexpr Transition kTransitions[] = {
#define TG_TRANSITION(from, event, guard, to, actions, why) \
  {State::from, Event::event, Guard::guard, State::to, static_cast<uint8_t>(actions), why},
#include "runtime/patterns/transitions.def"
#undef TG_TRANSITION
};

constexpr std::array<std::string_view, 8> kGuards = {"always", "money", "no_money", "clean", "tainted", "trusted", "untrusted", "window"};

bool holds(Guard guard, const Facts& facts) {
  switch (guard) {
    case Guard::always: return true;
    case Guard::money: return facts.money;
    case Guard::no_money: return !facts.money;
    case Guard::clean: return !facts.earlier_sent;
    case Guard::tainted: return facts.earlier_sent;
    case Guard::trusted: return !facts.retransmitted;
    case Guard::untrusted: return facts.retransmitted;
    case Guard::window: return facts.window_open;
  }
  return false;
}

// The table's rows of one (state, event) pair are adjacent in few places only; an index makes a step O(rows of the pair).
struct Index2 {
  std::array<std::array<uint8_t, 4>, kStateCount * kEventCount> rows{};
  constexpr Index2() {
    for (auto& pair : rows) pair.fill(0xff);
    for (size_t i = 0; i < std::size(kTransitions); ++i) {
      auto& pair = rows[static_cast<size_t>(kTransitions[i].from) * kEventCount + static_cast<size_t>(kTransitions[i].event)];
      size_t at = 0;
      while (pair[at] != 0xff) ++at;   // more than four rows of one pair does not compile
      pair[at] = static_cast<uint8_t>(i);
    }
  }
};
static_assert(std::size(kTransitions) < 0xff);
constexpr Index2 kIndex;

std::string actions_text(uint8_t actions) {
  constexpr std::array<std::string_view, 6> names = {"transmit", "watch", "ask", "settle", "post", "file"};
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    if (actions & (1u << i)) out += (out.empty() ? "" : ", ") + std::string(names[i]);
  }
  return out;
}

}  // namespace

std::string_view event_name(Event event) { return kEvents[static_cast<size_t>(event)].name; }
bool needs_proof(Event event) { return kEvents[static_cast<size_t>(event)].proof; }
std::span<const Transition> transitions() { return kTransitions; }

const Transition* next(State state, Event event, const Facts& facts) {
  if (needs_proof(event) && !facts.proof) return nullptr;
  for (uint8_t row : kIndex.rows[static_cast<size_t>(state) * kEventCount + static_cast<size_t>(event)]) {
    if (row == 0xff) break;
    if (holds(kTransitions[row].guard, facts)) return &kTransitions[row];
  }
  return nullptr;
}

std::string describe_transitions() {
  std::string out = "| state | event | guard | to | actions | why |\n|---|---|---|---|---|---|\n";
  for (const Transition& t : kTransitions) {
    out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", state_name(t.from), event_name(t.event),
                       t.guard == Guard::always ? std::string_view() : kGuards[static_cast<size_t>(t.guard)], state_name(t.to), actions_text(t.actions), t.why);
  }
  return out;
}

}  // namespace tollgate
