// One run of one case: the script's steps, one after the other, on a TestWorld.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "peer/coverage.h"
#include "peer/test_runner.h"
#include "peer/test_world.h"
#include "runtime/bytecode/test_suite.h"

namespace tollgate::peer {

// What a test's own slices see of the procedure that is running.
struct TestFrame {
  Arena arena;
  std::span<const Value> arguments;
  std::vector<Value> keeps;
};

class CaseRun {
 public:
  CaseRun(std::shared_ptr<const Program> program, std::shared_ptr<const Program> parts, const TestCase& test, uint64_t seed, const Recordings& recordings);

  // nullopt: passed.
  std::optional<TestFailure> run(const std::vector<TestStep>& steps);
  const Coverage& coverage() const { return coverage_; }

 private:
  // The request that the script's next reply answers, as it was received: it may outlive the process that sent it.
  struct Current {
    uint64_t arrival = 0;
    OpenRequest open;
    uint64_t payment = 0;
  };

  bool step(const TestStep& step, const std::vector<TestStep>& steps, size_t at);
  bool start(const TestStep& step);
  bool expect_request(const TestStep& step, const std::vector<TestStep>& steps, size_t at);
  bool reply(const TestStep& step);
  bool answer_current(const TestStep& step, CarrierAnswer answer);
  bool recorded(const TestStep& step);
  // Takes the next open request that `wanted` says yes to; nullopt in `wanted`: a failure was noted. False with a failure noted if none comes.
  bool await_request(const TestStep& step, bool seen, const std::function<std::optional<bool>(const OpenRequest&)>& wanted,
                     const std::function<std::string()>& expected);
  bool lose(const TestStep& step);
  bool callback(const TestStep& step);
  bool call(CallbackMessage message, const TestStep& step, bool forged);
  bool after(const TestStep& step);
  bool restart(const TestStep& step);
  bool expect_outcome(const TestStep& step);
  bool expect_state(const TestStep& step);
  bool expect_no_request(const TestStep& step);
  bool finish(const TestStep& last);
  bool replays(const TestStep& last);
  bool within_cost(const TestStep& last);

  // True: it is this request. False with a failure noted: method and path fit, the body does not.
  bool fits(const TestStep& step, const OpenRequest& request, bool& failed);
  bool body_fits(const TestStep& step, const OpenRequest& request);
  // Answers what the script does not mention. False with a failure noted when it moves money. `any`: something was answered.
  bool dispose(bool& any);
  bool answer_unmentioned(uint64_t arrival, bool& any);
  // Lets the next thing happen, not after `limit_us`. False: nothing is due by then, or a failure was noted.
  bool advance(int64_t limit_us);
  bool settle();

  std::optional<std::string> build(Index slice);
  bool fill(TestFrame& frame);
  std::optional<ProcedureRecord> record();
  std::string state_words();
  bool fail(const TestStep& step, std::string expected, std::string happened);

  std::shared_ptr<const Program> program_, parts_;
  const TestCase& test_;
  TestWorld world_;
  Coverage coverage_;
  int64_t began_us_;
  std::optional<ProcedureId> procedure_;
  Index action_ = kNone;
  std::optional<Current> current_;
  std::optional<CallbackMessage> last_call_;
  uint64_t payment_ = 0;          // the latest that the carrier knows of
  uint64_t slow_ms_ = 0;
  std::optional<uint64_t> cut_bytes_;
  const Recordings& recordings_;
  const TestStep* now_ = nullptr; // the step being done, for failures that come from below
  std::optional<TestFailure> failure_;
};

}  // namespace tollgate::peer
