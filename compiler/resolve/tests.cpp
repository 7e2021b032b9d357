// Tests: we match what we send, the carrier's words are built.
#include <algorithm>

#include "compiler/resolve/carrier_resolver.h"

namespace tollgate::hir {
namespace {

template <class Visit>
void proofs_of(const Procedure& procedure, Visit&& visit) {
  for (const Step& step : procedure.steps) {
    if (step.awaits) for (const Proof& proof : step.awaits->proofs) visit(proof);
    if (step.send) for (const Arm& arm : step.send->arms) for (const Proof& proof : arm.target.proofs) visit(proof);
  }
}

// A step that fails when something else happens. A recording awaits each of its requests.
bool expects(const TestStep& step) {
  switch (step.kind) {
    case TestStepKind::expect_request: case TestStepKind::expect_outcome: case TestStepKind::expect_suspended: case TestStepKind::expect_none:
    case TestStepKind::recorded: return true;
    default: return false;
  }
}

}  // namespace

Scope CarrierResolver::test_scope(const TestCase& test) const {
  Scope scope;
  scope.place = "a test";
  if (test.procedure != kNone) scope.about = &carrier_.procedures[test.procedure];
  scope.names = row_;
  return scope;
}

TestCase CarrierResolver::test(NodeRef node) {
  TestCase out;
  NodeRef title = node.child(SyntaxKind::string);
  out.name = plain_text(title).value_or("");
  out.span = title ? title.span() : node.span();
  out.with_restarts = node.has(SyntaxKind::mark_with_restarts);
  test_steps(node, out);
  if (out.steps.empty() || (out.steps[0].kind != TestStepKind::start && out.steps[0].kind != TestStepKind::callback)) {
    if (!node.has_error()) sink_.report(Diag::test_start, out.span).label("does not begin with `start`");
  } else if (!node.has_error() && std::none_of(out.steps.begin(), out.steps.end(), expects)) {
    sink_.report(Diag::cannot_fail, out.span).arg("what", "a test that expects nothing").label("starts, and looks at nothing")
        .help(Grade::example, "say what is sent, `expect POST \"/…\"`, and how it stands, `expect succeeded`", {});
  }
  return out;
}

void CarrierResolver::test_steps(NodeRef node, TestCase& out) {
  given_ = Given();
  for (NodeRef step : node.children()) {
    switch (step.kind()) {
      case SyntaxKind::string: case SyntaxKind::raw_string: case SyntaxKind::name: case SyntaxKind::mark_with_restarts: case SyntaxKind::params:
      case SyntaxKind::test_row: case SyntaxKind::error: continue;
      default: break;
    }
    if (is_head(step.kind()) || step.has_error()) continue;
    if (step.is(SyntaxKind::given)) {
      if (out.steps.empty()) given(step, given_);
      else sink_.report(Diag::given_late, step.span()).label("after `start`").also(out.steps[0].span, "started here");
      continue;
    }
    TestStep made = test_step(step, out, out.steps);
    const bool begins = made.kind == TestStepKind::callback && made.index != kNone && carrier_.callbacks[made.index].opens;
    if (out.steps.empty() && begins) out.procedure = carrier_.callbacks[made.index].about;
    if (out.steps.empty() && made.kind != TestStepKind::start && !begins && !node.has_error()) break;  // the rest would speak of a charge that nobody started
    out.steps.push_back(std::move(made));
  }
  out.settings = given_.settings;
}

void CarrierResolver::start_fields(NodeRef record, const std::string& prefix, const Procedure& procedure, std::vector<TestField>& fields) {
  Scope scope;
  scope.place = "a test";
  scope.names = row_;
  for (NodeRef field : record.children(SyntaxKind::field)) {
    std::string name = prefix;
    NodeRef value, label;
    for (NodeRef child : field.children()) {
      if (child.is(SyntaxKind::label)) name += (name.empty() ? "" : ".") + std::string(child.text()), label = child;
      else if (child.is(SyntaxKind::label_quoted)) name += (name.empty() ? "" : ".") + plain_text(child.first()).value_or(""), label = child;
      else if (!is_head(child.kind())) value = child;
    }
    if (!value || !label) continue;
    if (prefix.empty() && name == "settings" && record.parent().is(SyntaxKind::fixture)) continue;  // read where it is given
    if (value.is(SyntaxKind::record)) {
      start_fields(value, name, procedure, fields);
      continue;
    }
    Expr made = expr(value, scope);
    if (made.poisoned()) continue;
    if (name == "user" && made.type.kind == Kind::msisdn) name = "user.msisdn";
    auto it = std::find_if(procedure.arguments.begin(), procedure.arguments.end(), [&](const Param& p) { return p.name == name; });
    if (it == procedure.arguments.end()) {
      report_unknown(label, "argument of `" + procedure.name + "`", names_of(procedure.arguments));
      continue;
    }
    const bool typed = it->type.kind == Kind::secret && made.type.kind == Kind::text;   // of a test, so no secret
    if (made.kind != ExprKind::constant || (made.type.kind != it->type.kind && !typed)) {
      sink_.report(Diag::type_mismatch, made.span).arg("wanted", type_name(it->type.kind)).arg("found", type_name(made.type.kind))
          .label("does not fit").also(it->span, "`" + name + "` is " + std::string(type_name(it->type.kind)));
      continue;
    }
    if (made.type.kind == Kind::money && carrier_.market.known && unpack_currency(made.constant.currency) != carrier_.market.currency) {
      sink_.report(Diag::test_currency, made.span).arg("found", unpack_currency(made.constant.currency)).arg("wanted", carrier_.market.currency)
          .label("this carrier's market pays in " + carrier_.market.currency).also(carrier_.market.span, "its market");
    }
    std::erase_if(fields, [&](const TestField& earlier) { return earlier.name == name; });  // a test's own word takes a fixture's place
    fields.push_back({name, std::move(made), field.span()});
  }
}

TestStep CarrierResolver::test_step(NodeRef node, TestCase& test, std::vector<TestStep>& steps) {
  TestStep out;
  out.span = node.span();
  Scope scope = test_scope(test);
  NodeRef shape = node.child(SyntaxKind::shape);
  switch (node.kind()) {
    case SyntaxKind::start: {
      out.kind = TestStepKind::start;
      NodeRef name = node.child(SyntaxKind::name);
      out.name = name.text();
      out.index = index_of(carrier_.procedures, name.text());
      if (out.index == kNone) {
        report_unknown(name, "procedure", names_of(carrier_.procedures));
        break;
      }
      test.procedure = out.index;
      for (NodeRef record : given_.records) start_fields(record, "", carrier_.procedures[out.index], out.fields);
      start_fields(node.child(SyntaxKind::record), "", carrier_.procedures[out.index], out.fields);
      break;
    }
    case SyntaxKind::expect_request: {
      out.kind = TestStepKind::expect_request;
      out.method = node.child(SyntaxKind::method).text();
      NodeRef path = node.child(SyntaxKind::string);
      if (!path) path = node.child(SyntaxKind::raw_string);
      if (path) out.path = path_shape(path, scope);
      for (NodeRef header : node.children(SyntaxKind::header_match)) out.headers.push_back(header_pattern(header, scope));
      out.empty_body = node.has(SyntaxKind::mark_empty);
      if (shape) out.body = match(shape, scope);
      break;
    }
    case SyntaxKind::expect_outcome: {
      NodeRef outcome = node.first();
      if (outcome.is(SyntaxKind::to_manual)) {
        out.kind = TestStepKind::expect_suspended;
        break;
      }
      out.kind = TestStepKind::expect_outcome;
      out.target.emplace();
      out.target->span = outcome.span();
      ArmPlace place;
      one_target(outcome, *out.target, scope, place);
      break;
    }
    case SyntaxKind::expect_none: out.kind = TestStepKind::expect_none; break;
    case SyntaxKind::reply: {
      out.kind = TestStepKind::reply;
      NodeRef status = node.child(SyntaxKind::status);
      auto number = whole_number(status.text());
      if (number && *number >= 100 && *number <= 599) out.status = static_cast<uint16_t>(*number);
      else if (status) sink_.report(Diag::bad_status, status.span()).arg("status", status.text()).label("a status is 100 to 599");
      for (NodeRef item : node.children(SyntaxKind::header)) out.built_headers.push_back(header(item, scope));
      out.empty_body = node.has(SyntaxKind::mark_empty);
      if (shape) out.body = build(shape, scope);
      break;
    }
    case SyntaxKind::lose_reply: out.kind = TestStepKind::lose_reply; break;
    case SyntaxKind::lose_request: out.kind = TestStepKind::lose_request; break;
    case SyntaxKind::refuse_connection: out.kind = TestStepKind::refuse_connection; break;
    case SyntaxKind::cut: {
      out.kind = TestStepKind::cut;
      out.ms = size_bytes(node.child(SyntaxKind::size).text());
      break;
    }
    case SyntaxKind::recorded: {
      out.kind = TestStepKind::recorded;
      out.name = plain_text(node.first()).value_or("");
      const bool plain = !out.name.empty() && out.name[0] != '/' && out.name.find("..") == std::string::npos;
      if (!plain) sink_.report(Diag::bad_recording, node.first().span()).arg("name", out.name).label("a file in this file's folder or below it");
      break;
    }
    case SyntaxKind::restart: out.kind = TestStepKind::restart; break;
    case SyntaxKind::twice: out.kind = TestStepKind::twice; break;
    case SyntaxKind::slow: case SyntaxKind::after: {
      out.kind = node.is(SyntaxKind::slow) ? TestStepKind::slow : TestStepKind::after;
      NodeRef duration = node.child(SyntaxKind::duration);
      out.ms = duration_ms(duration ? duration.text() : node.text());
      NodeRef then = node.is(SyntaxKind::after) ? node.child(size_t{1}) : NodeRef();
      if (then) {
        steps.push_back(std::move(out));
        return test_step(then, test, steps);
      }
      break;
    }
    case SyntaxKind::test_input: {
      out.kind = TestStepKind::input;
      out.name = node.child(SyntaxKind::name).text();
      out.value = expr(node.last(), scope);
      bool written = out.value->kind == ExprKind::constant && (out.value->type.kind == Kind::text || out.value->type.kind == Kind::integer);
      if (!written && !out.value->poisoned()) sink_.report(Diag::constant_needed, out.value->span).arg("what", "what the user types").label("a text or a number");
      bool asked = test.procedure == kNone;
      if (test.procedure != kNone) proofs_of(carrier_.procedures[test.procedure], [&](const Proof& proof) { asked = asked || (proof.kind == ProofKind::input && proof.name == out.name); });
      if (!asked) report_unknown(node.child(SyntaxKind::name), "input of this procedure", {});
      break;
    }
    case SyntaxKind::test_callback: {
      out.kind = TestStepKind::callback;
      NodeRef name = node.child(SyntaxKind::name);
      out.name = name.text();
      out.forge = std::string_view(node.text()).starts_with("forge");
      out.index = index_of(carrier_.callbacks, name.text());
      if (out.index == kNone) report_unknown(name, "callback", names_of(carrier_.callbacks));
      if (shape) out.body = build(shape, scope);
      break;
    }
    default: unsupported(node, "this step of a test"); break;
  }
  return out;
}

}  // namespace tollgate::hir
