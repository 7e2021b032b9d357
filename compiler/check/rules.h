// The rules, by file.
#pragma once

#include "compiler/check/walk.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/hir/hir.h"

namespace tollgate::hir {

void check_arms(const Carrier& carrier, Sink& sink);                             // reach.cpp: reach, overlap, codes
void check_outcomes(const Workspace& workspace, const Carrier& carrier, Sink& sink);  // outcomes.cpp: what a no and a yes need
void check_waits(const Carrier& carrier, Sink& sink);                            // waits.cpp: ends, keys, doubt, steps
void check_flow(const Workspace& workspace, const Carrier& carrier, Sink& sink);   // flow.cpp: what is awaited, shown, needed, repeated; safe requests
void check_messages(const Carrier& carrier, Sink& sink);                         // messages.cpp: references, minting, promises
void check_enquiries(const Carrier& carrier, Sink& sink);                        // enquiries.cpp: absence, echoes, sessions
void check_endpoints(const Carrier& carrier, Sink& sink);                        // endpoints.cpp: verification, hints
void check_secrets(const Carrier& carrier, Sink& sink);                          // secrets.cpp: where they may leave
void check_unused(const Carrier& carrier, Sink& sink);                           // unused.cpp

}  // namespace tollgate::hir
