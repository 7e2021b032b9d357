// Where one request that moves money leads to another: the money must not move twice on one way through the steps.
#include <algorithm>
#include <vector>

#include "compiler/check/carried.h"
#include "compiler/check/rules.h"
#include "compiler/check/words.h"

namespace tollgate::hir {
namespace {

// What is so on the ways that lead to a step.
struct Before {
  bool reached = false;
  bool told = false;         // on some way a request has told the amount: a charge may have been made
  std::vector<bool> sent;    // on every way these kept values were sent
};

class Ways {
 public:
  Ways(const Carrier& carrier, const Procedure& procedure, Sink& sink)
      : procedure_(procedure), amount_(procedure), places_(sends(carrier)), before_(procedure.steps.size()), sink_(sink) {}

  void check() {
    before_[0] = {true, false, std::vector<bool>(procedure_.keeps.size(), false)};
    for (uint32_t i = 0; i < procedure_.steps.size(); ++i) {
      if (!procedure_.steps[i].send || !before_[i].reached) continue;
      const Before after = behind(i);
      for (const Arm& arm : procedure_.steps[i].send->arms) {
        if (arm.target.kind != TargetKind::step || arm.target.index >= before_.size() || arm.target.index <= i) continue;
        judge(i, arm, after);
        lead(arm.target.index, after);
      }
    }
  }

 private:
  const SendPlace& place(uint32_t step) const {
    const Send* send = &*procedure_.steps[step].send;
    return *std::find_if(places_.begin(), places_.end(), [&](const SendPlace& p) { return p.send == send; });
  }

  Before behind(uint32_t step) const {
    Before after = before_[step];
    const SendPlace& here = place(step);
    after.told = after.told || sends_amount(here, amount_, step);
    for (uint32_t k = 0; k < after.sent.size(); ++k) after.sent[k] = after.sent[k] || sends_keep(here, k, false);
    return after;
  }
  void lead(uint32_t step, const Before& after) {
    Before& before = before_[step];
    if (!before.reached) { before = after; return; }
    before.told = before.told || after.told;
    for (size_t k = 0; k < before.sent.size(); ++k) before.sent[k] = before.sent[k] && after.sent[k];
  }

  // The request belongs to the charge that was begun: it names it by our reference, or by what the carrier called it.
  bool names_it(uint32_t step, const Arm& arm, const Before& after) const {
    return carries(place(step), false, [&](const Expr& e) {
      if (e.kind == ExprKind::kept) return bool(after.sent[e.index]);
      if (e.kind != ExprKind::parameter || e.index >= arm.target.arguments.size()) return false;
      bool told = false;
      walk(arm.target.arguments[e.index], [&](const Expr& part) {
        told = told || part.kind == ExprKind::hole || part.kind == ExprKind::parameter || (part.kind == ExprKind::kept && after.sent[part.index]);
      });
      return told;
    });
  }
  // It tells the amount once more, and is not the charge that was begun.
  bool charges_again(uint32_t step, const Arm& arm, const Before& after) const {
    if (!after.told || !sends_amount(place(step), amount_, step)) return false;
    bool other = carries(place(step), false, [&](const Expr& e) { return e.kind == ExprKind::kept && fresh(e.index) && !after.sent[e.index]; });
    return other || !names_it(step, arm, after);
  }
  // A kept time or digest is no reference.
  bool fresh(uint32_t keep) const {
    bool made = false;
    walk(procedure_.keeps[keep].value, [&](const Expr& e) { made = made || (e.kind == ExprKind::host && e.name != "now"); });
    return made;
  }

  bool same_promise(uint32_t from, uint32_t to) const {
    const std::optional<Once>&a = procedure_.steps[from].send->once, &b = procedure_.steps[to].send->once;
    return a && b && a->keep == b->keep && a->keep != kNone;
  }

  void judge(uint32_t from, const Arm& arm, const Before& after) {
    uint32_t to = arm.target.index;
    const Step& step = procedure_.steps[to];
    if (!step.send || arm.target.poisoned || step.send->poisoned || !after.told) return;
    bool by_default = arm.head == ArmHead::other || arm.by_other;
    if (charges_again(to, arm, after)) {
      if (by_default || arm.repeat || !says_word(arm)) return refuse(arm, step, "would charge again, and the first may have been made");
      if (procedure_.steps[from].send->once) refuse(arm, step, "would charge again, and a repeat of the first is answered so too");
    } else if (!same_promise(from, to) && (by_default || !goes_on(arm))) {
      refuse(arm, step, "would go on, and nobody said that it was begun");
    }
  }
  // Something that the carrier said, in a form or with a status that others do not give.
  static bool goes_on(const Arm& arm) {
    if (says_word(arm) || arm.repeat) return true;
    bool good = true, vague = false;
    for (const StatusRange& range : arm.statuses) {
      good = good && range.from >= 200 && range.upto < 300;
      for (uint32_t s = range.from; s <= range.upto; ++s) vague = vague || s < 200 || (s >= 300 && s < 400) || doubtful(static_cast<uint16_t>(s));
    }
    return good || (!vague && speaks(arm));
  }

  void refuse(const Arm& arm, const Step& to, const char* label) {
    sink_.report(Diag::second_charge, arm.target.span).arg("step", to.name).label(label).also(arm.span, "any such answer comes here").also(to.send->span, "this request moves money too")
        .help(Grade::likely, "leave it to doubt", {{arm.target.span, "in_doubt"}})
        .help(Grade::example, "or match the carrier's word that nothing was done: `on 400 json { code: \"…\" }`", {});
  }

  const Procedure& procedure_;
  Amount amount_;
  std::vector<SendPlace> places_;
  std::vector<Before> before_;
  Sink& sink_;
};

}  // namespace

void check_steps(const Carrier& carrier, Sink& sink) {
  for (const Procedure& procedure : carrier.procedures)
    if (procedure.moves_money && !procedure.steps.empty()) Ways(carrier, procedure, sink).check();
}

}  // namespace tollgate::hir
