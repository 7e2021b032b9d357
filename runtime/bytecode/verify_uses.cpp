// V10: which declaration runs which slice, and what its frame holds.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/bytecode/instruction.h"
#include "runtime/bytecode/names.h"
#include "runtime/bytecode/verify.h"

namespace tollgate::verifying {
namespace {

class Uses {
 public:
  explicit Uses(Verification& v) : v_(v), m_(v.m) {}
  std::vector<SliceUse> list;

  void procedures() {
    const std::vector<std::vector<MoneyOut>> out = money_out(m_);
    for (Index p = 0; p < m_.procedures.size(); p++)
      for (Index s = 0; s < m_.procedures[p].steps.size(); s++) {
        const Step& step = m_.procedures[p].steps[s];
        SliceUse use;
        use.frame = Slice::FrameOf::procedure;
        use.owner = p;
        use.step = s;
        use.money = m_.procedures[p].moves_money;
        use.exchange = step.exchange;
        use.money_out = out[p][s].before;
        use.unsaid = true;
        add(use, SliceKind::step, step.slice);
        use.unsaid = false;
        exchange(use);
        if (step.doubt != kNone) add(use, SliceKind::doubt, step.doubt);
        use.exchange = kNone;
        use.money_out = out[p][s].waiting;
        use.unsaid = true;
        if (step.late != kNone) add(use, SliceKind::arm, step.late);
        for (const Waited& waited : step.waited) {
          bool comes = waited.kind == ProofKind::callback || (waited.kind == ProofKind::input && waited.name != kNone);
          v_.must(comes, "V10", fmt::format("procedure {}: arms for what does not come", p));
          if (v_.ok() && waited.kind == ProofKind::callback)
            v_.must(m_.callbacks[waited.index].about == p, "V10", fmt::format("procedure {}: arms for another procedure's callback", p));
          use.unsaid = waited.kind == ProofKind::input;
          arms(use, waited.arms);
        }
      }
  }
  void enquiries() {
    for (Index i = 0; i < m_.enquiries.size(); i++) {
      const Enquiry& e = m_.enquiries[i];
      one(Slice::FrameOf::enquiry, i, e.exchange, e.slice, m_.procedures[e.about].moves_money);
    }
  }
  void sessions() {
    for (Index i = 0; i < m_.sessions.size(); i++) {
      const Session& s = m_.sessions[i];
      one(Slice::FrameOf::session, i, s.exchange, s.slice, false);
      v_.must((s.renew_slice == kNone) == (s.renew_exchange == kNone), "V10", fmt::format("session {}: half a renewal", i));
      if (v_.ok() && s.renew_slice != kNone) one(Slice::FrameOf::session, i, s.renew_exchange, s.renew_slice, false);
    }
  }
  void callbacks() {
    for (Index i = 0; i < m_.callbacks.size(); i++) {
      const Callback& c = m_.callbacks[i];
      SliceUse use;
      use.frame = Slice::FrameOf::callback;
      use.owner = i;
      use.money = m_.procedures[c.about].moves_money;
      if (c.match_slice != kNone) add(use, SliceKind::key, c.match_slice);
      arms(use, c.arms);
      use.matched = &c;
      if (c.answer_slice != kNone) add(use, SliceKind::answer, c.answer_slice);
      use.leaves = &m_.procedures[c.about].arguments;
      if (c.opens_slice != kNone) add(use, SliceKind::answer, c.opens_slice);
    }
  }
  // A declared verify sees the message and the settings; its proof is run by the peer alone.
  void endpoints() {
    for (const Endpoint& endpoint : m_.endpoints)
      for (const Verify& verify : endpoint.verify) {
        const bool declared = verify.kind == VerifyKind::declared;
        if (!v_.must(declared == (verify.slice != kNone) && (declared || verify.proof == kNone), "V10", "a verify without its slice, or a slice without its verify")) return;
        if (!declared) continue;
        SliceUse use;
        use.frame = Slice::FrameOf::none;
        add(use, SliceKind::verify, verify.slice);
        use.frame = Slice::FrameOf::auth;
        use.proves = true;
        if (verify.proof != kNone) add(use, SliceKind::auth, verify.proof);
      }
  }
  // What nobody runs is a test's or nothing's: it is checked with an empty frame, a test's with its procedure's.
  void others() {
    std::vector<bool> used(m_.slices.size(), false);
    for (const SliceUse& use : list) used[use.slice] = true;
    for (Index i = 0; i < m_.slices.size(); i++) {
      if (used[i]) continue;
      SliceKind kind = m_.slices[i].kind;
      if (!v_.must(kind == SliceKind::test || kind == SliceKind::answer, "V10", fmt::format("slice {} is used by nothing", i))) return;
      SliceUse use;
      use.slice = i;
      use.kind = kind;
      const Slice& slice = m_.slices[i];
      // A test's script reads the procedure that it runs.
      if (kind == SliceKind::test && slice.frame == Slice::FrameOf::procedure && slice.owner < m_.procedures.size()) {
        use.frame = slice.frame;
        use.owner = slice.owner;
      }
      list.push_back(use);
    }
  }

 private:
  void one(Slice::FrameOf frame, Index owner, Index exchange_index, Index slice, bool money) {
    SliceUse use;
    use.frame = frame;
    use.owner = owner;
    use.exchange = exchange_index;
    use.money = money;
    add(use, SliceKind::step, slice);
    exchange(use);
  }

  void exchange(const SliceUse& owner) {
    if (owner.exchange == kNone) return;
    const Exchange& e = m_.exchanges[owner.exchange];
    arms(owner, e.arms);
    v_.must(e.session_keys.empty() || e.session_keys.size() == e.sessions.size(), "V10", "an exchange with other sessions than keys");
    for (size_t i = 0; v_.ok() && i < e.session_keys.size(); i++) {
      SliceUse key = owner;
      key.leaves = &m_.sessions[e.sessions[i]].parameters;
      if (e.session_keys[i] != kNone) add(key, SliceKind::key, e.session_keys[i]);
      else v_.must(key.leaves->empty(), "V10", "a session without its arguments");
    }
    if (e.session_keys.empty())
      for (Index s : e.sessions) v_.must(m_.sessions[s].parameters.empty(), "V10", "a session without its arguments");
    SliceUse auth = owner;
    auth.frame = Slice::FrameOf::auth;
    if (e.auth != kNone) add(auth, SliceKind::auth, e.auth);
  }
  void arms(const SliceUse& owner, const std::vector<Arm>& list) {
    for (const Arm& arm : list) {
      SliceUse use = owner;
      use.arm = &arm;
      add(use, SliceKind::arm, arm.slice);
    }
  }

  void add(SliceUse use, SliceKind kind, Index slice) {
    const Slice& s = m_.slices[slice];
    use.slice = slice;
    use.kind = kind;
    v_.must(s.kind == kind, "V10", fmt::format("slice {} says {} and is used as {}", slice, name_of(s.kind), name_of(kind)));
    bool framed = kind == SliceKind::auth || s.owner == use.owner;
    v_.must(s.frame == use.frame && framed, "V10", fmt::format("slice {} is used with another frame than it says", slice));
    list.push_back(use);
  }

  Verification& v_;
  const Module& m_;
};

}  // namespace

std::vector<SliceUse> slice_uses(Verification& v) {
  Uses uses(v);
  uses.procedures();
  uses.enquiries();
  uses.sessions();
  uses.callbacks();
  uses.endpoints();
  uses.others();
  return std::move(uses.list);
}

namespace {

// What the code of a slice may do: show something, and end in targets.
template <class F>
void each_target(const Module& m, Index slice, F&& f) {
  const Slice& s = m.slices[slice];
  for (uint32_t pc = s.begin; pc < s.end && pc < m.code.size(); pc++) {
    Instruction in{m.code[pc]};
    if (in.op() == Op::end && in.immediate() < m.targets.size()) f(m.targets[in.immediate()]);
  }
}

bool shows(const Module& m, Index slice) {
  const Slice& s = m.slices[slice];
  for (uint32_t pc = s.begin; pc < s.end && pc < m.code.size(); pc++)
    if (Instruction{m.code[pc]}.op() == Op::show) return true;
  return false;
}

// What the user may do meanwhile: only an input comes to us alone.
bool waits_for_payment(const Target& t) {
  if (t.kind != TargetKind::await) return false;
  return std::any_of(t.proofs.begin(), t.proofs.end(), [](const Proof& p) { return p.kind != ProofKind::input; });
}

class MoneyWalk {
 public:
  MoneyWalk(const Module& m, const Procedure& p) : m_(m), p_(p), out(p.steps.size()) {}

  // Grows until nothing changes: each round but the last marks a step more.
  void run() {
    for (changed_ = true; changed_;) {
      changed_ = false;
      for (Index s = 0; s < p_.steps.size(); s++) visit(s);
    }
  }

 private:
  void visit(Index s) {
    const Step& step = p_.steps[s];
    bool shown = out[s].before || shows(m_, step.slice);
    mark(out[s].waiting, shown);
    each_target(m_, step.slice, [&](const Target& t) { mark(out[s].waiting, waits_for_payment(t)); });
    bool sent = step.exchange != kNone && m_.exchanges[step.exchange].moves_money;
    auto lead = [&](Index slice, bool from, bool moved) {
      each_target(m_, slice, [&](const Target& t) {
        if ((t.kind == TargetKind::step || t.kind == TargetKind::again) && t.index < out.size())
          mark(out[t.index].before, from || (moved && t.kind == TargetKind::step));
        mark(out[s].waiting, moved || waits_for_payment(t));
      });
    };
    if (step.exchange != kNone)
      for (const Arm& arm : m_.exchanges[step.exchange].arms) lead(arm.slice, shown, sent);
    lead(step.slice, shown, false);
    if (step.late != kNone) lead(step.late, out[s].waiting, false);
    for (const Waited& waited : step.waited)
      for (const Arm& arm : waited.arms) lead(arm.slice, out[s].waiting, false);
  }
  void mark(bool& known, bool now) {
    if (!now || known) return;
    known = changed_ = true;
  }

  const Module& m_;
  const Procedure& p_;
  bool changed_ = false;

 public:
  std::vector<MoneyOut> out;
};

}  // namespace

std::vector<std::vector<MoneyOut>> money_out(const Module& m) {
  std::vector<std::vector<MoneyOut>> all;
  for (const Procedure& p : m.procedures) {
    MoneyWalk walk(m, p);
    walk.run();
    all.push_back(std::move(walk.out));
  }
  return all;
}

const std::vector<Field>* argument_fields(const Module& m, const SliceUse& use) {
  switch (use.frame) {
    case Slice::FrameOf::procedure: return &m.procedures[use.owner].arguments;
    case Slice::FrameOf::enquiry: return &m.procedures[m.enquiries[use.owner].about].arguments;
    case Slice::FrameOf::callback: return &m.procedures[m.callbacks[use.owner].about].arguments;
    default: return nullptr;
  }
}

const std::vector<Field>* kept_fields(const Module& m, const SliceUse& use) {
  switch (use.frame) {
    case Slice::FrameOf::procedure: return &m.procedures[use.owner].keeps;
    case Slice::FrameOf::enquiry: return &m.procedures[m.enquiries[use.owner].about].keeps;
    case Slice::FrameOf::callback: return &m.procedures[m.callbacks[use.owner].about].keeps;
    default: return nullptr;
  }
}

const std::vector<Field>* parameter_fields(const Module& m, const SliceUse& use) {
  switch (use.frame) {
    case Slice::FrameOf::procedure: return &m.procedures[use.owner].steps[use.step].parameters;
    case Slice::FrameOf::enquiry: return &m.enquiries[use.owner].parameters;
    case Slice::FrameOf::session: {
      const Session& s = m.sessions[use.owner];
      return s.renew_exchange != kNone && use.exchange == s.renew_exchange ? &s.renew_parameters : &s.parameters;
    }
    case Slice::FrameOf::callback: return &m.callbacks[use.owner].parameters;
    default: return nullptr;
  }
}

}  // namespace tollgate::verifying
