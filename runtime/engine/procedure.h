// A procedure in memory: its record, its open attempt, and what is under way for it. Only open procedures are held; the store has the rest.
#pragma once

#include <algorithm>
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
};
std::string encode(const Frozen& frozen);
Result<Frozen> decode_frozen(std::string_view bytes);

using SessionsUsed = std::vector<std::pair<Index, SessionHandle>>;

// What a procedure has used since it came into memory, to be held against what its module states. Tries that surely did not leave do not count.
struct Spent {
  uint64_t requests = 0, enquiries = 0, instructions = 0, memory_bytes = 0;
  uint64_t credentials = 0;   // units that the credentials of the last transmission took
  void turn(uint64_t units, size_t bytes) {
    instructions += units;
    memory_bytes = std::max<uint64_t>(memory_bytes, bytes);
  }
};

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
  uint32_t hints = 0;                 // of the current wait, that were asked about at once
  Spent spent;
  bool renewed = false;
  bool disproved = false;             // the carrier's cited promise: the transmission before was not looked at
  bool preparing = false;
  SessionsUsed sessions;
  std::unique_ptr<Frozen> frozen;
  std::vector<CounterRecord> counters;   // to be committed with the attempt
  std::optional<Reads> built;         // host reads of the slice that built `frozen`, until they are recorded
  std::unique_ptr<Tape> tape;         // goes with the next event
  std::vector<std::function<void()>> inbox;       // what came while a commit was under way, in order
  std::vector<std::string> registered;            // keys of the callback registry
  std::array<Timers::Handle, 5> timers{};         // by TimerKind
  std::vector<std::function<void(const ProcedureRecord&)>> settled;

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
