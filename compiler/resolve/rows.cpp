// `each SHAPE => …` and `end SHAPE => …`: the rows of an answer, one charge a row, and what stands behind them. A row is ours when what it compares with
// our reference is equal; such a `==` finds, where every other one asserts.
#include <algorithm>

#include "compiler/resolve/carrier_resolver.h"

namespace tollgate::hir {
namespace {

constexpr uint32_t kRowCount = 0xfffffffeu;  // the hole behind those of an `end`, until they are counted

// Our reference, a step's or an enquiry's parameter, or what the charge before was called.
bool is_reference(const Expr& value) {
  switch (value.kind) {
    case ExprKind::kept: case ExprKind::parameter: return true;
    case ExprKind::argument: return value.name == "original.ref" || value.name == "original.carrier_ref";
    case ExprKind::call: return value.name == "text" && !value.operands.empty() && is_reference(value.operands[0]);
    default: return false;
  }
}

void note_finders(Shape& shape, const ShapeNode& node, bool optional) {
  optional |= (node.kind == NodeKind::member && (node.flags & kOptional) != 0) || node.kind == NodeKind::alternatives;
  if (node.kind == NodeKind::hole && !optional) {
    Hole& hole = shape.holes[node.hole];
    hole.finds = hole.equal && !hole.type.optional && is_reference(hole.value);
  }
  for (const ShapeNode& child : node.children) note_finders(shape, child, optional);
}

void count_rows(Expr& value, uint32_t hole) {
  if (value.kind == ExprKind::hole && value.index == kRowCount) value.index = hole;
  for (Expr& operand : value.operands) count_rows(operand, hole);
}

Binding row_count(uint32_t hole, Span span) {
  Expr count;
  count.kind = ExprKind::hole;
  count.type.kind = Kind::integer;
  count.index = hole;
  count.name = count.origin = "rows";
  count.span = span;
  Binding out;
  out.name = "rows";
  out.what = "the number of rows";
  out.value = std::move(count);
  out.span = span;
  return out;
}

// The word of a target that the end of rows cannot lead to; empty for one that it can.
std::string_view decided_by_end(TargetKind kind) {
  switch (kind) {
    case TargetKind::pending: case TargetKind::in_doubt: case TargetKind::nothing: return {};
    case TargetKind::succeed: return "succeeded";
    case TargetKind::decline: return "declined";
    case TargetKind::fail: return "failed";
    case TargetKind::absent: return "absent";
    case TargetKind::await: return "await";
    case TargetKind::step: return "then";
    case TargetKind::renew: return "renew";
    case TargetKind::doubt: return "ask";
    default: return "this";
  }
}

std::vector<NodeRef> labels_of(NodeRef field) {
  std::vector<NodeRef> out;
  for (NodeRef child : field.children()) {
    switch (child.kind()) {
      case SyntaxKind::label: case SyntaxKind::label_attribute: case SyntaxKind::label_qualified: case SyntaxKind::label_any_namespace: case SyntaxKind::label_quoted: out.push_back(child); break;
      default: break;
    }
  }
  return out;
}

// How many names lead to the rows: those of `at`, in xml those of the one path that the record is.
size_t way_to_rows(NodeRef shape, ShapeRoot root) {
  if (NodeRef at = shape.child(SyntaxKind::at)) return dotted(at.child(SyntaxKind::path) ? at.child(SyntaxKind::path).text() : at.text()).size();
  if (root != ShapeRoot::xml) return 0;
  NodeRef record = shape.child(SyntaxKind::record);
  size_t fields = 0;
  for (NodeRef field : record.children(SyntaxKind::field)) fields += field ? 1 : 0;
  return fields == 1 ? labels_of(record.child(SyntaxKind::field)).size() : 0;
}

bool of_lines(ShapeRoot root) { return root == ShapeRoot::csv || root == ShapeRoot::lines || root == ShapeRoot::text || root == ShapeRoot::fixed; }

}  // namespace

ShapeNode* CarrierResolver::row_place(Shape& shape, NodeRef node) {
  ShapeNode* at = &shape.node;
  ShapeRoot root = shape.root;
  while (at->kind == NodeKind::codec && !at->children.empty()) root = at->root, at = &at->children[0];
  auto refuse = [&](std::string_view what, const std::string& label) {
    sink_.report(Diag::no_rows, node.span()).arg("what", what).label(label);
    return nullptr;
  };
  std::string_view word = node.child(SyntaxKind::codec).child(SyntaxKind::name).text();
  if (of_lines(root)) {
    const bool one = root == ShapeRoot::csv || (at->kind != NodeKind::object && at->kind != NodeKind::list);
    return one ? at : refuse("what stands here", "a row of `" + std::string(word) + "` is one line: a text");
  }
  if (root != ShapeRoot::json && root != ShapeRoot::xml) return refuse("`" + std::string(word) + "`", "is one message");
  const size_t names = way_to_rows(node, root);
  if (root == ShapeRoot::xml && names < 2) {
    sink_.report(Diag::no_rows, node.span()).arg("what", "this document").label("which element repeats?").help(Grade::example, "the last one of a path: `xml { *:list/*:item { … } }`", {});
    return nullptr;
  }
  for (size_t i = 0; i < names; ++i) {
    if (at->kind != NodeKind::object || at->children.size() != 1 || at->children[0].children.empty()) return refuse("what stands here", "no path leads to them");
    at = &at->children[0].children[0];
  }
  return at;
}

void CarrierResolver::make_rows(Shape& shape, ShapeNode& row) {
  note_finders(shape, row, false);
  ShapeNode list;
  list.kind = NodeKind::list;
  list.flags = kEach;
  list.span = row.span;
  list.children.push_back(std::move(row));
  row = std::move(list);
}

void CarrierResolver::row_arm(NodeRef node, const ArmPlace& place, std::vector<Arm>& out) {
  if (node.has_error() && !node.child(SyntaxKind::target)) return;
  NodeRef shape = node.child(SyntaxKind::shape), target = node.child(SyntaxKind::target), by = node.child(SyntaxKind::by);
  if (NodeRef pattern = node.child(SyntaxKind::bind)) return unsupported(pattern, "binding a whole answer");
  if (NodeRef read = target.child(SyntaxKind::to_read)) return unsupported(read, "`read` of a row");
  Arm head;
  head.reads = node.is(SyntaxKind::each_arm) ? ArmReads::row : ArmReads::end;
  bool repeat = false, statuses = false;
  read_conditions(node, head, repeat, statuses);
  if (!statuses) head.statuses.push_back({200, 200});
  head.span = shape ? shape.span() : node.span();
  head.doc = doc_text(node);
  for (NodeRef cite : node.children(SyntaxKind::cites)) head.grounds.cites = cited(cite);
  if (by) return by_arms(node, by, head, place, out);
  ArmPlace here = place;
  if (head.reads == ArmReads::end) here.scope.names.push_back(row_count(kRowCount, node.span()));
  const size_t before = sink_.report_count();
  if (shape) {
    head.shape = match(shape, here.scope, true);
    ShapeNode* row = sink_.report_count() == before ? row_place(*head.shape, shape) : nullptr;
    if (row) make_rows(*head.shape, *row);
    for (Hole& hole : head.shape->holes) count_rows(hole.value, static_cast<uint32_t>(head.shape->holes.size()));
  }
  const bool spoilt = sink_.report_count() != before;
  if (head.reads == ArmReads::end) here.scope.names.back() = row_count(head.hole_count(), node.span());
  finish(head, node.child(SyntaxKind::guard), target, here);
  const std::string_view decided = head.reads == ArmReads::end && !head.target.poisoned ? decided_by_end(head.target.kind) : std::string_view();
  if (!decided.empty()) {
    sink_.report(Diag::end_decides, head.target.span).arg("target", decided).label("was said of no charge").also(head.span, "comes behind every row")
        .help(Grade::likely, "leave it open", {{target.span(), "in_doubt"}});
  }
  if (spoilt || !decided.empty()) head.target.poisoned = true;
  out.push_back(std::move(head));
}

// Behind the arms of whole answers: rows are read of what those leave.
void CarrierResolver::row_arms(NodeRef owner, Send& send, const ArmPlace& place) {
  for (NodeRef node : owner.children()) {
    if (!node.is(SyntaxKind::each_arm) && !node.is(SyntaxKind::end_arm)) continue;
    const size_t before = send.arms.size();
    row_arm(node, place, send.arms);
    send.poisoned = send.poisoned || send.arms.size() == before;
  }
}

}  // namespace tollgate::hir
