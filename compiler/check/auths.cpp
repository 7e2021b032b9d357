// Who is calling is proved anew for each transmission, after the charge is durable. So nothing in a header of an auth may fail, and none of it
// belongs to the charge: what does is in the message, which is frozen.
#include <algorithm>
#include <functional>

#include "compiler/check/rules.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::hir {
namespace {

const Expr& fixed(const Expr& e, const std::vector<Let>& lets) {
  return e.kind == ExprKind::let && e.index < lets.size() ? fixed(lets[e.index].value, lets) : e;
}

bool may_fail(const Expr& e, const std::vector<Let>& lets) {
  if (e.kind != ExprKind::call) return false;
  const BuiltinRow* row = builtin(e.index);
  if (row->faults != Faults::if_computed) return row->faults == Faults::may;
  for (size_t i = 0; i < e.operands.size() && i < row->parameter_count; ++i)
    if (row->parameters[i].meaning != Meaning::any && fixed(e.operands[i], lets).kind != ExprKind::constant) return true;
  return false;
}

// A path, XML, and a codec of characters can fail on a value; the others write every text.
bool writes_some(const ShapeNode& node) {
  if (node.kind == NodeKind::codec && (node.name == "charset" || node.name == "gsm7" || node.name == "gsm8")) return true;
  return std::any_of(node.children.begin(), node.children.end(), writes_some);
}

bool may_fail(const Shape& shape) {
  return shape.root == ShapeRoot::path || shape.root == ShapeRoot::xml || shape.root == ShapeRoot::multipart || writes_some(shape.node);
}

// Every expression that the auth computes, each of its lets once. A session's arguments are none of it: they were computed before the request was built.
void each_computed(const Expr& e, const std::vector<Let>& lets, std::vector<bool>& seen, const std::function<void(const Expr&)>& visit) {
  if (e.kind == ExprKind::session) return;
  visit(e);
  for (const Expr& operand : e.operands) each_computed(operand, lets, seen, visit);
  if (e.shape)
    for (const Hole& hole : e.shape->holes)
      if (hole.has_value) each_computed(hole.value, lets, seen, visit);
  if (e.kind != ExprKind::let || e.index >= lets.size() || seen[e.index]) return;
  seen[e.index] = true;
  each_computed(lets[e.index].value, lets, seen, visit);
}

// A session's parameters belong to the session.
bool of_session(const Carrier& carrier, const Send* send) {
  return std::any_of(carrier.sessions.begin(), carrier.sessions.end(), [&](const Session& s) { return &s.send == send || (s.renew_send && &*s.renew_send == send); });
}

void check_value(const Expr& value, const Auth& auth, bool session, Sink& sink) {
  std::vector<bool> seen(auth.lets.size());
  each_computed(value, auth.lets, seen, [&](const Expr& e) {
    if (e.kind == ExprKind::argument || e.kind == ExprKind::kept || (e.kind == ExprKind::parameter && !session)) {
      sink.report(Diag::not_in_scope, e.span).arg("name", e.origin).arg("place", "a header of an auth").label("belongs to one charge")
          .because("an auth proves who is calling, anew for each transmission; the charge's own values are frozen in its message")
          .help(Grade::example, "put it into the message: `header \"…\": …` in the send itself", {});
    } else if (may_fail(e, auth.lets)) {
      sink.report(Diag::auth_may_fail, e.span).arg("name", e.name).label("can fail on some values")
          .help(Grade::example, "compute it in the procedure, where a failure comes before anything is sent", {});
    } else if (e.kind == ExprKind::shape && may_fail(*e.shape)) {
      sink.report(Diag::auth_may_fail, e.span).arg("name", "a message").label("can fail on some values")
          .help(Grade::example, "join texts: `\"{a}&{b}\"`", {});
    }
  });
}

}  // namespace

void check_auths(const Carrier& carrier, Sink& sink) {
  for (const SendPlace& place : sends(carrier)) {
    const bool session = of_session(carrier, place.send);
    for (const Header& header : place.send->auth.headers) check_value(header.value, place.send->auth, session, sink);
    for (const QueryItem& item : place.send->auth.query) check_value(item.value, place.send->auth, session, sink);
    for (const Arm& arm : place.send->arms) {
      if (arm.target.kind != TargetKind::renew || arm.target.poisoned || arm.target.index == kNone || place.send->poisoned) continue;
      const std::vector<uint32_t>& used = place.send->auth.sessions;
      if (std::find(used.begin(), used.end(), arm.target.index) != used.end()) continue;
      sink.report(Diag::renew_unused, arm.target.span).arg("name", arm.target.name).label("would change nothing").also(place.send->span, "this request does not use it");
    }
  }
}

}  // namespace tollgate::hir
