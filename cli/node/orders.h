// Orders that a demonstration or a benchmark places: the carrier's currency, an amount its market can carry, a number of its numbering plan.
#pragma once

#include "cli/node/merchant.h"
#include "runtime/load/program.h"

namespace tollgate::cli {

// The same number gives the same order.
Order order_for(const Program& program, size_t number);

}  // namespace tollgate::cli
