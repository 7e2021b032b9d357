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
      : carrier_(carrier), procedure_(procedure), amount_(procedure), places_(sends(carrier)), before_(procedure.steps.size()), sink_(sink) {}

  void check() {
    before_[0] = {true, false, std::vector<bool>(procedure_.keeps.size(), false)};
    for (uint32_t i = 0; i < procedure_.steps.size(); ++i) {
      if (!before_[i].reached) continue;
      const Before after = procedure_.steps[i].send ? behind(i) : before_[i];
      for (const Way& way : ways_from(procedure_.steps[i])) {
        if (way.target->kind != TargetKind::step || way.target->index >= before_.size() || way.target->index <= i) continue;
        judge(i, way, after);
        lead(way.target->index, after);
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
    after.told = after.told || (here.send->moves_money && sends_amount(here, amount_, step));
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
  bool names_it(uint32_t step, const Way& way, const Before& after) const {
    const bool typed = way.waited && way.waited->kind == ProofKind::input;   // the user's word is no name of a charge
    return carries(place(step), false, [&](const Expr& e) {
      if (e.kind == ExprKind::kept) return bool(after.sent[e.index]);
      if (e.kind != ExprKind::parameter || e.index >= way.target->arguments.size()) return false;
      bool told = false;
      walk(way.target->arguments[e.index], [&](const Expr& part) {
        told = told || (part.kind == ExprKind::hole && !typed) || part.kind == ExprKind::parameter || (part.kind == ExprKind::kept && after.sent[part.index]);
      });
      return told;
    });
  }
  // It tells the amount once more, and is not the charge that was begun.
  bool charges_again(uint32_t step, const Way& way, const Before& after) const {
    if (!after.told || !sends_amount(place(step), amount_, step)) return false;
    bool other = carries(place(step), false, [&](const Expr& e) { return e.kind == ExprKind::kept && fresh(e.index) && !after.sent[e.index]; });
    return other || !names_it(step, way, after);
  }
  // A kept time or digest is no reference.
  bool fresh(uint32_t keep) const {
    bool made = false;
    walk(procedure_.keeps[keep].value, [&](const Expr& e) { made = made || (e.kind == ExprKind::host && e.name != "now"); });
    return made;
  }

  // What the user typed, and a message for which only an unguessable URL vouches, are no word of the carrier's.
  bool unvouched(const Way& way) const {
    if (!way.waited || way.waited->index == kNone) return way.waited != nullptr;
    const uint32_t endpoint = carrier_.callbacks[way.waited->index].endpoint;
    return way.waited->kind == ProofKind::input || endpoint == kNone || !carrier_.endpoints[endpoint].proves;
  }

  bool same_promise(uint32_t from, uint32_t to) const {
    if (!procedure_.steps[from].send) return false;
    const std::optional<Once>&a = procedure_.steps[from].send->once, &b = procedure_.steps[to].send->once;
    return a && b && a->keep == b->keep && a->keep != kNone;
  }

  void judge(uint32_t from, const Way& way, const Before& after) {
    uint32_t to = way.target->index;
    const Step& step = procedure_.steps[to];
    if (!step.send || !step.send->moves_money || step.send->poisoned || !after.told) return;
    const bool by_default = !way.arm || way.arm->head == ArmHead::other || way.arm->by_other;
    if (charges_again(to, way, after)) {
      if (by_default || unvouched(way) || way.arm->repeat || !says_word(*way.arm)) return refuse(way, step, "would charge again, and the first may have been made");
      if (procedure_.steps[from].send && procedure_.steps[from].send->once) refuse(way, step, "would charge again, and a repeat of the first is answered so too");
    } else if (!same_promise(from, to) && (by_default || !goes_on(*way.arm))) {
      refuse(way, step, "would go on, and nobody said that it was begun");
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

  void refuse(const Way& way, const Step& to, const char* label) {
    Report report = sink_.report(Diag::second_charge, way.target->span);
    report.arg("step", to.name).label(label);
    if (way.arm) report.also(way.arm->span, way.waited ? "any such message comes here" : "any such answer comes here");
    report.also(to.send->span, "this request moves money too").help(Grade::likely, "leave it to doubt", {{way.target->span, "in_doubt"}})
        .help(Grade::example, "or match the carrier's word that nothing was done: `on 400 json { code: \"…\" }`", {});
  }

  const Carrier& carrier_;
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
