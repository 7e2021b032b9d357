// What a module can cost at most, from its code alone. The compiler states these numbers in the module, the verifier holds the module to them, the VM
// stops at them, and `tollgate check --cost` prints them; there is no other place where cost is computed.
//
//   units       instructions, weighed: opcodes.def, builtins.def and codecs.def have the prices, bytes included
//   memory      what one turn of the engine takes at once: the procedure's frame, what an answer is read into, the slices that run
//   requests    transmissions of the procedure's own requests that may leave; enquiries: questions about it; sessions: fetches, if each one succeeds
//   wait        how long it may be waited for, by its own deadlines; doubt: how long proof is looked for after that
//
// A bound is over every path and every input that the runtime lets in (bounds.h). Not in it: messages that the carrier sends unasked, each of which is
// bounded by its slices; tries that surely did not leave; what a restarted node asks once more.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/bytecode/module.h"

namespace tollgate {

// TG_MEASURE rows of measures.def, in the order of Cost's fields.
enum class Measure : uint8_t {
#define TG_MEASURE(name, field, unit, doc) name,
#include "runtime/bytecode/measures.def"
#undef TG_MEASURE
};
struct MeasureRow {
  std::string_view name, unit, doc;
};
inline constexpr MeasureRow kMeasures[] = {
#define TG_MEASURE(name, field, unit, doc) {#name, unit, doc},
#include "runtime/bytecode/measures.def"
#undef TG_MEASURE
};
constexpr size_t kMeasureCount = sizeof(kMeasures) / sizeof(kMeasures[0]);

uint64_t of(const Cost& cost, Measure measure);

// One part of a costliest path, in the order in which it is walked.
struct CostPart {
  enum class What : uint8_t { request, await, doubt, enquiry, next_step, frame } what = What::request;
  Index step = kNone;       // of the procedure: where it happens
  Index arm = kNone;        // of the step's exchange: what leads to it; kNone: the step itself, or its `on doubt`
  Index index = kNone;      // enquiry; the step that follows
  uint64_t amount = 0;      // of the measure
};

// What every slice costs, and every procedure. Precondition: indices are in range (V1 to V16 hold, or the compiler made it).
class CostModel {
 public:
  explicit CostModel(const Module& module);

  uint64_t instructions(Index slice) const { return slices_[slice].instructions; }
  uint64_t memory(Index slice) const { return slices_[slice].memory; }
  Cost procedure(Index procedure) const;
  // Where the most of that measure goes, worst path only; nothing for parts of no amount.
  std::vector<CostPart> path(Index procedure, Measure measure) const;

 private:
  struct SliceCost { uint64_t instructions = 0, memory = 0; };
  friend class ProcedureCost;

  const Module& m_;
  std::vector<SliceCost> slices_;
  std::vector<std::vector<uint64_t>> kept_;  // weights, by procedure
};

// Writes the bounds of all slices and procedures into the module.
void state_costs(Module& module);

// "3 requests", "2 h", "96 KiB": an amount of that measure for people.
std::string amount_text(Measure measure, uint64_t amount);

// One line: "≤ 3 requests, 13 enquiries, 2 sessions, 10min + 24h of doubt, 4 120 units, 310 KiB".
std::string cost_text(const Cost& cost);

}  // namespace tollgate
