// Visiting everything of a carrier that a rule may care about.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compiler/hir/hir.h"

namespace tollgate::hir {

// An expression and all below it, those of shapes in it included.
template <class Visit>
void walk(const Expr& expr, Visit&& visit) {
  visit(expr);
  for (const Expr& operand : expr.operands) walk(operand, visit);
  if (expr.shape) for (const Hole& hole : expr.shape->holes) if (hole.has_value) walk(hole.value, visit);
}
template <class Visit>
void walk(const ShapeNode& node, Visit&& visit) {
  visit(node);
  for (const ShapeNode& child : node.children) walk(child, visit);
}

enum class PlaceKind : uint8_t { procedure, enquiry, session, callback, awaited };

// A list of arms and who has them.
struct ArmList {
  PlaceKind place;
  const std::vector<Arm>* arms;
  const Send* send;              // null in a callback, and of what is awaited
  const Procedure* about;        // whose money it is, or null
  std::string name;
  Span span;
  const Step* step = nullptr;    // procedure, awaited
  const Waited* waited = nullptr;
  bool out = true;               // procedure: money moves by this request, or may be out when it leaves
  bool money() const { return about && about->moves_money && out; }
};

// Whether money may be out when a step begins, and while it waits: sent by an earlier step, asked of the user, or paid by one who only needs our
// number. By step.
struct MoneyOut { bool before = false, waiting = false; };
std::vector<MoneyOut> money_out(const Procedure& procedure);
std::vector<ArmList> arm_lists(const Carrier& carrier);

// Every send with the lets its expressions refer to and the procedure it belongs to (null for enquiries and sessions).
struct SendPlace {
  const Send* send;
  const std::vector<Let>* lets;
  const Procedure* procedure;
  const Step* step;
};
std::vector<SendPlace> sends(const Carrier& carrier);
// Two messages with the same names, literals and order: what may differ is what goes into their holes.
bool same_form(const ShapeNode& a, const ShapeNode& b);

// Every expression of the message itself (path, query, headers, body), lets followed. `part` is "path", "query", "header" or "body".
void message_values(const SendPlace& place, const std::function<void(const Expr&, std::string_view part)>& visit);
// Follows lets: the value itself, and what the lets in it stand for.
void with_lets(const Expr& expr, const std::vector<Let>& lets, const std::function<void(const Expr&)>& visit);

// Every expression of a carrier, each once, without what it is made of: see walk().
void each_expr(const Carrier& carrier, const std::function<void(const Expr&)>& visit);

// Every message that is built or matched, those inside of expressions included.
enum class ShapeUse : uint8_t { path, query, header, body, message };   // message: what comes to us, a body or, by GET, a query
void each_shape(const Carrier& carrier, const std::function<void(const Shape&, ShapeUse)>& visit);

// Every way from a step to another one or back: by an answer, by what comes while it waits (`waited`), by the end of its wait (no arm).
struct Way {
  const Target* target;
  const Arm* arm = nullptr;
  const Waited* waited = nullptr;
};
std::vector<Way> ways_from(const Step& step);
// Does the way hand the parameter on as it is, back to the step that has it?
bool hands_back(const Way& way, uint32_t from, uint32_t step, uint32_t parameter);

// Every wait and proof of a procedure: in arms, in await steps, in doubts.
void proofs(const Procedure& procedure, const std::function<void(const Proof&)>& visit);

std::string status_text(const Arm& arm);

}  // namespace tollgate::hir
