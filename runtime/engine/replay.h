// Replay: a stored procedure's slices run again on what its events recorded. On the definition that it began with, every request must have the bytes that
// left, or the runtime has a bug. On another definition it shows what would have been different: a change tried on what really happened.
//
//   Replayer replayer(deployment, vault, clock, random, public_url, record, durable);
//   for (event with a tape) replayer.play(event.at_us, tape);
//   ReplayReport report = std::move(replayer).report();
//
// Nothing is sent, and nothing is stored.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/engine/decision.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/host.h"
#include "runtime/engine/procedure.h"
#include "runtime/engine/tape.h"

namespace tollgate {

class Replayer {
 public:
  // All are borrowed. `durable` gives the arguments; everything else is computed again. The clock and chance behind it are never asked.
  Replayer(Deployment& deployment, Ports ports, const std::string& public_url, const ProcedureRecord& record, const Durable& durable);

  void play(int64_t at_us, const Tape& tape);
  ReplayReport report() &&;

 private:
  ReplayItem& item(std::string what);
  void play_step(const Tape& tape);
  void play_sent(const Tape& tape);
  void play_reply(const Tape& tape);
  void play_enquiry(const Tape& tape);
  void play_callback(const Tape& tape);
  void play_awaited(const Tape& tape);
  void play_late(const Tape& tape);
  void follow(Decision decision, const Tape& tape, size_t next_read);
  void play_sessions(const Tape& tape);
  bool at_step(const Tape& tape, ReplayItem& out) const;
  bool run_step(const Reads& reads, ReplayItem& out, SliceEnd& end);
  bool run_session(const Tape& tape, size_t which, const Session& session, bool renewed, ReplayItem& out);
  void finish(const Tape& tape, const Exchange& exchange, const Frame& frame, const Frozen& frozen, const Reads& auth, ReplayItem& out);
  bool frame(Frame& out, ReplayItem& item);
  std::vector<std::string_view> session_values(const Tape& tape, size_t before) const;
  SliceHost host(const Reads& reads);
  Asked asked() const { return {record_.amount, record_.amount_scale, record_.currency}; }
  const Module& module() const { return d_.module(); }
  const Procedure& model() const { return module().procedures[procedure_]; }

  Deployment& d_;
  Ports ports_;
  const std::string& public_url_;
  const ProcedureRecord& record_;
  const Durable& durable_;
  Arena arena_;
  Index procedure_ = kNone;
  uint32_t step_ = 0;
  std::string keeps_, parameters_, remembered_;   // packed, as they are at this point of the story
  Turns turns_;                        // ways back
  std::unique_ptr<Frozen> frozen_;     // of the current step
  Index exchange_ = kNone;
  std::vector<Hash> sessions_seen_;    // requests of sessions already compared
  int64_t at_us_ = 0;
  ReplayReport report_;
};

}  // namespace tollgate
