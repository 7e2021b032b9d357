// Decision: what one answer or message means, after its arm, its slice and its table: the engine's only reading of Targets. Pure.
#pragma once

#include <span>
#include <string>

#include "runtime/engine/deployment.h"
#include "runtime/ports/records.h"
#include "runtime/vm/vm.h"

namespace tollgate {

struct Decision {
  enum class Kind : uint8_t { success, refusal, failure, pending, in_doubt, absent, nothing, await, step, renew, doubt, session_value, answer, breach };
  Kind kind = Kind::in_doubt;
  Outcome outcome;                    // success, refusal, failure
  uint64_t within_ms = 0;             // absent
  const Target* target = nullptr;     // the one that decided
  const Value* registers = nullptr;   // valid until the arena is reset
  std::string why;                    // breach
  bool about_call = false;            // refusal, failure: the reason speaks only about one request
};
std::string_view decision_name(Decision::Kind kind);

// The procedure's money: what was asked.
struct Asked { int64_t amount = 0; uint8_t scale = 0; std::string_view currency; };

Decision decide(const Deployment& deployment, const SliceEnd& end, const Asked& asked);
// For targets reached without a slice.
Decision decide_target(const Deployment& deployment, Index target, const Value* registers, const Asked& asked);

// The text by which a key is known: text as it is, numbers in digits.
std::string key_text(const Value& value);

}  // namespace tollgate
