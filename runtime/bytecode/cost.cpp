#include "runtime/bytecode/cost.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/arena.h"
#include "runtime/bytecode/bounds.h"
#include "runtime/bytecode/message_bounds.h"
#include "runtime/bytecode/meter.h"
#include "runtime/bytecode/slice_cost.h"

namespace tollgate {
namespace {

constexpr int kRounds = 3;               // of narrowing: a kept value of a parameter of a kept value is precise
constexpr uint64_t kCostMax = uint64_t{1} << 53;
constexpr uint64_t kValueBytes = 32;     // of a packed value beside its text
constexpr uint64_t kDoubtRuns = 2;       // an `on doubt` is computed when doubt begins, and when a hint asks who could know …
constexpr uint64_t kDoubtRunsOfPoll = 3; // … which it does around every question

uint64_t add(uint64_t a, uint64_t b) { return std::min(kCostMax, a + b); }
uint64_t times(uint64_t a, uint64_t b) { return a != 0 && b > kCostMax / a ? kCostMax : std::min(kCostMax, a * b); }

// The measures that add up along a path; memory does not.
struct Sum {
  uint64_t requests = 0, enquiries = 0, sessions = 0, wait_ms = 0, doubt_ms = 0, instructions = 0;

  Sum& operator+=(const Sum& o) {
    requests = add(requests, o.requests), enquiries = add(enquiries, o.enquiries), sessions = add(sessions, o.sessions);
    wait_ms = add(wait_ms, o.wait_ms), doubt_ms = add(doubt_ms, o.doubt_ms), instructions = add(instructions, o.instructions);
    return *this;
  }
  Sum operator*(uint64_t n) const {
    return {times(requests, n), times(enquiries, n), times(sessions, n), times(wait_ms, n), times(doubt_ms, n), times(instructions, n)};
  }
  // The worst of both, each measure by itself.
  void widen(const Sum& o) {
    requests = std::max(requests, o.requests), enquiries = std::max(enquiries, o.enquiries), sessions = std::max(sessions, o.sessions);
    wait_ms = std::max(wait_ms, o.wait_ms), doubt_ms = std::max(doubt_ms, o.doubt_ms), instructions = std::max(instructions, o.instructions);
  }
  uint64_t of(Measure measure) const {
    switch (measure) {
      case Measure::requests: return requests;
      case Measure::enquiries: return enquiries;
      case Measure::sessions: return sessions;
      case Measure::wait: return wait_ms;
      case Measure::doubt: return doubt_ms;
      case Measure::instructions: return instructions;
      case Measure::memory: break;
    }
    return 0;
  }
};

// How often an enquiry asks in that time, on its own pace.
uint64_t polls(const Enquiry& enquiry, uint64_t within_ms) {
  if (enquiry.every_ms.empty()) return within_ms / 60'000 + 1;
  uint64_t at = 0, asked = 0;
  for (size_t i = 0; i + 1 < enquiry.every_ms.size() && at + enquiry.every_ms[i] <= within_ms; ++i, ++asked) at += enquiry.every_ms[i];
  const uint64_t last = std::max<uint64_t>(1, enquiry.every_ms.back());
  return asked + (within_ms - std::min(at, within_ms)) / last + 1;
}

}  // namespace

// The walk over one procedure's steps. Whatever a target can lead to gets its cost in `of_target`, and nowhere else.
class ProcedureCost {
 public:
  ProcedureCost(const CostModel& model, Index procedure)
      : model_(model), m_(model.m_), index_(procedure), procedure_(m_.procedures[procedure]), known_(procedure_.steps.size()), steps_(procedure_.steps.size()) {
    for (const Callback& callback : m_.callbacks) hints_ = hints_ || callback.about == procedure;
  }

  Cost cost() {
    const Sum sum = procedure_.steps.empty() ? Sum() : step(0);
    return {sum.requests, sum.enquiries, sum.sessions, sum.wait_ms, sum.doubt_ms, sum.instructions, memory()};
  }

  std::vector<CostPart> path(Measure measure) {
    std::vector<CostPart> out;
    if (measure == Measure::memory) return widest_turn();
    for (Index s = 0; s != kNone && s < procedure_.steps.size();) s = explain(s, measure, out);
    return out;
  }

 private:
  // One way on: what it costs beside the request, and the step that it leads to.
  struct Way {
    Sum here;
    Index arm = kNone;
    Index step = kNone;
    CostPart::What what = CostPart::What::await;
    bool ends_doubt = false;   // it has its own chain, so the step's is not gone through
  };

  struct Local {
    Sum own;       // the step's slice, and being sent
    Sum once;      // one transmission with its credentials and its answer's slice
    uint64_t transmissions = 1;
    Sum repeated;  // between one transmission and the next: what is asked and waited for, as long as a repeat may still be sent
    Sum doubt;     // the step's chain of proofs
  };

  uint64_t units(Index slice) const { return slice == kNone ? 0 : model_.instructions(slice); }

  // ---- steps

  Sum step(Index s) {
    if (known_[s]) return steps_[s];
    known_[s] = true;  // steps only go forward; a module that says otherwise is refused before this is asked
    const Local local = local_of(s);
    Sum sum = until_answered(local);
    Sum rest;
    for (const Way& way : ways(s)) {
      Sum more = way.here;
      if (!way.ends_doubt && way.step == kNone) more += local.doubt;
      if (way.step != kNone) more += step(way.step);
      rest.widen(more);
    }
    rest.widen(local.doubt);
    sum += rest;
    return steps_[s] = sum;
  }

  Sum until_answered(const Local& local) const {
    Sum sum = local.own;
    sum += local.once * local.transmissions;
    Sum between = local.repeated * (local.transmissions - 1);
    between.wait_ms = std::min(between.wait_ms, bounds::kRepeatByMs);   // together: later than that nothing is sent again
    between.doubt_ms = std::min(between.doubt_ms, bounds::kRepeatByMs);
    sum += between;
    return sum;
  }

  Local local_of(Index s) {
    const Step& from = procedure_.steps[s];
    Local local;
    local.own.instructions = units(from.slice);
    const Index chain = doubt_slice(s);
    local.doubt = doubt_of(chain, UINT64_MAX);
    if (from.exchange == kNone) return local;
    const Exchange& e = m_.exchanges[from.exchange];
    local.own.wait_ms = bounds::kSendByMs;
    local.once = exchange(e);
    local.once.requests = 1;
    local.transmissions = transmissions(e);
    if (local.transmissions > 1 && e.has_once) {
      for (const Way& way : ways(s, bounds::kRepeatByMs)) local.repeated.widen(way.here);
      local.repeated += doubt_of(chain, bounds::kRepeatByMs);
    }
    return local;
  }

  // By the carrier's promise so many; once more with a fresh session, where an answer asks for one.
  static bool renews(const Module& m, const Exchange& e) {
    return std::any_of(e.arms.begin(), e.arms.end(), [&](const Arm& arm) { return ends_in(m, arm, TargetKind::renew); });
  }
  static bool ends_in(const Module& m, const Arm& arm, TargetKind kind) {
    if (arm.target != kNone && m.targets[arm.target].kind == kind) return true;
    for (Index i : ends_of(m, arm.slice))
      if (m.targets[i].kind == kind) return true;
    return false;
  }
  uint64_t transmissions(const Exchange& e) const { return (e.has_once && e.moves_money ? bounds::kTransmissions : 1) + (renews(m_, e) ? 1 : 0); }

  // One transmission of an exchange: its sessions, its credentials, the arm that takes longest, the time of its answer.
  Sum exchange(const Exchange& e) const {
    Sum sum;
    sum.sessions = fetches(e, {});
    sum.instructions = units(e.auth);
    uint64_t arm = 0;
    for (const Arm& a : e.arms) arm = std::max(arm, units(a.slice));
    sum.instructions = add(sum.instructions, arm);
    const Link& link = m_.links[e.link];
    sum.wait_ms = add(link.connect_ms, link.answer_ms);
    return sum;
  }

  // A session's own request may need sessions too; one that needs itself is never had.
  uint64_t fetches(const Exchange& e, std::vector<Index> around) const {
    uint64_t n = 0;
    for (Index s : e.sessions) {
      if (std::find(around.begin(), around.end(), s) != around.end()) continue;
      std::vector<Index> inside = around;
      inside.push_back(s);
      n = add(n, add(1, inside.size() > 8 ? kCostMax : fetches(m_.exchanges[m_.sessions[s].exchange], inside)));
    }
    return n;
  }

  // ---- what arms lead to

  std::vector<Way> ways(Index s, uint64_t longest_ms = UINT64_MAX) {
    std::vector<Way> out;
    const Step& from = procedure_.steps[s];
    if (from.exchange == kNone) {
      for (Index t : ends_of(m_, from.slice)) out.push_back(way(t, s, kNone, longest_ms));
      return out;
    }
    const Exchange& e = m_.exchanges[from.exchange];
    for (Index a = 0; a < e.arms.size(); ++a) {
      if (e.arms[a].target != kNone) out.push_back(way(e.arms[a].target, s, a, longest_ms));
      for (Index t : ends_of(m_, e.arms[a].slice)) out.push_back(way(t, s, a, longest_ms));
    }
    return out;
  }

  // The one place where what comes next gets its cost.
  Way way(Index target, Index s, Index arm, uint64_t longest_ms) {
    const Target& t = m_.targets[target];
    Way out;
    out.arm = arm;
    switch (t.kind) {
      case TargetKind::step:
        if (t.index > s && t.index < procedure_.steps.size()) out.step = t.index;
        break;
      case TargetKind::await: {
        const uint64_t within = std::min(t.within_ms == 0 ? bounds::kDoubtMs : t.within_ms, longest_ms);
        out.here.wait_ms = within;
        out.here += asking(t.proofs, within, doubt_slice(s));
        break;
      }
      case TargetKind::doubt:
        out.here = chain(t.proofs, longest_ms, doubt_slice(s));
        out.what = CostPart::What::doubt;
        out.ends_doubt = true;
        break;
      default: break;
    }
    return out;
  }

  // A step's own chain, or that of a step before it that has no parameters.
  Index doubt_slice(Index s) const {
    Index slice = procedure_.steps[s].doubt;
    for (; slice == kNone && s > 0; --s)
      if (procedure_.steps[s - 1].parameters.empty()) slice = procedure_.steps[s - 1].doubt;
    return slice;
  }

  Sum doubt_of(Index slice, uint64_t longest_ms) {
    Sum worst;
    for (Index t : ends_of(m_, slice))
      if (m_.targets[t].kind == TargetKind::doubt) worst.widen(chain(m_.targets[t].proofs, longest_ms, slice));
    worst.instructions = add(worst.instructions, times(kDoubtRuns, units(slice)));
    return worst;
  }

  // Proofs one after the other, up to the one that only a person can give.
  Sum chain(const std::vector<Proof>& proofs, uint64_t longest_ms, Index doubt) {
    Sum sum;
    for (size_t i = 0; i < proofs.size(); ++i) {
      if (proofs[i].kind != ProofKind::enquiry && proofs[i].kind != ProofKind::callback) break;
      const uint64_t within = std::min(proofs[i].within_ms == 0 ? bounds::kDoubtMs : proofs[i].within_ms, longest_ms);
      sum.doubt_ms = add(sum.doubt_ms, within);
      Sum asked;
      if (proofs[i].kind == ProofKind::enquiry) asked = questions(proofs[i].index, within, doubt);
      else asked = asking(proofs, within, doubt);
      sum += asked;
    }
    return sum;
  }

  // Questions while one of these is waited for: those of an enquiry among them; and where a message may come that proves nothing, of the first enquiry
  // that would be asked in doubt.
  Sum asking(const std::vector<Proof>& proofs, uint64_t within_ms, Index doubt) {
    Sum worst;
    for (const Proof& proof : proofs)
      if (proof.kind == ProofKind::enquiry) worst.widen(questions(proof.index, within_ms, doubt));
    if (!hints_) return worst;
    for (Index t : ends_of(m_, doubt))
      for (const Proof& proof : m_.targets[t].proofs)
        if (proof.kind == ProofKind::enquiry) worst.widen(questions(proof.index, within_ms, doubt));
    return worst;
  }

  Sum questions(Index enquiry, uint64_t within_ms, Index doubt) {
    if (enquiry >= m_.enquiries.size()) return {};
    const Enquiry& asked = m_.enquiries[enquiry];
    const Exchange& e = m_.exchanges[asked.exchange];
    uint64_t n = polls(asked, within_ms);
    if (hints_) n = add(n, bounds::kHints * std::max<uint64_t>(1, asked.every_ms.size()));  // each asks at once, and the pace begins anew
    Sum one = exchange(e);
    one.instructions = add(one.instructions, units(asked.slice));
    one.wait_ms = 0;
    one.enquiries = 1;
    Sum sum = one * (renews(m_, e) ? 2 * n : n);
    sum.instructions = add(sum.instructions, times(kDoubtRunsOfPoll * n, units(doubt)));
    return sum;
  }

  // ---- memory

  uint64_t frame() const {
    uint64_t bytes = kValueBytes;
    for (const Field& f : procedure_.arguments) bytes += field_bytes(f, bounds::kArgumentBytes);
    for (size_t k = 0; k < procedure_.keeps.size(); ++k) bytes += field_bytes(procedure_.keeps[k], std::min(bounds::kDurableBytes, model_.kept_[index_][k]));
    uint64_t parameters = 0;
    for (const Step& s : procedure_.steps) parameters = std::max(parameters, fields_bytes(s.parameters));
    for (const Enquiry& e : m_.enquiries)
      if (e.about == index_) parameters = std::max(parameters, fields_bytes(e.parameters));
    return bytes + parameters;
  }
  static uint64_t fields_bytes(const std::vector<Field>& fields) {
    uint64_t bytes = 0;
    for (const Field& f : fields) bytes += field_bytes(f, bounds::kDurableBytes);
    return bytes;
  }
  static uint64_t field_bytes(const Field& f, uint64_t text) {
    switch (f.type.kind) {
      case Kind::boolean: case Kind::integer: case Kind::decimal: case Kind::money: case Kind::currency: case Kind::time: case Kind::local_time:
      case Kind::duration: case Kind::msisdn: return kValueBytes;
      case Kind::list: case Kind::pairs: return kValueBytes + text * (1 + sizeof(Value));
      default: return kValueBytes + text;
    }
  }

  uint64_t reading(const std::vector<Arm>& arms) const {
    std::vector<Index> shapes;
    uint64_t slice = 0;
    for (const Arm& arm : arms) {
      slice = std::max(slice, bytes(arm.slice));
      if (arm.shape != kNone) shapes.push_back(arm.shape);
      for (const HeaderPattern& h : arm.headers) shapes.push_back(h.shape), shapes.push_back(h.shape);  // to choose, and to take
    }
    return add(slice, reading_bytes(m_, shapes) + arms.size() + kValueBytes);
  }
  uint64_t bytes(Index slice) const { return slice == kNone ? 0 : model_.memory(slice); }

  uint64_t turn(Index exchange) const { return add(reading(m_.exchanges[exchange].arms), bytes(m_.exchanges[exchange].auth)); }
  uint64_t turn(const Callback& callback) const {
    const std::vector<Index> shapes(callback.match_shape == kNone ? 0 : 1, callback.match_shape);
    return add(reading(callback.arms), add(reading_bytes(m_, shapes), bytes(callback.match_slice)));
  }

  // An answer is read, its arm runs, and then what comes next may be computed at once: a step that sends nothing, an `on doubt`.
  uint64_t memory() const {
    uint64_t answers = 0, slices = 0, steps = 0, doubts = 0;
    for (const Step& s : procedure_.steps) {
      if (s.exchange == kNone) steps = add(steps, bytes(s.slice));
      else slices = std::max(slices, bytes(s.slice)), answers = std::max(answers, turn(s.exchange));
      doubts = std::max(doubts, bytes(s.doubt));
    }
    for (const Enquiry& e : m_.enquiries) {
      if (e.about != index_) continue;
      answers = std::max(answers, turn(e.exchange));
      slices = std::max(slices, bytes(e.slice));
    }
    for (const Callback& c : m_.callbacks)
      if (c.about == index_) answers = std::max(answers, turn(c));
    const uint64_t all = add(add(times(3, frame()), answers), add(add(slices, steps), times(2, doubts)));
    return std::min<uint64_t>(all, Arena::kArenaMax);
  }

  std::vector<CostPart> widest_turn() const {
    std::vector<CostPart> out{{CostPart::What::frame, 0, kNone, kNone, 3 * frame()}};
    CostPart most;
    for (Index s = 0; s < procedure_.steps.size(); ++s) {
      const Step& from = procedure_.steps[s];
      const uint64_t here = add(bytes(from.slice), from.exchange == kNone ? 0 : turn(from.exchange));
      if (here > most.amount) most = {CostPart::What::request, s, kNone, kNone, here};
    }
    for (Index e = 0; e < m_.enquiries.size(); ++e) {
      if (m_.enquiries[e].about != index_) continue;
      const uint64_t here = add(bytes(m_.enquiries[e].slice), turn(m_.enquiries[e].exchange));
      if (here > most.amount) most = {CostPart::What::enquiry, kNone, kNone, e, here};
    }
    if (most.amount > 0) out.push_back(most);
    return out;
  }

  // ---- the costliest path

  // The parts of one step; the step that follows on that path, or kNone.
  Index explain(Index s, Measure measure, std::vector<CostPart>& out) {
    const Local local = local_of(s);
    const uint64_t own = until_answered(local).of(measure);
    if (own > 0) out.push_back({CostPart::What::request, s, kNone, kNone, own});
    Way worst;
    worst.ends_doubt = true;
    uint64_t most = 0;
    for (const Way& way : ways(s)) {
      uint64_t amount = way.here.of(measure);
      if (!way.ends_doubt && way.step == kNone) amount = add(amount, local.doubt.of(measure));
      if (way.step != kNone) amount = add(amount, step(way.step).of(measure));
      if (amount > most) most = amount, worst = way;
    }
    const uint64_t doubt = local.doubt.of(measure);
    if (doubt > most) return out.push_back({CostPart::What::doubt, s, kNone, kNone, doubt}), kNone;
    if (worst.here.of(measure) > 0) out.push_back({worst.what, s, worst.arm, kNone, worst.here.of(measure)});
    if (worst.step != kNone) out.push_back({CostPart::What::next_step, s, worst.arm, worst.step, 0});
    else if (!worst.ends_doubt && doubt > 0) out.push_back({CostPart::What::doubt, s, kNone, kNone, doubt});
    return worst.step;
  }

  const CostModel& model_;
  const Module& m_;
  Index index_;
  const Procedure& procedure_;
  std::vector<bool> known_;
  std::vector<Sum> steps_;
  bool hints_ = false;
};

CostModel::CostModel(const Module& module) : m_(module) {
  verifying::Verification unjudged{module};
  const std::vector<verifying::SliceUse> uses = verifying::slice_uses(unjudged);
  Weights in(module);
  for (int round = 0; round < kRounds; ++round) {
    Weights seen = in.emptied();
    slices_.assign(module.slices.size(), {});
    for (const verifying::SliceUse& use : uses) {
      if (use.slice >= slices_.size()) continue;
      const SliceCostBound one = slice_cost(module, use, in, seen);
      SliceCost& most = slices_[use.slice];
      most.instructions = std::max(most.instructions, one.instructions);
      most.memory = std::max(most.memory, one.memory);
    }
    kept_ = in.kept;
    in.narrow(seen);
  }
}

Cost CostModel::procedure(Index procedure) const { return ProcedureCost(*this, procedure).cost(); }
std::vector<CostPart> CostModel::path(Index procedure, Measure measure) const { return ProcedureCost(*this, procedure).path(measure); }

void state_costs(Module& module) {
  module.costs.clear();
  const CostModel model(module);
  for (Index s = 0; s < module.slices.size(); ++s) {
    module.slices[s].instructions = model.instructions(s);
    module.slices[s].memory_bytes = model.memory(s);
  }
  for (Index p = 0; p < module.procedures.size(); ++p) module.costs.push_back(model.procedure(p));
}

uint64_t of(const Cost& cost, Measure measure) {
  switch (measure) {
#define TG_MEASURE(name, field, unit, doc) case Measure::name: return cost.field;
#include "runtime/bytecode/measures.def"
#undef TG_MEASURE
  }
  return 0;
}

}  // namespace tollgate
