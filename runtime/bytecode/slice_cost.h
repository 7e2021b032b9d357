// What one run of a slice costs at most: one pass over its code with the weight of every register. Private to this room; see cost.h.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/bytecode/module.h"
#include "runtime/bytecode/verify.h"

namespace tollgate {

// Weights of what survives a slice, each an upper bound. Everything begins at what the runtime lets in, and what the code itself shows narrows it: each
// round of CostModel is sound by itself.
struct Weights {
  explicit Weights(const Module& module);

  std::vector<std::vector<uint64_t>> arguments, kept;           // by procedure
  std::vector<std::vector<std::vector<uint64_t>>> parameters;   // by procedure and step
  std::vector<std::vector<uint64_t>> asked;                     // parameters of enquiries
  std::vector<uint64_t> sessions;                               // their values
  struct Sent { uint64_t path = 0, query = 0, body = 0, headers = 0; };
  std::vector<Sent> sent;                                       // by exchange: what its request is made of

  // The same lists, all zero: what a round of code is seen to put there.
  Weights emptied() const;
  // At most what either says.
  void narrow(const Weights& seen);
};

struct SliceCostBound {
  uint64_t instructions = 0;
  uint64_t memory = 0;
};

// One use of a slice, with what may come in (`in`); what it leaves behind is joined to `out`.
SliceCostBound slice_cost(const Module& module, const verifying::SliceUse& use, const Weights& in, Weights& out);

// All targets in which the slice may end.
std::vector<Index> ends_of(const Module& module, Index slice);

}  // namespace tollgate
