// Rows of an answer: whose they are, and how they are written.
#include <algorithm>

#include "compiler/check/rules.h"
#include "compiler/check/words.h"

namespace tollgate::hir {
namespace {

bool is_row(const Arm& arm) { return arm.reads == ArmReads::row; }
bool is_end(const Arm& arm) { return arm.reads == ArmReads::end; }

bool meet(const Arm& a, const Arm& b) {
  return std::any_of(a.statuses.begin(), a.statuses.end(), [&](const StatusRange& x) {
    return std::any_of(b.statuses.begin(), b.statuses.end(), [&](const StatusRange& y) { return x.from <= y.upto && y.from <= x.upto; });
  });
}

// Does the value name one charge and no other? A kept amount, or a number of a user, names many.
bool names_charge(const Expr& value, const Procedure* about) {
  switch (value.kind) {
    case ExprKind::poison: return true;
    case ExprKind::kept: return about == nullptr || value.index >= about->keeps.size() || is_fresh(about->keeps[value.index]);
    case ExprKind::parameter: return value.type.kind == Kind::text || value.type.kind == Kind::uuid || value.type.kind == Kind::integer;
    case ExprKind::call: return !value.operands.empty() && names_charge(value.operands[0], about);
    default: return value.kind == ExprKind::argument;
  }
}

// What every question puts for this parameter must name a charge.
bool asked_by_key(const Carrier& carrier, const std::string& enquiry, uint32_t parameter) {
  bool good = true;
  for (const Procedure& procedure : carrier.procedures)
    proofs(procedure, [&](const Proof& proof) {
      if (proof.kind != ProofKind::enquiry || proof.index >= carrier.enquiries.size() || carrier.enquiries[proof.index].name != enquiry) return;
      if (parameter >= proof.arguments.size()) return;
      const Expr& given = proof.arguments[parameter];
      good = good && (given.kind == ExprKind::hole || names_charge(given, &procedure));
    });
  return good;
}

const Expr& innermost(const Expr& value) { return value.kind == ExprKind::call && !value.operands.empty() ? innermost(value.operands[0]) : value; }

bool finds_ours(const Carrier& carrier, const ArmList& list, const Arm& arm) {
  return arm.shape && std::any_of(arm.shape->holes.begin(), arm.shape->holes.end(), [&](const Hole& hole) {
    if (!hole.finds || !names_charge(hole.value, list.about)) return false;
    const Expr& value = innermost(hole.value);
    return list.place != PlaceKind::enquiry || value.kind != ExprKind::parameter || asked_by_key(carrier, list.name, value.index);
  });
}

void check_key(const Carrier& carrier, const ArmList& list, const Arm& arm, Sink& sink) {
  if (!is_row(arm) || arm.target.poisoned || arm.target.kind == TargetKind::nothing || finds_ours(carrier, list, arm)) return;
  sink.report(Diag::row_unkeyed, arm.target.span).label("of whose charge?").also(arm.span, "compares no reference of ours")
      .help(Grade::example, "compare it in the row: `id: == ref`", {})
      .help(Grade::example, "or leave the row alone: `=> ignore`", {});
}

// How an answer is written down to its rows: roots, dialects, codecs and the path.
std::string writing(const Shape& shape) {
  std::string out = std::to_string(static_cast<int>(shape.root)) + " " + shape.format;
  for (const ShapeNode* at = &shape.node; !(at->kind == NodeKind::list && (at->flags & kEach)) && !at->children.empty(); at = &at->children[0])
    out += "/" + std::to_string(static_cast<int>(at->kind)) + "." + std::to_string(static_cast<int>(at->root)) + " " + at->name + " " + at->ns + " " + std::to_string(at->flags);
  return out;
}

bool by_lines(const Shape& shape) {
  const ShapeNode* at = &shape.node;
  ShapeRoot root = shape.root;
  while (at->kind == NodeKind::codec && !at->children.empty()) root = at->root, at = &at->children[0];
  return root != ShapeRoot::json && root != ShapeRoot::xml;
}

void check_together(const std::vector<Arm>& arms, Sink& sink) {
  bool mixed = false;
  for (const Arm& arm : arms) {
    if (arm.reads == ArmReads::whole || arm.target.poisoned) continue;
    const Arm* other = nullptr;
    for (const Arm& earlier : arms) {
      if (&earlier == &arm) break;
      if (!other && earlier.reads != ArmReads::whole && !earlier.target.poisoned && meet(earlier, arm) && earlier.shape && arm.shape && writing(*earlier.shape) != writing(*arm.shape)) other = &earlier;
    }
    if (mixed && other) continue;  // once is enough
    if (other) {
      mixed = true;
      sink.report(Diag::rows_mixed, arm.span).label("written like this").also(other->span, "and like this");
      continue;
    }
    if (!is_end(arm)) continue;
    const bool any = std::any_of(arms.begin(), arms.end(), [&](const Arm& a) { return is_row(a) && meet(a, arm); });
    auto other_kind = std::find_if(arms.begin(), arms.end(), [&](const Arm& a) { return &a < &arm && is_end(a) && meet(a, arm) && !a.shape != !arm.shape; });
    if (!any) sink.report(Diag::end_misplaced, arm.span).label("no `each` reads rows of this status").help(Grade::example, "say what a row is: `each csv header { … } => …`", {});
    else if (other_kind != arms.end()) sink.report(Diag::end_misplaced, arm.span).label("is there a last row of its own kind, or not?").also(other_kind->span, "says otherwise");
    else if (arm.shape && !by_lines(*arm.shape)) sink.report(Diag::end_misplaced, arm.span).label("a list ends by itself").help(Grade::example, "without a shape: `end => pending`", {});
  }
}

}  // namespace

void check_rows(const Carrier& carrier, Sink& sink) {
  for (const ArmList& list : arm_lists(carrier)) {
    for (const Arm& arm : *list.arms) check_key(carrier, list, arm, sink);
    check_together(*list.arms, sink);
  }
}

}  // namespace tollgate::hir
