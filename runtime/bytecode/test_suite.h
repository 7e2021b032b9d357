// TestSuite: the compiled `test`s of one carrier. It is no part of the carrier's module or hash; the peer runs it on the real engine under a
// virtual clock. Its own module holds only texts, constants, shapes and slices (SliceKind::test); procedure, callback and step names are
// looked up in the carrier's module by name, so that what is tested is byte for byte what is deployed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/bytecode/module.h"

namespace tollgate {

enum class TestStepKind : uint8_t {
  start,           // submit `action` with `arguments`
  expect_request,  // the next request on the link: `method`, path built by `path_slice`, body matching `shape`
  reply,           // answer the request last expected: `status`, `headers`, body built by `slice`
  lose_reply,      // the carrier got it and its answer is lost
  lose_request,    // bytes may have left; the carrier never saw it
  refuse_connection,  // surely not sent
  slow_reply,      // the reply that follows comes after `duration_ms`
  callback,        // the carrier calls `name` with the body built by `slice`, at once
  callback_twice,  // the same bytes a second time
  forge,           // the same, with a wrong token: must be refused
  after,           // let `duration_ms` pass on the virtual clock
  restart,         // the process dies and starts again
  expect_outcome,  // run until settled: `outcome`, `reason`, and for succeeded the given members
  expect_state,    // run until nothing is due within `duration_ms`, then the state must be `name`: "in_doubt", "suspended"
  cut_reply,       // of the reply that follows only the first `bytes` come
  recorded,        // every exchange of the recording `name`, in order
  input,           // the user types `arguments[0]`
  expect_no_request,  // nothing has been sent since the last expected request (sessions and enquiries aside)
};

struct TestStep {
  TestStepKind kind = TestStepKind::start;
  Index name = kNone;               // texts: action, callback, state
  Index method = kNone;             // texts
  Index path_slice = kNone;         // slice that builds the path's text
  Index shape = kNone;              // expect_request: matched; kNone: any body
  Index slice = kNone;              // builds the body; its end target is TargetKind::answer with `key`
  Index content_type = kNone;
  uint16_t status = 0;
  std::vector<std::pair<Index, Index>> headers;              // reply: name text, value text
  uint64_t duration_ms = 0;
  uint64_t bytes = 0;
  std::vector<std::pair<std::string, std::string>> arguments;  // start: dotted name and text, as a merchant would send them
  std::string outcome, reason, carrier_ref, paid;              // expect_outcome; empty: not asked
  uint32_t line = 0;
};

struct TestCase {
  std::string name, carrier, file;
  uint32_t line = 0;
  bool with_restarts = false;       // run once more for each position with a restart there
  std::map<std::string, std::string> settings;  // from fixtures; others are generated
  std::vector<TestStep> steps;
};

// What must hold in every run that chance makes. Amounts are coefficients at the market's scale.
struct PropertyClause {
  enum class Is : uint8_t { equal, not_equal, less, less_equal, greater, greater_equal } is = Is::equal;
  enum class Of : uint8_t { number, asked, captured, paid, charges } left = Of::number, right = Of::number;
  int64_t left_value = 0, right_value = 0;
  std::string text;                 // as written
};

struct PropertyCase {
  std::string name, carrier, file;
  uint32_t line = 0;
  std::string procedure;
  uint32_t faults = 0, runs = 0;    // runs 0: as many as the runner does by itself
  std::map<std::string, std::string> settings;
  std::vector<std::pair<std::string, std::string>> arguments;
  std::vector<PropertyClause> always;
};

// Where an arm or a row stands in its file, for those that no test reaches.
struct WrittenAt { std::string file; uint32_t line = 0, column = 0; };

struct TestSuite {
  Module parts;
  std::vector<TestCase> cases;
  std::vector<PropertyCase> properties;
  // By owner ("charge", "charge.prompted", "enquiry status", "session token", "callback paid", "table reason") and number of the arm or row.
  std::map<std::pair<std::string, uint32_t>, WrittenAt> places;
};

}  // namespace tollgate
