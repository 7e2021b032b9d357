// Readings of the carrier's messages, shared by the engine, which acts on them, and by replay, which compares.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/engine/decision.h"
#include "runtime/vm/select.h"

namespace tollgate {

// What a reply means by the exchange's arms, for a procedure whose frame this is. kind nothing with arm kNone: nobody foresaw it.
struct ReplyReading {
  Index arm = kNone;
  bool breach = false;       // the arm's own contradiction; `decision` says breach too
  Decision decision;
};
ReplyReading read_reply(const Deployment& deployment, Index exchange, const ReplyView& reply, uint32_t transmission, Frame frame, const Asked& asked, Host& host, Arena& arena);

// What a callback's message says. `ours` false: it does not match what the callback declares, or contradicts the key it came under.
struct CallbackReading {
  bool ours = false;
  Decision decision;
  const Target* target = nullptr;   // the arm's own, before a table; null: no arm read it
};
CallbackReading read_callback(const Deployment& deployment, Index callback, std::string_view key, const ReplyView& message, Frame frame, const Asked& asked, Host& host, Arena& arena);

// What the arms of something awaited say of this text. `selected` false: no arm is for it.
Decision read_awaited(const Deployment& deployment, const Waited& waited, std::string_view text, Frame frame, const Asked& asked, Host& host, Arena& arena, bool& selected);

}  // namespace tollgate
