// V10: which declaration runs which slice, and what its frame holds.
#include <fmt/format.h>

#include "runtime/bytecode/names.h"
#include "runtime/bytecode/verify.h"

namespace tollgate::verifying {
namespace {

class Uses {
 public:
  explicit Uses(Verification& v) : v_(v), m_(v.m) {}
  std::vector<SliceUse> list;

  void procedures() {
    for (Index p = 0; p < m_.procedures.size(); p++)
      for (Index s = 0; s < m_.procedures[p].steps.size(); s++) {
        const Step& step = m_.procedures[p].steps[s];
        SliceUse use;
        use.frame = Slice::FrameOf::procedure;
        use.owner = p;
        use.step = s;
        use.money = m_.procedures[p].moves_money;
        use.exchange = step.exchange;
        add(use, SliceKind::step, step.slice);
        exchange(use);
        if (step.doubt != kNone) add(use, SliceKind::doubt, step.doubt);
        if (step.late != kNone) v_.fail("V10", fmt::format("procedure {}: `late` is reserved", p));
      }
  }
  void enquiries() {
    for (Index i = 0; i < m_.enquiries.size(); i++) {
      const Enquiry& e = m_.enquiries[i];
      one(Slice::FrameOf::enquiry, i, e.exchange, e.slice, m_.procedures[e.about].moves_money);
    }
  }
  void sessions() {
    for (Index i = 0; i < m_.sessions.size(); i++) one(Slice::FrameOf::session, i, m_.sessions[i].exchange, m_.sessions[i].slice, false);
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
    case Slice::FrameOf::session: return &m.sessions[use.owner].parameters;
    case Slice::FrameOf::callback: return &m.callbacks[use.owner].parameters;
    default: return nullptr;
  }
}

}  // namespace tollgate::verifying
