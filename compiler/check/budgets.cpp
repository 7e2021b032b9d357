#include "compiler/check/budgets.h"

#include <fmt/format.h>

namespace tollgate::hir {
namespace {

constexpr size_t kPartsShown = 4;   // of a path: the rest is in `check --cost`

class Budgets {
 public:
  Budgets(const Carrier& carrier, const Module& module, Sink& sink) : carrier_(carrier), module_(module), model_(module), sink_(sink) {}

  void run() {
    for (const Budget& budget : carrier_.budgets)
      for (uint32_t p = 0; p < carrier_.procedures.size() && p < module_.costs.size(); ++p)
        if (budget.procedure == kNone || budget.procedure == p) compare(budget, p);
  }

 private:
  void compare(const Budget& budget, uint32_t p) {
    const uint64_t most = of(module_.costs[p], budget.measure);
    if (most <= budget.most) return;
    const Procedure& procedure = carrier_.procedures[p];
    const MeasureRow& measure = kMeasures[static_cast<size_t>(budget.measure)];
    Report report = sink_.report(Diag::over_budget, budget.span);
    report.arg("name", procedure.name).arg("carrier", carrier_.name).arg("found", amount_text(budget.measure, most)).arg("measure", measure.name)
        .arg("limit", amount_text(budget.measure, budget.most)).label(fmt::format("`{}` may take {}", procedure.name, amount_text(budget.measure, most)));
    size_t shown = 0;
    for (const CostPart& part : model_.path(p, budget.measure)) {
      if (part.what == CostPart::What::next_step || shown == kPartsShown) continue;
      ++shown;
      report.also(place(procedure, part), words(procedure, part, budget.measure));
    }
    report.because(fmt::format("{}: {}", measure.name, measure.doc));
  }

  Span place(const Procedure& procedure, const CostPart& part) const {
    if (part.what == CostPart::What::frame || part.step >= procedure.steps.size()) {
      return part.index < carrier_.enquiries.size() && part.what == CostPart::What::enquiry ? carrier_.enquiries[part.index].span : procedure.span;
    }
    const Step& step = procedure.steps[part.step];
    if (part.what == CostPart::What::doubt && part.arm == kNone) return step.doubt ? step.doubt->span : step.span;
    if (part.arm != kNone && step.send && part.arm < step.send->arms.size()) return step.send->arms[part.arm].target.span;
    if (part.what == CostPart::What::await && step.awaits) return step.awaits->span;
    return step.send ? step.send->span : step.span;
  }

  std::string words(const Procedure& procedure, const CostPart& part, Measure measure) const {
    const std::string amount = amount_text(measure, part.amount);
    switch (part.what) {
      case CostPart::What::request: return fmt::format("this request, with every transmission that is foreseen: {}", amount);
      case CostPart::What::await: return fmt::format("while this is waited for: {}", amount);
      case CostPart::What::doubt: return fmt::format("in doubt after it: {}", amount);
      case CostPart::What::enquiry: return fmt::format("reading an answer to this question: {}", amount);
      case CostPart::What::frame: return fmt::format("the arguments and kept values of `{}`: {}", procedure.name, amount);
      case CostPart::What::next_step: break;
    }
    return amount;
  }

  const Carrier& carrier_;
  const Module& module_;
  CostModel model_;
  Sink& sink_;
};

}  // namespace

void check_budgets(const Carrier& carrier, const Module& module, Sink& sink) {
  if (!carrier.budgets.empty()) Budgets(carrier, module, sink).run();
}

}  // namespace tollgate::hir
