// What happens in time beyond one request and its answers: conditions before a send, what the user is shown, what is awaited and led on by,
// the one way back, what a message is answered.
#include <algorithm>
#include <array>

#include "compiler/resolve/carrier_resolver.h"
#include "compiler/resolve/readers.h"
#include "runtime/bytecode/limits.h"

namespace tollgate::hir {
namespace {

bool compares(SyntaxKind kind) {
  switch (kind) {
    case SyntaxKind::equal: case SyntaxKind::not_equal: case SyntaxKind::less: case SyntaxKind::less_equal: case SyntaxKind::greater:
    case SyntaxKind::greater_equal: case SyntaxKind::negated: return true;
    default: return false;
  }
}

// How an input's text becomes its value. Kinds that are written in several ways are not asked for.
std::optional<std::string_view> input_reader(Kind kind) {
  switch (kind) {
    case Kind::text: return "Text";
    case Kind::secret: return "Secret";
    case Kind::integer: return "Int.text";
    case Kind::decimal: return "Decimal.text";
    case Kind::boolean: return "Bool.text";
    case Kind::uuid: return "Uuid";
    default: return std::nullopt;
  }
}

}  // namespace

// `need a == b and user.token else declined R`. A value alone that may be missing must be there, and is known to be there from here on.
void CarrierResolver::need_statement(NodeRef node, Procedure& procedure, Step& step, Scope& scope) {
  Need need;
  need.span = node.child(SyntaxKind::guard).span();
  for (NodeRef condition : node.child(SyntaxKind::guard).children()) {
    if (compares(condition.kind())) {
      if (Expr value = compare_or_bool(condition, scope); !value.poisoned()) need.conditions.push_back(std::move(value));
      continue;
    }
    Expr value = expr(condition, scope);
    if (value.poisoned()) continue;
    if (value.type.optional) {
      Expr known = value;
      known.kind = ExprKind::let;
      known.index = static_cast<uint32_t>(step.lets.size());
      known.operands = {value};   // what it is, for places that compute it again
      known.type.optional = false;
      scope.known.emplace_back(value.origin, known);
      need.lets.push_back(known.index);
      step.statements.push_back({StatementKind::let, known.index});
      step.lets.push_back({"", std::move(value), true, condition.span()});
    } else if (value.type.kind == Kind::boolean) {
      need.conditions.push_back(std::move(value));
    } else {
      sink_.report(Diag::needless_else, value.span).arg("value", value.origin).label("is always there");
    }
  }
  ArmPlace place;
  place.scope = scope;
  place.scope.host = false;
  place.procedure = &procedure;
  need.otherwise = target(node.child(SyntaxKind::target), place.scope, place);
  if (!need.otherwise.poisoned && need.otherwise.kind != TargetKind::decline && need.otherwise.kind != TargetKind::fail) {
    sink_.report(Diag::target_not_here, need.otherwise.span).arg("target", node.child(SyntaxKind::target).text()).arg("place", "`need`")
        .label("nothing has left: say `declined` or `failed`");
    need.otherwise.poisoned = true;
  }
  step.statements.push_back({StatementKind::need, static_cast<uint32_t>(step.needs.size())});
  step.needs.push_back(std::move(need));
}

// `show url page`, `tell user "…"`.
void CarrierResolver::shown_statement(NodeRef node, Step& step, const Scope& scope) {
  Shown shown;
  shown.url = node.is(SyntaxKind::show_url);
  shown.span = node.span();
  shown.value = expr(node.last(), scope);
  if (!present(shown.value)) {
    shown.value = poison(shown.value.span);
  } else if (shown.url && shown.value.type.kind != Kind::url) {
    sink_.report(Diag::type_mismatch, shown.value.span).arg("wanted", "Url").arg("found", type_name(shown.value.type.kind)).label("where is the user to go?");
    shown.value = poison(shown.value.span);
  } else if (!shown.url && !textual(shown.value, "what the user is told")) {
    shown.value = poison(shown.value.span);
  } else if (shown.value.type.labels & (kSecret | kSealed)) {
    sink_.report(Diag::secret_to_sink, shown.value.span).arg("sink", "the user").label("would be shown");
    shown.value = poison(shown.value.span);
  }
  step.statements.push_back({StatementKind::show, static_cast<uint32_t>(step.shown.size())});
  step.shown.push_back(std::move(shown));
}

Proof CarrierResolver::awaited_input(NodeRef node) {
  Proof out;
  out.kind = ProofKind::input;
  out.span = node.span();
  NodeRef name = node.child(SyntaxKind::name);
  out.name = name.text();
  out.input = read_type(node.child(size_t{1}), sink_);
  if (out.input.kind == Kind::secret) out.input.labels = kSecret;
  if (poisoned(out.input)) out.poisoned = true;
  else if (!input_reader(out.input.kind) || out.input.optional) {
    sink_.report(Diag::type_mismatch, node.child(size_t{1}).span()).arg("wanted", "Text, Secret, Int, Decimal, Bool or Uuid").arg("found", type_name(out.input.kind))
        .label("a user's input is text that is read in one way");
    out.poisoned = true;
  }
  return out;
}

// The shape that reads an input's text into its name, or the literal that it must be.
Shape CarrierResolver::input_shape(const Proof& proof, NodeRef literal) {
  Shape shape;
  shape.root = ShapeRoot::text;
  shape.span = literal ? literal.span() : proof.span;
  shape.node.kind = NodeKind::text;
  shape.node.span = shape.span;
  ShapeNode part;
  part.span = shape.span;
  if (literal) {
    part.kind = NodeKind::literal;
    part.literal.kind = Kind::text;
    part.literal.text = plain_text(literal).value_or(std::string(literal.text()));
    if (proof.input.kind == Kind::secret)
      sink_.report(Diag::secret_observed, literal.span()).arg("value", proof.name).label("a literal would tell it").also(proof.span, "is secret");
  } else {
    Hole hole;
    hole.name = proof.name;
    hole.type = proof.input;
    hole.reader = find_reader(*input_reader(proof.input.kind)).value_or(0);
    hole.span = proof.span;
    part.kind = NodeKind::hole;
    part.hole = 0;
    shape.holes.push_back(std::move(hole));
  }
  shape.node.children.push_back(std::move(part));
  return shape;
}

// `on A PATTERN => …`, `on pin => …`, `on late => …` after an `await`.
void CarrierResolver::waited_arm(NodeRef node, Step& step, const ArmPlace& place) {
  NodeRef target_node = node.child(SyntaxKind::target);
  if (!target_node || !step.awaits) {
    if (NodeRef by = node.child(SyntaxKind::by)) unsupported(by, "`by`");
    return;
  }
  for (NodeRef condition : node.children()) {
    if (condition.is(SyntaxKind::on_late)) {
      if (step.late) {
        sink_.report(Diag::duplicate_name, condition.span()).arg("name", "on late").label("a second one").also(step.late->span, "first here");
        continue;
      }
      step.late = target(target_node, place.scope, place);
    } else if (condition.is(SyntaxKind::on_name)) {
      named_arm(node, condition, target_node, step, place);
    } else if (condition.is(SyntaxKind::status) || condition.is(SyntaxKind::status_range) || condition.is(SyntaxKind::on_other) || condition.is(SyntaxKind::on_repeat)) {
      sink_.report(Diag::arm_not_awaited, condition.span()).arg("name", condition.text()).label("an answer of HTTP belongs to a `send`").also(step.awaits->span, "this step waits");
    }
  }
}

void CarrierResolver::named_arm(NodeRef node, NodeRef condition, NodeRef target_node, Step& step, const ArmPlace& place) {
  NodeRef name = condition.child(SyntaxKind::name);
  const Proof* awaited = nullptr;
  for (const Proof& proof : step.awaits->proofs) if (proof.name == name.text()) awaited = &proof;
  if (!awaited || (awaited->kind == ProofKind::enquiry)) {
    Report report = sink_.report(Diag::arm_not_awaited, name.span());
    report.arg("name", name.text()).also(step.awaits->span, "what is awaited")
        .label(awaited ? "an enquiry says itself what it found" : "is not among what this step awaits");
    return;
  }
  if (awaited->poisoned) return;
  Arm arm;
  arm.span = join(condition.span(), condition.span());
  arm.doc = doc_text(node);
  NodeRef literal;
  for (NodeRef child : condition.children()) if (child.is(SyntaxKind::string) || child.is(SyntaxKind::raw_string) || child.is(SyntaxKind::integer)) literal = child;
  size_t before = sink_.report_count();
  NodeRef shape = node.child(SyntaxKind::shape);
  if (NodeRef header = node.child(SyntaxKind::header_match)) unsupported(header, "a header of an awaited message");
  if (awaited->kind == ProofKind::input) {
    if (shape) sink_.report(Diag::shape_expected, shape.span()).arg("what", "a value").label("an input is one value");
    arm.shape = input_shape(*awaited, literal);
  } else {
    if (literal) sink_.report(Diag::shape_expected, literal.span()).arg("what", "a shape").label("of which codec? a message is matched by its shape");
    arm.empty_body = node.has(SyntaxKind::mark_empty);
    if (shape) arm.shape = match(shape, place.scope), arm.span = join(arm.span, shape.span());
  }
  bool spoilt = sink_.report_count() != before;
  ArmPlace here = place;
  here.input = awaited->kind == ProofKind::input;
  finish(arm, node.child(SyntaxKind::guard), target_node, here);
  if (awaited->kind == ProofKind::input) arm.target.code.reset(), arm.target.said.reset();  // what a user types is no evidence
  if (spoilt) arm.target.poisoned = true;
  auto same = std::find_if(step.waited.begin(), step.waited.end(), [&](const Waited& w) { return w.name == awaited->name; });
  if (same == step.waited.end()) {
    step.waited.push_back({awaited->kind, awaited->index, awaited->name, {}, awaited->span});
    same = step.waited.end() - 1;
  }
  same->arms.push_back(std::move(arm));
}

// `again STEP(values) at most N then OUTCOME`: the one way back.
void CarrierResolver::again_target(NodeRef node, Target& out, const Scope& scope, const ArmPlace& place) {
  step_target(node, out, scope, place);
  out.kind = TargetKind::again;
  auto times = whole_number(node.child(SyntaxKind::integer).text());
  if (!times || *times < 1 || *times > static_cast<int64_t>(limits::kAgain)) {
    sink_.report(Diag::constant_needed, node.child(SyntaxKind::integer) ? node.child(SyntaxKind::integer).span() : node.span()).arg("what", "how often")
        .label("a number from 1 to " + std::to_string(limits::kAgain));
    out.poisoned = true;
    return;
  }
  out.at_most = static_cast<uint32_t>(*times);
}

// `answer 200 json { … }` of one message; where messages are answered.
std::optional<BuiltAnswer> CarrierResolver::built_answer(NodeRef node, const Scope& scope) {
  BuiltAnswer out;
  out.span = node.span();
  NodeRef status = node.child(SyntaxKind::status);
  auto number = whole_number(status.text());
  if (!number || *number < 200 || *number > 599) {
    if (status) sink_.report(Diag::bad_status, status.span()).arg("status", status.text()).label("an answer is 200 to 599");
    return std::nullopt;
  }
  out.status = static_cast<uint16_t>(*number);
  NodeRef shape = node.child(SyntaxKind::shape);
  if (!shape) return out;
  out.body = build(shape, scope);
  for (const Hole& hole : out.body->holes) {
    if (!(hole.value.type.labels & kSecret)) continue;
    sink_.report(Diag::secret_to_sink, hole.span).arg("sink", "an answer").label("is for whoever calls");
    return std::nullopt;
  }
  return out;
}

// The values of the matched message, as a callback's answer sees them.
Scope CarrierResolver::matched_scope(const Callback& callback, const Scope& outer) const {
  Arm bound;
  bound.shape = callback.match;
  return callback.match ? arm_scope(bound, outer) : outer;
}

}  // namespace tollgate::hir
