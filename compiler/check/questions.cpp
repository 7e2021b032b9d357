// A question, a login or a request that moves no money, written like one that does: sent as often as one likes to ask, it charges as often.
#include <algorithm>

#include "compiler/check/rules.h"
#include "compiler/check/walk.h"

namespace tollgate::hir {

bool same_form(const ShapeNode& a, const ShapeNode& b) {
  if (a.kind != b.kind || a.name != b.name || a.children.size() != b.children.size()) return false;
  if (a.kind == NodeKind::literal && !(a.literal == b.literal)) return false;
  return std::equal(a.children.begin(), a.children.end(), b.children.begin(), same_form);
}

namespace {

bool same_body(const Send& a, const Send& b) {
  if (a.body.has_value() != b.body.has_value()) return false;
  return !a.body || (a.body->root == b.body->root && same_form(a.body->node, b.body->node));
}

bool same_request(const Send& a, const Send& b) { return a.method == b.method && same_form(a.path.node, b.path.node) && same_body(a, b); }

}  // namespace

void check_questions(const Carrier& carrier, Sink& sink) {
  const std::vector<SendPlace> all = sends(carrier);
  for (const SendPlace& asked : all) {
    if (asked.send->moves_money || asked.send->safe || asked.send->poisoned || asked.send->method == "GET" || asked.send->method == "HEAD") continue;
    for (const SendPlace& moving : all) {
      if (!moving.send->moves_money || moving.procedure == nullptr || !same_request(*asked.send, *moving.send)) continue;
      sink.report(Diag::question_moves_money, asked.send->span).arg("name", moving.procedure->name).label("sent as often as is asked").also(moving.send->span, "the same request moves money");
      break;
    }
  }
}

}  // namespace tollgate::hir
