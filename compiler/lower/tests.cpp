// Tests: the carrier's module once more, with the tests' own shapes and slices behind it.
#include <fmt/format.h>

#include <map>

#include "compiler/lower/lower.h"
#include "compiler/lower/sends.h"
#include "runtime/bytecode/format.h"
#include "runtime/value/decimal.h"

namespace tollgate {

namespace {

// Texts that only test steps refer to would be dropped from the canonical module, so each stands in a promise while it is renumbered.
class Anchors {
 public:
  explicit Anchors(Lowering& lowering) : lowering_(lowering) {}

  size_t text(std::string_view s) {
    lowering_.module.promises.push_back({PromiseKind::once_per, kNone, s.empty() ? kNone : lowering_.intern.text(s), kNone});
    return lowering_.module.promises.size() - 1;
  }
  Index at(size_t anchor) const { return lowering_.module.promises[anchor].says; }

 private:
  Lowering& lowering_;
};

std::string plain_constant(const hir::Constant& c) {
  switch (c.kind) {
    case Kind::integer: return fmt::format("{}", c.integer);
    case Kind::boolean: return c.integer != 0 ? "true" : "false";
    case Kind::decimal: return to_text(Decimal{c.integer, c.scale});
    case Kind::money: return fmt::format("{} {}", unpack_currency(c.currency), to_text(Decimal{c.integer, c.scale}));
    case Kind::currency: return unpack_currency(c.currency);
    default: return c.text;
  }
}

class TestLowering {
 public:
  TestLowering(Lowering& lowering, Anchors& anchors) : l_(lowering), anchors_(anchors) {}

  TestCase run(const hir::TestCase& from) {
    TestCase to;
    to.name = from.name;
    to.carrier = l_.carrier.name;
    to.file = l_.sources.file(from.span.file).name();
    to.line = line(from.span);
    to.with_restarts = from.with_restarts;
    for (const auto& [name, value] : from.settings) to.settings[name] = plain_constant(value);
    for (const hir::TestStep& step : from.steps) to.steps.push_back(lower(step, from));
    return to;
  }

  PropertyCase run(const hir::Property& from) {
    PropertyCase to;
    to.name = from.name;
    to.carrier = l_.carrier.name;
    to.file = l_.sources.file(from.span.file).name();
    to.line = line(from.span);
    to.procedure = l_.carrier.procedures[from.procedure].name;
    to.faults = from.faults;
    to.runs = from.runs;
    for (const auto& [name, value] : from.settings) to.settings[name] = plain_constant(value);
    for (const hir::TestField& field : from.fields) to.arguments.emplace_back(field.name, plain_constant(field.value.constant));
    for (const hir::Always& always : from.always) {
      to.always.push_back({static_cast<PropertyClause::Is>(always.is), static_cast<PropertyClause::Of>(always.left),
                           static_cast<PropertyClause::Of>(always.right), always.left_value, always.right_value, always.text});
    }
    return to;
  }

  // Runs after the module is canonical: the anchors know where texts went.
  void settle(TestCase& test) {
    for (TestStep& step : test.steps) {
      for (Index* index : {&step.name, &step.method, &step.content_type})
        if (*index != kNone) *index = anchors_.at(*index);
      for (auto& [name, value] : step.headers) {
        name = anchors_.at(name);
        value = anchors_.at(value);
      }
    }
  }

 private:
  uint32_t line(const Span& span) const { return l_.sources.file(span.file).line_of(span.begin); }
  Index anchor(std::string_view s) { return s.empty() ? kNone : static_cast<Index>(anchors_.text(s)); }

  Index build_slice(const hir::Shape& shape, const hir::TestCase& test) {
    SliceWriter slice(l_, SliceKind::test, Slice::FrameOf::procedure, test.procedure);
    Register bytes = slice.reserve();
    slice.build(l_.shape(shape), kept_holes(shape), bytes);
    Target done;
    done.kind = TargetKind::answer;
    done.key = bytes;
    slice.end(done);
    return slice.finish(shape.span);
  }

  TestStep lower(const hir::TestStep& from, const hir::TestCase& test) {
    TestStep to;
    to.line = line(from.span);
    to.duration_ms = from.kind == hir::TestStepKind::cut ? 0 : from.ms;
    to.bytes = from.kind == hir::TestStepKind::cut ? from.ms : 0;
    to.status = from.status;
    to.kind = kind_of(from);
    switch (from.kind) {
      case hir::TestStepKind::start:
        to.name = anchor(l_.carrier.procedures[from.index].name);
        for (const hir::TestField& field : from.fields) to.arguments.emplace_back(field.name, plain_constant(field.value.constant));
        break;
      case hir::TestStepKind::expect_request:
        to.method = anchor(from.method);
        to.path_slice = build_slice(*from.path, test);
        if (from.body) to.shape = l_.shape(*from.body);
        break;
      case hir::TestStepKind::reply:
      case hir::TestStepKind::callback:
        if (from.kind == hir::TestStepKind::callback) to.name = anchor(l_.carrier.callbacks[from.index].name);
        for (const hir::Header& header : from.built_headers)
          to.headers.emplace_back(anchor(header.name), anchor(plain_constant(header.value.constant)));
        if (from.body) {
          to.slice = build_slice(*from.body, test);
          to.content_type = anchor(content_type_of(from.body->root));
        }
        break;
      case hir::TestStepKind::input:
        to.name = anchor(from.name);
        to.arguments.emplace_back(from.name, plain_constant(from.value->constant));
        break;
      case hir::TestStepKind::expect_outcome: outcome(*from.target, to); break;
      case hir::TestStepKind::expect_suspended: to.name = anchor("suspended"); break;
      case hir::TestStepKind::recorded: to.name = anchor(from.name); break;
      default: break;
    }
    return to;
  }

  static TestStepKind kind_of(const hir::TestStep& from) {
    switch (from.kind) {
      case hir::TestStepKind::start: return TestStepKind::start;
      case hir::TestStepKind::expect_request: return TestStepKind::expect_request;
      case hir::TestStepKind::expect_outcome:
        return from.target->kind == TargetKind::in_doubt || from.target->kind == TargetKind::pending ? TestStepKind::expect_state : TestStepKind::expect_outcome;
      case hir::TestStepKind::expect_suspended: return TestStepKind::expect_state;
      case hir::TestStepKind::expect_none: return TestStepKind::expect_no_request;
      case hir::TestStepKind::reply: return TestStepKind::reply;
      case hir::TestStepKind::lose_reply: return TestStepKind::lose_reply;
      case hir::TestStepKind::lose_request: return TestStepKind::lose_request;
      case hir::TestStepKind::after: return TestStepKind::after;
      case hir::TestStepKind::callback: return from.forge ? TestStepKind::forge : TestStepKind::callback;
      case hir::TestStepKind::restart: return TestStepKind::restart;
      case hir::TestStepKind::slow: return TestStepKind::slow_reply;
      case hir::TestStepKind::twice: return TestStepKind::callback_twice;
      case hir::TestStepKind::cut: return TestStepKind::cut_reply;
      case hir::TestStepKind::refuse_connection: return TestStepKind::refuse_connection;
      case hir::TestStepKind::recorded: return TestStepKind::recorded;
      case hir::TestStepKind::input: return TestStepKind::input;
    }
    return TestStepKind::expect_no_request;
  }

  void outcome(const hir::Target& target, TestStep& to) {
    switch (target.kind) {
      case TargetKind::succeed: to.outcome = "succeeded"; break;
      case TargetKind::decline: to.outcome = "declined"; break;
      case TargetKind::fail: to.outcome = "failed"; break;
      case TargetKind::pending: to.name = anchor("waiting"); break;
      default: to.name = anchor("in_doubt"); break;
    }
    to.reason = target.reason;
    if (target.carrier_ref) to.carrier_ref = plain_constant(target.carrier_ref->constant);
    if (target.paid) to.paid = plain_constant(target.paid->constant);
  }

  Lowering& l_;
  Anchors& anchors_;
};

// Where the arms and rows stand, under the names that coverage gives them.
class Places {
 public:
  Places(const SourceSet& sources, TestSuite& suite) : sources_(sources), suite_(suite) {}

  void of(const hir::Carrier& carrier) {
    for (const hir::Session& session : carrier.sessions) arms("session " + session.name, session.send.arms);
    for (const hir::Enquiry& enquiry : carrier.enquiries) arms("enquiry " + enquiry.name, enquiry.send.arms);
    for (const hir::Callback& callback : carrier.callbacks) arms("callback " + callback.name, callback.arms);
    for (const hir::Procedure& procedure : carrier.procedures) {
      for (const hir::Step& step : procedure.steps) {
        const std::string name = step.name.empty() ? procedure.name : procedure.name + "." + step.name;
        if (step.send) arms(name, step.send->arms);
        if (step.send && step.send->once) add(name + " once per", 0, step.send->once->span);
      }
    }
    for (const hir::Table& table : carrier.tables) {
      // A module sorts its rows, so they are named by their key.
      for (const hir::Row& row : table.rows) add("table " + table.name + " " + plain_constant(row.key), 0, row.span);
      add("table " + table.name + " other", 0, table.other ? table.other->span : table.span);
    }
  }

 private:
  void arms(const std::string& owner, const std::vector<hir::Arm>& arms) {
    uint32_t i = 0;
    for (const hir::Arm& arm : arms) add(owner, i++, arm.span);
  }
  void add(const std::string& owner, uint32_t number, const Span& span) {
    const SourceFile& file = sources_.file(span.file);
    const LineColumn at = file.line_column(span.begin);
    suite_.places[{owner, number}] = {file.name(), at.line, at.column};
  }

  const SourceSet& sources_;
  TestSuite& suite_;
};

}  // namespace

TestSuite lower_tests(const hir::Workspace& workspace, uint32_t carrier, const SourceSet& sources, Sink& sink) {
  Lowering lowering(workspace, workspace.carriers[carrier], sources, sink);
  lower_carrier(lowering);
  Anchors anchors(lowering);
  TestLowering tests(lowering, anchors);
  TestSuite suite;
  for (const hir::TestCase& test : workspace.tests)
    if (test.carrier == carrier) suite.cases.push_back(tests.run(test));
  for (const hir::Property& property : workspace.properties)
    if (property.carrier == carrier && property.procedure != kNone) suite.properties.push_back(tests.run(property));
  Places(sources, suite).of(workspace.carriers[carrier]);
  canonicalize(lowering.module);
  for (TestCase& test : suite.cases) tests.settle(test);
  suite.parts = std::move(lowering.module);
  return suite;
}

}  // namespace tollgate
