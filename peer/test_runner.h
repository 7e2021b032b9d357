// The runner of tests in carrier files. Each case runs on the real engine, with fakes of every port, under virtual time.
//
// Time moves only when nothing can run, to the earliest of the script's next line, the engine's alarm and a transport's time-out; at equal
// instants the script goes first. Requests that the script expects are matched strictly in order; one that it does not mention is answered
// by the simulated carrier if it only reads (sessions, enquiries) and fails the test if it moves money. What the script makes the carrier
// say moves the simulated carrier's books, so that an enquiry after it agrees. `restart` drops the engine and recovers from the same store;
// a case `with restarts` runs once more for each position, with a restart there.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "peer/coverage.h"
#include "runtime/base/result.h"
#include "runtime/bytecode/test_suite.h"
#include "runtime/load/program.h"

namespace tollgate::peer {

constexpr int64_t kTestPatience_us = 49ll * 3600 * 1'000'000;   // virtual; longer than doubt lasts by default
constexpr size_t kTimelineMax = 40;                            // events shown of a failed test

struct TestFailure {
  uint32_t line = 0;                   // of the step that could not be done
  std::string expected, happened;
  std::vector<std::string> timeline;   // redacted: "+40.000s callback {…}"
};

struct CaseResult {
  std::string name, carrier, file;
  uint32_t line = 0;
  uint32_t runs = 0;                   // more than one `with restarts`
  std::optional<uint32_t> restart_before_line;   // where the failing run had its added restart
  std::optional<uint64_t> seed;        // of the run that failed, when it was drawn
  std::optional<TestFailure> failure;
  bool passed() const { return !failure; }
};

struct SuiteResult {
  std::vector<CaseResult> cases;
  Coverage coverage;
  size_t passed() const;
};

// The text of a recording that a test names; an Error when it cannot be read.
using Recordings = std::function<Result<std::string>(const std::string& test_file, const std::string& name)>;

struct RunnerOptions {
  uint64_t seed = 1;
  uint32_t runs = 10;                                    // of each property that does not say; 0: no properties
  Recordings recordings;                                 // none: a test with `recorded` fails
  std::string only;                                      // a part of the case's name; empty: all
  std::function<void(const CaseResult&)> after_case;     // progress
};

// The properties that hold for every carrier are run too, under the name "every run": nothing is captured that was not asked for, what we call paid
// was paid, what we call refused was not, and everything comes to an end.
//
// `program` is the carrier that is deployed; `suite` its tests. An Error when the suite's own module does not load.
Result<SuiteResult> run_suite(std::shared_ptr<const Program> program, const TestSuite& suite, const RunnerOptions& options);

// A failure as lines for a terminal.
std::string report(const CaseResult& result);

}  // namespace tollgate::peer
