#include "peer/test_runner.h"

#include <fmt/format.h>

#include "peer/case_run.h"
#include "peer/property_run.h"

namespace tollgate::peer {
namespace {

// The script with a restart before step `at`; 0: as it is written.
std::vector<TestStep> with_restart(const TestCase& test, size_t at) {
  std::vector<TestStep> steps = test.steps;
  if (at == 0) return steps;
  TestStep restart;
  restart.kind = TestStepKind::restart;
  restart.line = steps[at].line;
  steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(at), restart);
  return steps;
}

// A restart between a fault word and what it applies to would only separate one line from itself.
bool restart_may_stand_before(const TestStep& step, const TestStep& before) {
  return before.kind != TestStepKind::slow_reply && before.kind != TestStepKind::cut_reply && step.kind != TestStepKind::callback_twice && step.kind != TestStepKind::restart &&
         before.kind != TestStepKind::restart;
}

CaseResult run_case(const std::shared_ptr<const Program>& program, const std::shared_ptr<const Program>& parts, const TestCase& test, const RunnerOptions& options,
                    Coverage& coverage) {
  CaseResult result;
  result.name = test.name;
  result.carrier = test.carrier;
  result.file = test.file;
  result.line = test.line;
  size_t positions = test.with_restarts ? test.steps.size() : 1;
  for (size_t at = 0; at < positions && !result.failure; ++at) {
    if (at > 0 && !restart_may_stand_before(test.steps[at], test.steps[at - 1])) continue;
    CaseRun run(program, parts, test, options.seed, options.recordings);
    result.failure = run.run(with_restart(test, at));
    result.runs++;
    if (result.failure && at > 0) result.restart_before_line = test.steps[at].line;
    coverage.merge(run.coverage());
  }
  return result;
}

}  // namespace

size_t SuiteResult::passed() const {
  size_t n = 0;
  for (const CaseResult& result : cases) n += result.passed() ? 1 : 0;
  return n;
}

Result<SuiteResult> run_suite(std::shared_ptr<const Program> program, const TestSuite& suite, const RunnerOptions& options) {
  Result<std::shared_ptr<const Program>> parts = Program::load(suite.parts);
  if (!parts) return std::move(parts).error().within("the tests of " + std::string(program->carrier()));
  SuiteResult result;
  for (const TestCase& test : suite.cases) {
    if (!options.only.empty() && test.name.find(options.only) == std::string::npos) continue;
    result.cases.push_back(run_case(program, *parts, test, options, result.coverage));
    if (options.after_case) options.after_case(result.cases.back());
  }
  for (CaseResult& drawn : run_properties(program, suite, options)) {
    result.cases.push_back(std::move(drawn));
    if (options.after_case) options.after_case(result.cases.back());
  }
  return result;
}

std::string report(const CaseResult& result) {
  if (!result.failure) return fmt::format("{}:{}: passed: {}\n", result.file, result.line, result.name);
  const TestFailure& failure = *result.failure;
  std::string out = fmt::format("{}:{}: failed: {}\n", result.file, failure.line, result.name);
  if (result.seed) out += fmt::format("  seed {}: `--seed {}` draws it again\n", *result.seed, *result.seed);
  if (result.restart_before_line) out += fmt::format("  with a restart before line {}\n", *result.restart_before_line);
  out += fmt::format("  expected: {}\n  happened: {}\n", failure.expected, failure.happened);
  for (const std::string& line : failure.timeline) out += "    " + line + "\n";
  return out;
}

}  // namespace tollgate::peer
