#include "compiler/check/check.h"

#include "compiler/check/rules.h"

namespace tollgate::hir {

void check(const Workspace& workspace, Sink& sink) {
  for (const Carrier& carrier : workspace.carriers) {
    check_arms(carrier, sink);
    check_outcomes(workspace, carrier, sink);
    check_waits(carrier, sink);
    check_messages(carrier, sink);
    check_amounts(carrier, sink);
    check_prices(carrier, sink);
    check_currencies(carrier, sink);
    check_steps(carrier, sink);
    check_enquiries(carrier, sink);
    check_rows(carrier, sink);
    check_endpoints(carrier, sink);
    check_secrets(carrier, sink);
    check_auths(carrier, sink);
    check_forms(carrier, sink);
    check_limits(carrier, sink);
    check_unused(carrier, sink);
  }
}

}  // namespace tollgate::hir
