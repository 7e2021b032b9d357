// `[for x in xs { … }]`: an element of a list that is built, once for each value of another list.
#include <algorithm>

#include "compiler/resolve/carrier_resolver.h"

namespace tollgate::hir {
namespace {

bool names_element(const Expr& value) {
  if (value.kind == ExprKind::element || std::any_of(value.operands.begin(), value.operands.end(), names_element)) return true;
  return value.shape && std::any_of(value.shape->holes.begin(), value.shape->holes.end(), [](const Hole& hole) { return hole.has_value && names_element(hole.value); });
}
// The element itself, or forms of it whose arguments are the same in every round.
bool forms_element(const Expr& value) {
  if (value.kind == ExprKind::element) return true;
  if (value.kind != ExprKind::call || value.operands.empty() || !forms_element(value.operands[0])) return false;
  return std::none_of(value.operands.begin() + 1, value.operands.end(), names_element);
}

}  // namespace

void CarrierResolver::repeat_into(ShapeNode& list, NodeRef loop, ShapeContext& context) {
  if (loop.has_error()) return;
  NodeRef name = loop.child(size_t{0}), over = loop.child(size_t{1}), pattern = loop.last();
  auto refuse = [&](NodeRef at, std::string_view problem, const std::string& label) { sink_.report(Diag::repeat_here, at.span()).arg("problem", problem).label(label); };
  if (!context.shape->builds) return refuse(loop, "in a match", "a list that is read has the elements that the carrier sends");
  if (context.again) return refuse(loop, "inside of another one", "once is enough: a message is not computed");
  Expr from = expr(over, *context.scope);
  if (from.poisoned() || !present(from)) return;
  if (from.type.kind != Kind::list || from.type.element == Kind::missing) {
    return void(sink_.report(Diag::type_mismatch, from.span).arg("wanted", "a list").arg("found", type_name(from.type.kind)).label("has no elements"));
  }
  if (const Binding* other = find(*context.scope, name.text()); other || (context.scope->procedure && (find_keep(*context.scope->procedure, name.text()) >= 0 || is_argument_root(*context.scope->procedure, name.text())))) {
    return void(sink_.report(Diag::duplicate_name, name.span()).arg("name", name.text()).label("already means something here"));
  }
  Expr element;
  element.kind = ExprKind::element;
  element.type = {from.type.element, false, from.type.labels, Kind::missing};
  element.name = element.origin = name.text();
  element.span = name.span();
  element.operands.push_back(from);
  Scope inner = *context.scope;
  inner.names.push_back({std::string(name.text()), "an element of `" + from.origin + "`", std::move(element), name.span()});
  ShapeNode node;
  node.kind = NodeKind::repeat;
  node.span = loop.span();
  node.hole = hole_node(filled_hole(std::move(from), over.span()), context).hole;
  const size_t first = context.shape->holes.size();
  ShapeContext below = context;
  below.scope = &inner;
  below.again = true;
  node.children.push_back(value_node(pattern, below, "", false));
  for (size_t i = first; i < context.shape->holes.size(); ++i) {
    Hole& hole = context.shape->holes[i];
    if (!hole.has_value || !names_element(hole.value)) continue;
    hole.each = true;
    if (!forms_element(hole.value)) refuse(loop, "with something computed", "`" + hole.value.origin + "` joins or combines an element; it stands alone or in its forms");
    else if (hole.value.type.optional) refuse(loop, "with something that may be missing", "`" + hole.value.origin + "` may give nothing for an element");
  }
  for (size_t i = 0; i < context.scope->names.size(); ++i) context.scope->names[i].used |= inner.names[i].used;
  list.children.push_back(std::move(node));
}

}  // namespace tollgate::hir
