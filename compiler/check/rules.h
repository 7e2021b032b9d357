// The rules, by file.
#pragma once

#include "compiler/check/walk.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/hir/hir.h"

namespace tollgate::hir {

// The least that a carrier file may ask for; compiler/source/limits.def says why.
constexpr uint64_t kPaceMsMin = 1000, kWaitMsMin = 1000, kSessionMsMin = 1000;

void check_arms(const Carrier& carrier, Sink& sink);                             // reach.cpp: reach, overlap, codes
void check_outcomes(const Workspace& workspace, const Carrier& carrier, Sink& sink);  // outcomes.cpp: what a no and a yes need
void check_waits(const Carrier& carrier, Sink& sink);                            // waits.cpp: ends, keys, doubt, steps
void check_messages(const Carrier& carrier, Sink& sink);                         // messages.cpp: references, minting, promises
void check_enquiries(const Carrier& carrier, Sink& sink);                        // enquiries.cpp: absence, echoes, sessions
void check_amounts(const Carrier& carrier, Sink& sink);                          // amounts.cpp: what is charged is what was asked
void check_prices(const Carrier& carrier, Sink& sink);                           // prices.cpp: what is priced where the amount is not sent
void check_currencies(const Carrier& carrier, Sink& sink);                       // currencies.cpp: the market's, or none
void check_steps(const Carrier& carrier, Sink& sink);                            // steps.cpp: no second charge on one way
void check_rows(const Carrier& carrier, Sink& sink);                             // rows.cpp: whose row it is, and how rows are written
void check_endpoints(const Carrier& carrier, Sink& sink);                        // endpoints.cpp: verification, hints
void check_secrets(const Carrier& carrier, Sink& sink);                          // secrets.cpp: where they may leave
void check_auths(const Carrier& carrier, Sink& sink);                            // auths.cpp: what may stand in a header that proves who calls
void check_forms(const Carrier& carrier, Sink& sink);                            // forms.cpp: what may stand where in a message
void check_limits(const Carrier& carrier, Sink& sink);                           // limits.cpp: what a module may hold
void check_unused(const Carrier& carrier, Sink& sink);                           // unused.cpp

}  // namespace tollgate::hir
