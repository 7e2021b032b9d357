// Generate: values for the holes of a shape, from a seed: what the property tests and the simulated carrier fill shapes with.
#pragma once

#include <random>
#include <vector>

#include "runtime/base/arena.h"
#include "runtime/bytecode/module.h"
#include "runtime/value/value.h"

namespace tollgate {

struct Generated {
  std::vector<Value> wire;    // what a Builder is given, in the shape's order; missing where the shape allows it
  std::vector<Value> values;  // what a Matcher must give back
};

// The same seed state gives the same values. Text lives in `arena`. Values stay in the image of their reader: what is written in this
// form reads back as the same value. Precondition: a verified module.
Generated generate(const Module& module, Index shape, std::mt19937_64& random, Arena& arena);

}  // namespace tollgate
