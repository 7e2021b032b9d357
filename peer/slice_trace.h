// What feeds what in a slice: which holes of an answer end in a register of its target. The simulated carrier uses it to know which member
// carries the amount, which one is the key of a code table and which one the lifetime of a session, without being told.
#pragma once

#include <vector>

#include "runtime/bytecode/module.h"

namespace tollgate::peer {

// Hole indices (the body's shape first, then each header's) that may reach `reg` by the end of the slice. Never too few; where a slice
// branches there may be too many.
std::vector<uint32_t> holes_behind(const Module& module, Index slice, Register reg);

}  // namespace tollgate::peer
