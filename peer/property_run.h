// Runs that chance makes: one procedure against the simulated carrier, with faults drawn from a seed, and what must hold of every one of them.
// A run that breaks something is made smaller, fault by fault, before it is told.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "peer/test_runner.h"
#include "runtime/bytecode/test_suite.h"
#include "runtime/load/program.h"

namespace tollgate::peer {

struct DrawnFault {
  enum class Kind : uint8_t {
    refuse_connection, lose_request, lose_reply, error_after, slow,   // of the `at`th request for money
    callback_twice, callback_never, callback_late, callback_forged,   // of the `at`th callback
    restart,                                                          // before the `at`th thing that happens
  } kind = Kind::lose_reply;
  uint32_t at = 0;   // from 0
};
std::string words_of(const DrawnFault& fault);
std::vector<DrawnFault> draw_faults(uint64_t seed, uint32_t most);

// nullopt: everything held.
std::optional<TestFailure> run_drawn(const std::shared_ptr<const Program>& program, const PropertyCase& property, uint64_t seed, const std::vector<DrawnFault>& faults);

// The declared properties, each as one result; of those that hold for every carrier, the ones that failed.
std::vector<CaseResult> run_properties(const std::shared_ptr<const Program>& program, const TestSuite& suite, const RunnerOptions& options);

}  // namespace tollgate::peer
