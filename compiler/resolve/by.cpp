// `by FIELD { … }`: one shape and, for each value of one of its fields, a target. Each row is an arm of its own: the shape with the row's
// pattern at the field.
#include <algorithm>

#include "compiler/resolve/carrier_resolver.h"
#include "compiler/resolve/readers.h"

namespace tollgate::hir {
namespace {

ShapeNode any_value(Span span) {
  ShapeNode node;
  node.kind = NodeKind::any;
  node.span = span;
  return node;
}

// The member at the end of the path, made when it is not there; null when something on the way is no record.
ShapeNode* member_at(ShapeNode& record, const std::vector<std::string>& path, size_t i, Span span) {
  if (record.kind != NodeKind::object && !(record.kind == NodeKind::pairs && i > 0)) return nullptr;
  for (ShapeNode& member : record.children) {
    if (member.name != path[i] || (member.flags & kAttribute) || member.children.empty()) continue;
    return i + 1 == path.size() ? &member : member_at(member.children[0], path, i + 1, span);
  }
  ShapeNode made;
  made.kind = NodeKind::member;
  made.name = path[i];
  made.span = span;
  made.children.push_back(any_value(span));
  if (i + 1 < path.size()) made.children[0].kind = NodeKind::object;
  record.children.push_back(std::move(made));
  return member_at(record, path, i, span);
}

bool literals_only(const ShapeNode& node) {
  if (node.kind == NodeKind::literal) return true;
  return node.kind == NodeKind::alternatives && std::all_of(node.children.begin(), node.children.end(), literals_only);
}

// Can a hole with this reader hold such a literal? In JSON the kinds must agree.
bool can_hold(const Hole& hole, const ShapeNode& node, ShapeRoot root) {
  if (node.kind == NodeKind::alternatives)
    return std::all_of(node.children.begin(), node.children.end(), [&](const ShapeNode& child) { return can_hold(hole, child, root); });
  std::string_view spelling = readers()[hole.reader].spelling;
  bool loose = spelling.ends_with(".loose");
  if (root != ShapeRoot::json || loose) return true;
  switch (node.literal.kind) {
    case Kind::integer: return spelling == "Int" || spelling == "Decimal";
    case Kind::decimal: return spelling == "Decimal";
    case Kind::boolean: return spelling == "Bool";
    default: return spelling != "Int" && spelling != "Decimal" && spelling != "Bool";
  }
}

}  // namespace

// Puts the row's pattern at the field of `record`, which is in the shape. False when something was reported.
bool CarrierResolver::choose_by(Shape& shape, ShapeNode& record, const std::vector<std::string>& path, NodeRef by, NodeRef pattern, const ArmPlace& place) {
  NodeRef field = by.child(SyntaxKind::path);
  Span span = field ? field.span() : by.span();
  ShapeNode* member = member_at(record, path, 0, span);
  auto refuse = [&](Span at, const std::string& label) {
    sink_.report(Diag::by_field, span).arg("field", field ? field.text() : by.first().text()).label("cannot be chosen by").also(at, label);
    return false;
  };
  if (!member) return refuse(shape.span, "no record is there");
  ShapeNode& old = member->children[0];
  bool bound = old.kind == NodeKind::hole;
  if (bound && shape.holes[old.hole].equal) return refuse(old.span, "is compared with something already");
  if (!bound && old.kind != NodeKind::any) return refuse(old.span, "says already what it is");
  if (pattern.is(SyntaxKind::other_value)) return true;
  ShapeContext context{&shape, &place.scope, shape.root, shape.format};
  size_t before = sink_.report_count();
  ShapeNode row = value_node(pattern, context, "", false);
  if (sink_.report_count() != before) return false;
  member->flags &= static_cast<uint8_t>(~kOptional);
  if (!bound) {
    old = std::move(row);
    return true;
  }
  if (!literals_only(row) || !can_hold(shape.holes[old.hole], row, shape.root)) return refuse(old.span, "binds it, so a row can only be a literal of its kind");
  ShapeNode either;
  either.kind = NodeKind::alternatives;
  either.bound = true;
  either.hole = old.hole;
  either.span = row.span;
  if (row.kind == NodeKind::alternatives) either.children = std::move(row.children);
  else either.children.push_back(std::move(row));
  shape.holes[old.hole].type.optional = false;
  old = std::move(either);
  return true;
}

void CarrierResolver::by_arms(NodeRef node, NodeRef by, const Arm& head, const ArmPlace& place, std::vector<Arm>& out) {
  NodeRef shape = node.child(SyntaxKind::shape);
  if (!shape) {
    sink_.report(Diag::shape_expected, by.span()).arg("what", "a shape before `by`").label("a field of what?");
    return;
  }
  size_t before = sink_.report_count();
  Shape base = match(shape, place.scope, head.reads != ArmReads::whole);
  if (sink_.report_count() != before) return;
  const bool rows = head.reads != ArmReads::whole;
  if (rows && !row_place(base, shape)) return;
  std::vector<std::string> path;
  if (NodeRef at = shape.child(SyntaxKind::at); at && !rows) path = dotted(at.child(SyntaxKind::path) ? at.child(SyntaxKind::path).text() : at.text());
  NodeRef field = by.child(SyntaxKind::path) ? by.child(SyntaxKind::path) : by.first();
  for (std::string& name : dotted(field.text())) path.push_back(std::move(name));
  for (NodeRef row : by.children(SyntaxKind::row)) {
    NodeRef pattern, target = row.child(SyntaxKind::target);
    for (NodeRef child : row.children()) {
      if (is_head(child.kind()) || child.is(SyntaxKind::guard) || child.is(SyntaxKind::target)) continue;
      pattern = child;
      break;
    }
    if (!pattern || !target) continue;
    if (NodeRef read = target.child(SyntaxKind::to_read)) {
      sink_.report(Diag::shape_before_read, shape.span()).label("the reading has its own shapes").also(read.span(), "which match the whole answer");
      continue;
    }
    Arm arm = head;
    arm.shape = base;
    arm.span = pattern.span();
    arm.by_other = pattern.is(SyntaxKind::other_value);
    if (std::string doc = doc_text(row); !doc.empty()) arm.doc = doc;
    ShapeNode& record = rows ? *row_place(*arm.shape, shape) : arm.shape->node;
    if (!choose_by(*arm.shape, record, path, by, pattern, place)) return;
    if (rows) make_rows(*arm.shape, record);
    finish(arm, row.child(SyntaxKind::guard), target, place);
    out.push_back(std::move(arm));
  }
}

}  // namespace tollgate::hir
