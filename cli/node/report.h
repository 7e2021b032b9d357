// Report: what a demonstration shows at its end, as text: outcomes, doubt and what ended it, latencies, what went over the wire, both ledgers, one procedure's story.
#pragma once

#include <string>

#include "cli/node/reckoning.h"

namespace tollgate::cli {

std::string outcomes_of(const Reckoning& reckoning);
std::string doubts_of(const Reckoning& reckoning);
std::string latencies_of(const Reckoning& reckoning);
std::string wire_of(const Reckoning& reckoning);
std::string ledgers_of(const Reckoning& reckoning);

// One procedure's history, a line an event, as the API tells it: bodies, secrets and users' numbers are sealed in the store and never in here.
std::string timeline_of(Merchant& merchant, const std::string& id);

}  // namespace tollgate::cli
