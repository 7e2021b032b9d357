// Arms: heads, what they match, and the expansion of `read R` and `| repeat` into the flat list that checker and lowering read.
#include <algorithm>

#include "compiler/resolve/carrier_resolver.h"

namespace tollgate::hir {
namespace {

constexpr int kReadingDepthMax = 4;

bool is_condition(SyntaxKind kind) {
  switch (kind) {
    case SyntaxKind::status: case SyntaxKind::status_range: case SyntaxKind::on_repeat: case SyntaxKind::on_doubt: case SyntaxKind::on_other:
    case SyntaxKind::on_late: case SyntaxKind::on_name: return true;
    default: return false;
  }
}

Span head_span(NodeRef arm, NodeRef target) {
  Span span = arm.span();
  for (NodeRef child : arm.children()) {
    if (!is_condition(child.kind())) continue;
    span.begin = child.span().begin;
    break;
  }
  Span last = span;
  for (NodeRef child : arm.children()) {
    if (child == target) break;
    last = child.span();
  }
  span.end = last.end;
  return span;
}

Expr hole_value(const Hole& hole, uint32_t index) {
  Expr out;
  out.kind = ExprKind::hole;
  out.type = hole.type;
  out.index = index;
  out.name = out.origin = hole.name;
  out.span = hole.span;
  return out;
}

}  // namespace

Scope CarrierResolver::arm_scope(const Arm& arm, const Scope& outer) const {
  Scope scope = outer;
  uint32_t n = arm.hole_count();
  for (uint32_t i = 0; i < n; ++i) {
    const Hole* hole = arm.hole(i);
    if (hole->name.empty()) continue;
    scope.names.push_back({hole->name, "bound by this arm", hole_value(*hole, i), hole->span});
  }
  return scope;
}

void CarrierResolver::read_conditions(NodeRef node, Arm& arm, bool& repeat, bool& statuses) {
  for (NodeRef child : node.children()) {
    if (child.is(SyntaxKind::status)) {
      auto number = whole_number(child.text());
      if (!number || *number < 100 || *number > 599) {
        sink_.report(Diag::bad_status, child.span()).arg("status", child.text()).label("a status is 100 to 599");
        continue;
      }
      arm.statuses.push_back({static_cast<uint16_t>(*number), static_cast<uint16_t>(*number)});
      arm.status_spans.push_back(child.span());
      statuses = true;
    } else if (child.is(SyntaxKind::status_range)) {
      auto from = whole_number(child.child(size_t{0}).text()), upto = whole_number(child.child(size_t{1}).text());
      if (!from || !upto || *from < 100 || *upto > 599 || *from > *upto) {
        sink_.report(Diag::bad_status, child.span()).arg("status", child.text()).label("both ends are 100 to 599, the smaller first");
        continue;
      }
      arm.statuses.push_back({static_cast<uint16_t>(*from), static_cast<uint16_t>(*upto)});
      arm.status_spans.push_back(child.span());
      statuses = true;
    } else if (child.is(SyntaxKind::on_repeat)) {
      repeat = true;
    } else if (child.is(SyntaxKind::on_other)) {
      arm.head = ArmHead::other;
      statuses = true;
    } else if (child.is(SyntaxKind::on_late) || child.is(SyntaxKind::on_name)) {
      unsupported(child, "an arm of this kind");
    }
  }
}

// `on …` of a send; several arms come of `| repeat` and of `read`.
void CarrierResolver::arm(NodeRef node, const ArmPlace& place, std::vector<Arm>& out) {
  if (node.has_error() && !node.child(SyntaxKind::target)) return;
  Arm head;
  bool repeat = false, statuses = false;
  read_conditions(node, head, repeat, statuses);
  NodeRef target = node.child(SyntaxKind::target);
  if (!target) target = node.child(SyntaxKind::by);
  head.span = head_span(node, target);
  head.doc = doc_text(node);
  for (NodeRef cite : node.children(SyntaxKind::cites)) head.grounds.cites = cited(cite);
  if (statuses) plain_arm(node, head, place, out);
  if (!repeat) return;
  NodeRef word = node.child(SyntaxKind::on_repeat);
  if (!place.once || place.once->repeat_statuses.empty()) {
    Report report = sink_.report(Diag::repeat_without_promise, word.span());
    report.label("which answer says that the reference was used before?");
    if (place.once) report.also(place.once->span, "this promise names no `repeat answers`");
    else report.help(Grade::example, "the carrier's promise, in the send: `once per ref for 24h repeat answers 409 cites \"…\"`", {});
    return;
  }
  Arm again = head;
  again.head = ArmHead::status;
  again.repeat = true;
  again.statuses.clear();
  again.status_spans.clear();
  for (uint16_t status : place.once->repeat_statuses) {
    again.statuses.push_back({status, status});
    again.status_spans.push_back(word.span());
  }
  plain_arm(node, again, place, out);
}

void CarrierResolver::plain_arm(NodeRef node, Arm head, const ArmPlace& place, std::vector<Arm>& out) {
  NodeRef target = node.child(SyntaxKind::target);
  if (NodeRef pattern = node.child(SyntaxKind::bind)) unsupported(pattern, "binding a whole answer");
  for (NodeRef header : node.children(SyntaxKind::header_match)) head.headers.push_back(header_pattern(header, place.scope));
  head.empty_body = node.has(SyntaxKind::mark_empty);
  if (NodeRef by = node.child(SyntaxKind::by)) return by_arms(node, by, head, place, out);
  if (NodeRef read = target.child(SyntaxKind::to_read)) {
    if (NodeRef shape = node.child(SyntaxKind::shape)) {
      sink_.report(Diag::shape_before_read, shape.span()).label("the reading has its own shapes").also(read.span(), "which match the whole answer");
      return;
    }
    expand_reading(target, read.child(SyntaxKind::name), head, place, out);
    return;
  }
  size_t before = sink_.report_count();
  if (NodeRef shape = node.child(SyntaxKind::shape)) head.shape = match(shape, place.scope);
  bool spoilt = sink_.report_count() != before;
  finish(head, node.child(SyntaxKind::guard), target, place);
  if (spoilt) head.target.poisoned = true;  // what the match lacks was reported
  out.push_back(std::move(head));
}

void CarrierResolver::finish(Arm& arm, NodeRef guard, NodeRef target_node, const ArmPlace& place) {
  Scope scope = arm_scope(arm, place.scope);
  scope.host = false;
  scope.place = "an arm of " + place.scope.place;
  if (guard && !guard.has_error()) {
    for (NodeRef condition : guard.children()) {
      Expr value = compare_or_bool(condition, scope);
      if (!value.poisoned()) arm.guard.push_back(std::move(value));
    }
  }
  arm.target = target(target_node, scope, place);
  if (arm.grounds.cites.empty()) arm.grounds.cites = arm.target.grounds.cites;
  // Evidence: what the carrier said travels beside every outcome.
  for (const Binding& binding : scope.names) {
    if (binding.value.kind != ExprKind::hole || binding.what != "bound by this arm") continue;
    bool evidence = binding.name == "code" || binding.name == "said";
    if (evidence && (binding.value.type.kind == Kind::text || binding.value.type.kind == Kind::integer)) {
      (binding.name == "code" ? arm.target.code : arm.target.said) = binding.value;
      binding.used = true;
    }
    uint32_t index = binding.value.index;
    bool in_body = arm.shape && index < arm.shape->holes.size();
    if (!binding.used) continue;
    if (in_body) arm.shape->holes[index].used = true;
    else if (const Hole* hole = arm.hole(index)) const_cast<Hole*>(hole)->used = true;  // a header's, of this very arm
  }
}

void CarrierResolver::expand_reading(NodeRef use, NodeRef name, const Arm& head, const ArmPlace& place, std::vector<Arm>& out) {
  NodeRef reading = member(SyntaxKind::reading, name.text());
  if (!reading) {
    report_unknown(name, "reading", member_names(SyntaxKind::reading));
    return;
  }
  NodeRef shape = reading.child(SyntaxKind::reading_shape);
  if (!shape) {
    sink_.report(Diag::reading_kind, name.span()).arg("name", name.text()).arg("wanted", "a message").label("reads one value: call it with the value")
        .also(name_span(reading), "declared here")
        .help(Grade::example, "for example", {{use.span(), std::string(name.text()) + "(…)"}});
    return;
  }
  note_use(reading, name);
  if (depth_ >= kReadingDepthMax) return;
  NodeRef about = reading.child(SyntaxKind::about);
  Scope scope;
  scope.place = "a reading";
  if (about) {
    NodeRef procedure = about.child(SyntaxKind::name);
    uint32_t i = index_of(carrier_.procedures, procedure.text());
    if (i == kNone) {
      report_unknown(procedure, "procedure", names_of(carrier_.procedures));
      return;
    }
    const Procedure* here = place.scope.about ? place.scope.about : place.scope.procedure;
    if (here != &carrier_.procedures[i]) {
      sink_.report(Diag::about_other, name.span()).arg("name", name.text()).arg("procedure", procedure.text())
          .label("is about `" + std::string(procedure.text()) + "`").also(procedure.span(), "says so here");
      return;
    }
    scope.about = &carrier_.procedures[i];
  }
  ++depth_;
  ArmPlace inner = place;
  inner.scope = scope;
  rows(reading, shape, head, inner, out, name.text(), use.span());
  --depth_;
}

void CarrierResolver::rows(NodeRef owner, NodeRef shape, const Arm& head, const ArmPlace& place, std::vector<Arm>& out,
                           std::string_view reading, Span use) {
  for (NodeRef row : owner.children(SyntaxKind::row)) {
    NodeRef pattern, target = row.child(SyntaxKind::target);
    for (NodeRef child : row.children()) {
      if (is_head(child.kind()) || child.is(SyntaxKind::guard) || child.is(SyntaxKind::target)) continue;
      pattern = child;
      break;
    }
    if (!pattern || !target) continue;
    Arm arm = head;
    arm.reading = reading;
    arm.read_span = use;
    arm.span = pattern.span();
    if (std::string doc = doc_text(row); !doc.empty()) arm.doc = doc;
    size_t before = sink_.report_count();
    if (!pattern.is(SyntaxKind::other_value)) arm.shape = match_rows(shape, pattern, place.scope);
    bool spoilt = sink_.report_count() != before;
    finish(arm, row.child(SyntaxKind::guard), target, place);
    if (spoilt) arm.target.poisoned = true;  // what the match lacks was reported
    out.push_back(std::move(arm));
  }
}

}  // namespace tollgate::hir
