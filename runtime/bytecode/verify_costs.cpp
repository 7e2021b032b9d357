// V18: nothing can cost more than the module states. The bounds are computed anew from the code by the same function that the compiler used.
#include <fmt/format.h>

#include "runtime/bytecode/cost.h"
#include "runtime/bytecode/verify.h"

namespace tollgate::verifying {

void check_costs(Verification& v) {
  const Module& m = v.m;
  if (!v.must(m.costs.size() == m.procedures.size(), "V18", "not every procedure states its cost")) return;
  const CostModel model(m);
  for (Index s = 0; s < m.slices.size(); ++s) {
    const uint64_t units = model.instructions(s), bytes = model.memory(s);
    if (!v.must(m.slices[s].instructions >= units, "V18", fmt::format("slice {} states {} units and may take {}", s, m.slices[s].instructions, units))) return;
    if (!v.must(m.slices[s].memory_bytes >= bytes, "V18", fmt::format("slice {} states {} bytes and may take {}", s, m.slices[s].memory_bytes, bytes))) return;
  }
  for (Index p = 0; p < m.procedures.size(); ++p) {
    const Cost most = model.procedure(p);
    for (size_t i = 0; i < kMeasureCount; ++i) {
      const Measure measure = static_cast<Measure>(i);
      const uint64_t stated = of(m.costs[p], measure), needed = of(most, measure);
      if (!v.must(stated >= needed, "V18", fmt::format("procedure {} states {} of {} and may take {}", m.text(m.procedures[p].name), stated, kMeasures[i].name, needed))) return;
    }
  }
}

}  // namespace tollgate::verifying
