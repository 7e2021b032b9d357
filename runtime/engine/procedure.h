// A procedure in memory: its record, its open attempt, and what is under way for it. Only open procedures are held; the store has the rest.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/engine/deployment.h"
#include "runtime/engine/frame.h"
#include "runtime/engine/timers.h"
#include "runtime/ports/ports.h"

namespace tollgate {

// A request as it left, and as it will leave again: the body is never computed twice (H13).
struct Frozen {
  std::string method, path, query, content_type, body;
  std::vector<std::pair<std::string, std::string>> headers;
  size_t host = 0;   // of the link's hosts: what leaves again leaves to the same one
};
std::string encode(const Frozen& frozen);
Result<Frozen> decode_frozen(std::string_view bytes);

using SessionsUsed = std::vector<std::pair<Index, SessionHandle>>;

struct Instance {
  ProcedureRecord record;
  AttemptRecord attempt;
  Durable durable;
  bool frame_changed = true;
  Deployment* deployment = nullptr;
  Index procedure = kNone;            // in the module

  // Under way.
  bool committing = false;
  bool gone = false;                  // left the engine; closures that still hold it do nothing
  uint32_t turn = 0;                  // closures of an earlier turn do nothing
  uint32_t sequence = 0;              // of events
  uint32_t tries = 0;                 // back-off
  uint32_t asked = 0;                 // enquiries of the current wait
  int64_t asked_at_us = 0;            // when the last of them left
  size_t position = 0;                // in doubt's chain
  bool answering = false;             // bytes left and the completion is outstanding
  bool asking = false;                // an enquiry is outstanding
  bool hinted = false;                // a message said: ask now
  bool rumoured = false;              // such a message came and no proof has answered it: asked on, even where the wait has no enquiry of its own
  bool renewed = false;
  bool disproved = false;             // the carrier's cited promise: the transmission before was not looked at
  bool preparing = false;
  bool fresh_shown = false;           // what the step shows is not in the history yet
  std::string_view news = "reply";    // what brought the decision that is being applied
  std::shared_ptr<struct Message> bringing;   // the message that brought it: stored with the change
  SessionsUsed sessions;
  std::unique_ptr<Frozen> frozen;
  std::vector<CounterRecord> counters;   // to be committed with the next change: no byte and no user sees their numbers before
  std::vector<UserValueRecord> remembering;   // to be committed with the next change
  std::string remembered;             // what was kept for the user when the last slice ran: packed
  std::optional<Reads> built;         // host reads of the slice that built `frozen`, until they are recorded
  std::unique_ptr<Tape> tape;         // goes with the next event
  std::vector<std::function<void()>> inbox;       // what came while a commit was under way, in order
  std::vector<std::string> registered;            // keys of the callback registry
  std::array<Timers::Handle, 5> timers{};         // by TimerKind
  std::vector<std::function<void(const ProcedureRecord&)>> settled;
  uint32_t clashes = 0;        // references made so far that another attempt had

  const Module& module() const { return deployment->module(); }
  const Procedure& model() const { return module().procedures[procedure]; }
  const Step& step() const { return model().steps[record.step]; }
  bool money() const { return model().moves_money; }
  Timers::Handle& timer(TimerKind kind) { return timers[static_cast<size_t>(kind)]; }
};
using InstancePtr = std::shared_ptr<Instance>;

// A caller may stop waiting: nothing more happens by itself before a person or another procedure acts.
inline bool settled(State s) { return terminal(s) || s == State::suspended || s == State::partial; }

}  // namespace tollgate
