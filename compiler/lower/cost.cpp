#include "compiler/lower/cost.h"

#include <algorithm>

namespace tollgate {
namespace {

constexpr uint64_t kDoubtMs = 24ull * 3600 * 1000;      // an enquiry in doubt asks this long unless the file says otherwise
constexpr uint64_t kUnitsPerSlice = 1'000'000;           // the VM's own ceiling (kSliceFuel)
constexpr uint64_t kBytesPerSlice = 16ull * 1024 * 1024;  // the arena's own ceiling

// How often an enquiry asks in that time, on its schedule.
uint32_t polls(const hir::Enquiry& enquiry, uint64_t within_ms) {
  uint64_t at = 0;
  uint32_t asked = 0;
  for (size_t i = 0; at < within_ms; ++i) {
    uint64_t interval = enquiry.every_ms.empty() ? within_ms : enquiry.every_ms[std::min(i, enquiry.every_ms.size() - 1)];
    if (interval == 0) break;
    if (i + 1 >= enquiry.every_ms.size()) {  // the last interval repeats
      asked += static_cast<uint32_t>((within_ms - at + interval - 1) / interval);
      break;
    }
    at += interval;
    ++asked;
  }
  return asked;
}

struct Bound {
  uint32_t requests = 0;
  uint64_t wait_ms = 0;
  uint32_t slices = 0;

  void add(const Bound& other) {
    requests += other.requests;
    wait_ms += other.wait_ms;
    slices += other.slices;
  }
  void widest(const Bound& other) {
    requests = std::max(requests, other.requests);
    wait_ms = std::max(wait_ms, other.wait_ms);
    slices = std::max(slices, other.slices);
  }
};

class ProcedureCost {
 public:
  ProcedureCost(const hir::Carrier& carrier, const hir::Procedure& procedure)
      : carrier_(carrier), procedure_(procedure), steps_(procedure.steps.size()), known_(procedure.steps.size(), false) {}

  // Steps only lead forward, so this ends.
  Bound step(uint32_t index) {
    if (index >= steps_.size()) return {};
    if (known_[index]) return steps_[index];
    known_[index] = true;
    const hir::Step& from = procedure_.steps[index];
    Bound bound{0, 0, 1};
    Bound next;
    if (from.send) {
      bound.add(exchange(*from.send));
      for (const hir::Arm& arm : from.send->arms) next.widest(target(arm.target));
    } else if (from.awaits) {
      next.widest(target(*from.awaits));
      Bound after;
      for (const hir::Waited& waited : from.waited)
        for (const hir::Arm& arm : waited.arms) after.widest(target(arm.target));
      if (from.late) after.widest(target(*from.late));
      next.add(after);
    }
    if (from.doubt) next.widest(target(*from.doubt));
    bound.add(next);
    return steps_[index] = bound;
  }

 private:
  // The request, one renewed transmission where the file has one, its auth, its arm.
  static Bound exchange(const hir::Send& send) {
    bool renews = std::any_of(send.arms.begin(), send.arms.end(), [](const hir::Arm& a) { return a.target.kind == TargetKind::renew; });
    return {renews ? 2u : 1u, 0, renews ? 4u : 2u};
  }

  Bound target(const hir::Target& target) {
    switch (target.kind) {
      case TargetKind::step: return step(target.index);
      case TargetKind::again: return repeated(target);
      case TargetKind::await: {
        Bound bound{0, target.within_ms, 0};
        for (const hir::Proof& proof : target.proofs) bound.add(enquiries(proof, target.within_ms));
        return bound;
      }
      case TargetKind::doubt: {
        Bound bound;
        for (const hir::Proof& proof : target.proofs) {
          uint64_t within = proof.within_ms != 0 ? proof.within_ms : proof.kind == ProofKind::enquiry ? kDoubtMs : 0;
          bound.wait_ms += within;
          bound.add(enquiries(proof, within));
        }
        return bound;
      }
      default: return {};
    }
  }

  // What the step costs that is gone back to, each time. A step that is still being reckoned counts its own request and wait.
  Bound repeated(const hir::Target& target) {
    Bound once{1, 0, 4}, all;
    if (target.index < procedure_.steps.size() && procedure_.steps[target.index].awaits) once.wait_ms = procedure_.steps[target.index].awaits->within_ms;
    for (uint32_t i = 0; i < target.at_most; ++i) all.add(once);
    for (const hir::Target& spent : target.spent) all.add(this->target(spent));
    return all;
  }

  Bound enquiries(const hir::Proof& proof, uint64_t within_ms) {
    if (proof.kind != ProofKind::enquiry || proof.index >= carrier_.enquiries.size()) return {};
    uint32_t n = polls(carrier_.enquiries[proof.index], within_ms);
    return {n, 0, n * 3};
  }

  const hir::Carrier& carrier_;
  const hir::Procedure& procedure_;
  std::vector<Bound> steps_;
  std::vector<bool> known_;
};

}  // namespace

Cost cost_of(const hir::Carrier& carrier, const hir::Procedure& procedure) {
  Bound bound = ProcedureCost(carrier, procedure).step(0);
  return {bound.requests, bound.wait_ms, bound.slices * kUnitsPerSlice, kBytesPerSlice};
}

}  // namespace tollgate
