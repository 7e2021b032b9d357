// A procedure's frame: what survives a restart beside its record. Arguments, kept values and step parameters are held packed (canonical bytes), because a
// waiting procedure should cost hundreds of bytes, not an arena. The whole is sealed before it is stored.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/bytecode/module.h"
#include "runtime/ports/records.h"

namespace tollgate {

// `count` values in canonical bytes; `unpack` is total.
std::string pack(std::span<const Value> values);
Result<std::span<Value>> unpack(std::string_view packed, Arena& arena);

struct ProofNeeded {
  ProofKind kind = ProofKind::manual;
  Index index = kNone;
  uint64_t within_ms = 0;
  std::string arguments;   // packed
  std::string because;
};

struct Wait {
  enum class Mode : uint8_t { none, race, chain } mode = Mode::none;
  std::vector<ProofNeeded> proofs;
  int64_t started_us = 0;
};

struct Minted { Index callback = kNone; std::string key; };   // a URL or bearer that we gave away

// Of ways back: target and how often it was taken.
using Turns = std::vector<std::pair<uint32_t, uint32_t>>;
// The way back once more. False: it was taken so often already.
bool take_turn(Turns& turns, uint32_t target, uint32_t at_most);

struct Durable {
  std::string arguments, keeps, parameters;   // packed
  std::vector<Minted> minted;
  Wait wait;
  bool earlier_sent = false;    // an earlier step's request may have moved money
  bool contradicted = false;    // what the carrier says about this reference may be about another charge (H2): nothing closes it but a person
  int64_t send_by_us = 0;
  std::vector<ShownThing> shown;                       // what the user sees while this step lasts
  Turns turns;
};

std::string encode(const Durable& durable);
Result<Durable> decode_durable(std::string_view bytes);

}  // namespace tollgate
