// The engine's inside. One class, because every part acts on the same procedures and ports; one file per noun, because nobody should have to read it at
// once: submit.cpp, sending.cpp, reply.cpp, waiting.cpp, repeat.cpp, enquiry.cpp, session_cache.cpp, callbacks.cpp, settling.cpp, commits.cpp, recovery.cpp.
//
// The order of every change: decide in memory, commit, and only in the commit's completion act on the world. While a procedure's commit is under way
// whatever else comes for it waits in its inbox, so its history is one line.
#pragma once

#include <map>
#include <set>
#include <span>
#include <unordered_map>

#include "runtime/engine/decision.h"
#include "runtime/engine/detail.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/host.h"
#include "runtime/engine/procedure.h"
#include "runtime/engine/reading.h"
#include "runtime/engine/verify.h"
#include "runtime/patterns/pattern.h"
#include "runtime/vm/select.h"

namespace tollgate {

struct IdHash {
  size_t operator()(const ProcedureId& id) const {
    size_t h = 0;
    for (size_t i = 8; i < 16; ++i) h = (h << 8) | id[i];   // the random half
    return h;
  }
};

// An inbound message on its way through accept, verify, match, read, commit, answer.
struct Message {
  Inbound inbound;
  Deployment* deployment = nullptr;
  Index callback = kNone;
  std::string key;
  Hash fingerprint{};
  CallbackRecord record;
};
using MessagePtr = std::shared_ptr<Message>;

// How a decision came: for the evidence and the event.
struct Origin {
  std::string_view kind;            // "reply", "callback", "enquiry"
  std::string detail;               // JSON of the event
  MessagePtr message;               // callback
};

// An enquiry under way.
struct Question {
  ProofNeeded proof;
  Index exchange = kNone;
  SessionsUsed sessions;
  bool again = false;               // the second try, with a fresh session
  std::shared_ptr<Tape> tape;
};

class Engine::Impl {
 public:
  Impl(Ports ports, EngineOptions options);

  Status add(std::shared_ptr<const Program> program, const std::map<std::string, std::string>& settings);
  Status recover();
  void submit(Command command, std::function<void(SubmitResult)> done);
  void on_reply(uint64_t ticket, Reply reply);
  void on_alarm();
  void on_callback(Inbound inbound, std::function<void(Answer)> done);
  void when_settled(const ProcedureId& id, std::function<void(const ProcedureRecord&)> done);
  bool drain();
  EngineStatus status() const;
  Result<ReplayReport> replay(const ProcedureId& id, std::shared_ptr<const Program> instead);
  void arm();   // after every call from outside: the earliest timer

 private:
  // commits.cpp
  Commit change(const InstancePtr& p, State to, std::string_view kind, std::string detail);
  void add_event(Instance& p, Commit& commit, std::string_view kind, std::string detail);
  void commit(const InstancePtr& p, Commit commit, std::function<void()> then, MessagePtr message = nullptr);
  void try_commit(const InstancePtr& p, std::shared_ptr<Commit> commit, std::function<void()> then, MessagePtr message, uint32_t tries);
  void note(const InstancePtr& p, std::string_view kind, std::string detail);   // an event without a change of state
  void committed(const InstancePtr& p, const Commit& commit, const std::function<void()>& then, const MessagePtr& message);
  void lost_track(const InstancePtr& p, std::string_view why, const MessagePtr& message);
  void store_beside(Commit beside, std::string_view what);
  void enter(Instance& p, State to);
  Facts facts(const Instance& p, bool proof = false) const;
  const Transition* step_to(const InstancePtr& p, Event event, bool proof) const;

  // submit.cpp
  Result<InstancePtr> new_instance(const Command& command);
  bool full() const;

  // sending.cpp
  void prepare(const InstancePtr& p);
  void build(const InstancePtr& p);
  void begin(const InstancePtr& p, Event event);
  Result<Request> credentialed(const InstancePtr& p, const Exchange& exchange, Tape& tape);
  void unbegun(const InstancePtr& p, Event event, const Error& why);
  void transmit(const InstancePtr& p, Request request);
  void back_off(const InstancePtr& p, const Error& why);
  void give_up(const InstancePtr& p, std::string_view reason, std::string detail);
  void unsent(const InstancePtr& p, std::string_view trouble);
  bool proves_itself(const Message& m, Index slice);
  Result<Request> finished_request(Deployment& d, const Exchange& exchange, const Frame& base, const SessionsUsed& used, const Frozen& frozen,
                                   std::vector<CounterRecord>& counters, Tape& tape, uint64_t* units = nullptr);
  static void tape_sessions(const SessionsUsed& used, Tape& tape);
  void set_send_by(const InstancePtr& p);
  uint64_t send(Request request, std::function<void(Reply)> done);
  void turn(Pace& pace, std::function<void()> run);
  void serve(Pace& pace);

  // reply.cpp
  void handle_reply(const InstancePtr& p, const Reply& reply);
  void handle_answer(const InstancePtr& p, const Reply& reply);
  void apply_reply(const InstancePtr& p, const Decision& d, const Exchange* exchange, std::string detail);   // null: no exchange
  void late_reply(const InstancePtr& p, const Decision& d, std::string detail);
  void unclear(const InstancePtr& p, std::string detail, bool contradiction);
  void unsent_again(const InstancePtr& p, const std::string& why);
  void renew(const InstancePtr& p, const Decision& d, const Exchange& exchange, std::string detail);
  void next_step(const InstancePtr& p, const Decision& d, const Exchange* exchange, std::string detail);
  Decision read_answer(const InstancePtr& p, Index exchange, const Reply& reply, Detail& detail, bool& repeat_on_first);

  // waiting.cpp
  void wait_for(const InstancePtr& p, const Decision& d, std::string detail);
  void watch(const InstancePtr& p);
  void doubt(const InstancePtr& p, Event event, const Decision* chosen, std::string_view kind, std::string detail, Commit extra = {});
  std::string described(const Instance& p) const;
  void register_wait(const InstancePtr& p, bool known = false);
  static std::string key_of(const ProofNeeded& proof);
  void follow_chain(const InstancePtr& p);
  std::optional<ProofNeeded> question(const InstancePtr& p);
  void go_on_asking(const InstancePtr& p);
  void schedule_ask(const InstancePtr& p);
  void hint(const InstancePtr& p);
  std::vector<ProofNeeded> proofs_of(const Target& target, const Value* registers) const;
  std::vector<ProofNeeded> declared_doubt(const InstancePtr& p);
  const ProofNeeded* enquiry_needed(const Instance& p) const;
  void suspend(const InstancePtr& p, std::string_view why);
  bool apply_parked(const InstancePtr& p);

  // repeat.cpp
  bool may_repeat(const Instance& p) const;
  bool repeat_before_giving_up(const InstancePtr& p);
  void repeat(const InstancePtr& p);
  void repeat_later(const InstancePtr& p, const Error& why);
  Status thaw(const InstancePtr& p);

  // enquiry.cpp
  void ask(const InstancePtr& p);
  void acquire_for_enquiry(const InstancePtr& p, ProofNeeded proof, bool again);
  void send_enquiry(const InstancePtr& p, const ProofNeeded& proof, const SessionsUsed& used, bool again);
  void reserve(std::vector<CounterRecord> counters, std::function<void(const Error*)> then);
  void enquiry_answered(const InstancePtr& p, const Question& question, const Reply& reply);
  void enquiry_over(const InstancePtr& p, std::string_view trouble);
  void asked_in_vain(const InstancePtr& p);
  void learn(const InstancePtr& p, const Decision& d, std::string detail);

  // session_cache.cpp
  using SessionsDone = std::function<void(const Error*, SessionsUsed)>;
  void acquire(Deployment& d, std::vector<Index> wanted, SessionsUsed have, SessionsDone done);
  void fetch_session(Deployment& d, Index session);
  void send_session(Deployment& d, Index session, const SessionsUsed& inner);
  void session_answered(Deployment& d, Index session, const Exchange& exchange, const Reply& reply, int64_t sent_mono_us, SessionValue value);
  void session_done(Deployment& d, Index session, const Error* error, SessionHandle value);
  void drop_session(Deployment& d, Index session, const SessionsUsed& used);

  // callbacks.cpp
  void receive(const MessagePtr& m, std::function<void(Answer)> done);
  void deliver(const InstancePtr& p, const MessagePtr& m);
  void take_in(const InstancePtr& p, const MessagePtr& m);
  Decision read_message(const InstancePtr& p, const Message& m, bool& ours);
  bool find_key(Message& m);
  void store_message(const MessagePtr& m, CallbackState state, Commit beside);
  void answered(const MessagePtr& m, bool durable);
  Answer declared_answer(const Message& m) const;
  std::span<const InstancePtr> waiting_for(const Deployment& d, Index callback, const std::string& key) const;
  InstancePtr find_by_key(const Deployment& d, Index callback, const std::string& key) const;
  Result<InstancePtr> find_settled(Deployment& d, const std::string& key);
  void late_message(const InstancePtr& p, const MessagePtr& m, const Decision& d);
  void register_key(const InstancePtr& p, Index callback, const std::string& key, bool known = false);
  std::string registry_key(const Deployment& d, Index callback, std::string_view key) const;

  // settling.cpp
  void conclude(const InstancePtr& p, const Decision& d, Origin origin, bool about_attempt);
  void settle(const InstancePtr& p, const Transition& t, Outcome outcome, std::string_view evidence, std::string detail, MessagePtr message = nullptr);
  void post_ledger(const Instance& p, const Outcome& outcome, Commit& commit) const;
  void told(const InstancePtr& p);
  void weigh(const Instance& p) const;
  void release_settled(const InstancePtr& p);
  void release(const InstancePtr& p);
  bool contradicts(const Instance& p, const Decision& d) const;

  // recovery.cpp
  Result<InstancePtr> adopt(const ProcedureRecord& record);
  void resume(const InstancePtr& p);
  bool question_due(const Instance& p) const;

  // Runs now, or after the commit under way; not at all if the procedure has left.
  template <class F>
  void when_free(const InstancePtr& p, F run) {
    if (p->gone) return;
    if (p->committing) p->inbox.emplace_back(std::move(run));
    else run();
  }

  // clock
  int64_t now() const { return ports_.clock->wall_us(); }
  void check_clock();
  void at(int64_t due_us, std::function<void()> run);
  void set_timer(const InstancePtr& p, TimerKind kind, int64_t due_us, std::function<void()> run);
  void clear_timer(Instance& p, TimerKind kind) { timers_.clear(p.timer(kind)); }

  // running code
  Result<Frame> frame_of(const Instance& p);   // in scratch_
  SliceEnd run(Deployment& d, Index slice, const Frame& frame, SliceHost& host) { return run_slice(*d.program, slice, frame, host, scratch_); }
  Asked asked(const Instance& p) const { return {p.record.amount, p.record.amount_scale, p.record.currency}; }
  static std::string frame_context(const ProcedureId& id) { return "frame|" + to_text(id); }
  static std::string exchange_context(const ProcedureId& id, uint32_t number) { return "exchange|" + to_text(id) + "|" + std::to_string(number); }
  static std::string message_context(const Message& m) { return "callback|" + m.deployment->carrier + "|" + hex(m.fingerprint); }

  Ports ports_;
  EngineOptions options_;
  std::vector<std::unique_ptr<Deployment>> deployments_;
  std::map<std::string, Deployment*, std::less<>> live_;
  std::map<Hash, Deployment*> by_hash_;
  std::unordered_map<ProcedureId, InstancePtr, IdHash> open_;
  std::unordered_map<std::string, std::vector<InstancePtr>> registry_;   // callback keys: who waits for each
  std::unordered_map<uint64_t, std::function<void(Reply)>> tickets_;
  std::map<Hash, std::vector<std::function<void(Answer)>>> arriving_;   // messages whose commit is under way, by fingerprint
  Timers timers_;
  Arena scratch_;
  uint64_t next_ticket_ = 1;
  uint64_t commits_under_way_ = 0;
  int64_t clock_offset_us_ = 0;      // wall - monotonic at the last check
  int64_t clock_unsure_until_us_ = 0;  // monotonic
  int64_t armed_us_ = 0;
  bool draining_ = false;
  EngineStatus counts_;
};

constexpr int64_t kMillisecond = 1000, kSecond = 1000 * kMillisecond;
constexpr int64_t kBackOffFirst = 250 * kMillisecond, kBackOffMax = 8 * kSecond;   // before a surely-not-sent request is tried again
constexpr int64_t kCommitRetryFirst = 100 * kMillisecond, kCommitRetryMax = 5 * kSecond;
constexpr int64_t kClockStepMax = kSecond;        // wall against monotonic, since the last check
constexpr uint64_t kSessionLastingMs = 5 * 60 * 1000;   // where the carrier file states none
constexpr uint64_t kDefaultEveryMs = 60 * 1000;
constexpr uint32_t kTransmissionsMax = bounds::kTransmissions;
constexpr std::string_view kHintEvent = "hint";   // kind of an event: a message that proves nothing said how it ended

}  // namespace tollgate
