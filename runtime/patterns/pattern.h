// The procedure's state machine, as data. `next` answers one question: in this state, at this event, given these facts, where does the procedure
// go and what must be done about it? It knows nothing of carriers, clocks or stores, so every pair can be enumerated (see the unit test).
//
//   auto move = next(State::sending, Event::lost, {.money = true});   // -> in_doubt, ask
//
// Pure and reentrant.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/ports/records.h"

namespace tollgate {

enum class Event : uint8_t {
#define TG_EVENT(name, proof, doc) name,
#include "runtime/patterns/events.def"
#undef TG_EVENT
};
constexpr int kEventCount = 0
#define TG_EVENT(name, proof, doc) +1
#include "runtime/patterns/events.def"
#undef TG_EVENT
    ;
std::string_view event_name(Event event);
bool needs_proof(Event event);

// What the table's guards look at.
struct Facts {
  bool money = false;          // the procedure moves money
  bool earlier_sent = false;   // an earlier step of this attempt sent a request that moves money
  bool retransmitted = false;  // bytes of this exchange may have left more than once, and the carrier has not promised to answer a repeat as the first
  bool window_open = false;    // `once per` is declared and its window (less the margin) is open
  bool proof = false;          // evidence of an allowed class is at hand and will be stored in the same commit
};

enum class Guard : uint8_t {
  always,
  money, no_money,
  clean, tainted,        // whether an earlier step's request may have moved money
  trusted, untrusted,    // whether a definite no speaks about all that was sent
  window,
};

// What the engine must do in the same commit or right after it.
enum Action : uint8_t {
  none = 0,
  transmit = 1,    // bytes leave once the commit is durable
  watch = 2,   // wait for the first definite proof
  ask = 4,     // start doubt's chain of proofs
  settle = 8,   // the attempt is closed, with its evidence; the merchant is told
  post = 16,   // ledger rows
  file = 32,   // a case for a person
};

struct Transition {
  State from;
  Event event;
  Guard guard;
  State to;
  uint8_t actions;
  std::string_view why;
};

std::span<const Transition> transitions();

// The row taken, or null: the event changes nothing. Events that need proof change nothing without it.
const Transition* next(State state, Event event, const Facts& facts);

// The whole table, one line per row, for docs/reference.
std::string describe_transitions();

}  // namespace tollgate
