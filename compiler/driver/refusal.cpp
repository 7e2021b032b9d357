#include "compiler/driver/refusal.h"

namespace tollgate {

bool report_refusal(const Error& error, std::string_view carrier, const Span& span, Sink& sink) {
  std::string_view rule = error.message;
  constexpr std::string_view kBreaks = "the module breaks rule ";
  if (rule.starts_with(kBreaks)) rule.remove_prefix(kBreaks.size());
  if (error.code == "module_over_limit") {
    sink.report(Diag::module_refused, span).arg("carrier", carrier).arg("rule", rule).label("is too large as a whole");
    return false;
  }
  sink.report(Diag::compiler_defect, span).arg("carrier", carrier).arg("rule", rule).label("nothing here is known to be wrong")
      .because("the checker accepted it and the verifier did not; please report it with the file and this rule");
  return true;
}

}  // namespace tollgate
