#include "compiler/check/walk.h"

#include <algorithm>

namespace tollgate::hir {

std::vector<ArmList> arm_lists(const Carrier& carrier) {
  std::vector<ArmList> out;
  auto procedure = [&](uint32_t i) { return i == kNone ? nullptr : &carrier.procedures[i]; };
  for (const Procedure& p : carrier.procedures) {
    const std::vector<MoneyOut> known = money_out(p);
    for (size_t i = 0; i < p.steps.size(); ++i) {
      const Step& step = p.steps[i];
      if (step.send) out.push_back({PlaceKind::procedure, &step.send->arms, &*step.send, &p, p.name, step.span, &step, nullptr, step.send->moves_money || known[i].before || !step.shown.empty()});
      for (const Waited& waited : step.waited) out.push_back({PlaceKind::awaited, &waited.arms, nullptr, &p, waited.name, waited.span, &step, &waited, known[i].waiting});
    }
  }
  for (const Enquiry& e : carrier.enquiries) out.push_back({PlaceKind::enquiry, &e.send.arms, &e.send, procedure(e.about), e.name, e.span});
  for (const Session& s : carrier.sessions) {
    out.push_back({PlaceKind::session, &s.send.arms, &s.send, nullptr, s.name, s.span});
    if (s.renew_send) out.push_back({PlaceKind::session, &s.renew_send->arms, &*s.renew_send, nullptr, s.name, s.span});
  }
  for (const Callback& c : carrier.callbacks) out.push_back({PlaceKind::callback, &c.arms, nullptr, procedure(c.about), c.name, c.span});
  return out;
}

namespace {

bool user_may_pay(const Target& wait) {
  return wait.kind == TargetKind::await && std::any_of(wait.proofs.begin(), wait.proofs.end(), [](const Proof& p) { return p.kind != ProofKind::input; });
}

}  // namespace

std::vector<MoneyOut> money_out(const Procedure& procedure) {
  std::vector<MoneyOut> out(procedure.steps.size());
  bool changed = true;
  auto mark = [&](bool& known, bool now) { changed = changed || (now && !known), known = known || now; };
  auto lead = [&](MoneyOut& here, const Target& target, bool from, bool moved) {
    if ((target.kind == TargetKind::step || target.kind == TargetKind::again) && target.index < out.size())
      mark(out[target.index].before, from || (moved && target.kind == TargetKind::step));
    mark(here.waiting, user_may_pay(target));
  };
  while (changed) {
    changed = false;
    for (size_t i = 0; i < procedure.steps.size(); ++i) {
      const Step& step = procedure.steps[i];
      const bool shown = out[i].before || !step.shown.empty();
      mark(out[i].waiting, shown || (step.awaits && user_may_pay(*step.awaits)) || (step.send && step.send->moves_money));
      if (step.send) for (const Arm& arm : step.send->arms) lead(out[i], arm.target, shown, step.send->moves_money);
      if (step.late) lead(out[i], *step.late, out[i].waiting, false);
      for (const Waited& waited : step.waited) for (const Arm& arm : waited.arms) lead(out[i], arm.target, out[i].waiting, false);
    }
  }
  return out;
}

std::vector<SendPlace> sends(const Carrier& carrier) {
  std::vector<SendPlace> out;
  for (const Procedure& p : carrier.procedures) {
    for (const Step& step : p.steps) if (step.send) out.push_back({&*step.send, &step.lets, &p, &step});
  }
  for (const Enquiry& e : carrier.enquiries) out.push_back({&e.send, &e.lets, nullptr, nullptr});
  for (const Session& s : carrier.sessions) {
    out.push_back({&s.send, &s.lets, nullptr, nullptr});
    if (s.renew_send) out.push_back({&*s.renew_send, &s.renew_lets, nullptr, nullptr});
  }
  return out;
}

void with_lets(const Expr& expr, const std::vector<Let>& lets, const std::function<void(const Expr&)>& visit) {
  // Each let once, however often it is named: lets that name each other twice would otherwise double the work with each of them.
  std::vector<bool> seen(lets.size());
  auto look = [&](auto&& self, const Expr& value) -> void {
    walk(value, [&](const Expr& e) {
      visit(e);
      if (e.kind != ExprKind::let || e.index >= lets.size() || seen[e.index]) return;
      seen[e.index] = true;
      self(self, lets[e.index].value);
    });
  };
  look(look, expr);
}

void message_values(const SendPlace& place, const std::function<void(const Expr&, std::string_view)>& visit) {
  auto shape = [&](const Shape& s, std::string_view part) {
    for (const Hole& hole : s.holes) if (hole.has_value) visit(hole.value, part);
  };
  const Send& send = *place.send;
  shape(send.path, "path");
  if (send.query) shape(*send.query, "query");
  for (const Header& header : send.headers) visit(header.value, "header");
  if (send.body) shape(*send.body, "body");
}

void proofs(const Procedure& procedure, const std::function<void(const Proof&)>& visit) {
  auto of = [&](const Target& target) { for (const Proof& proof : target.proofs) visit(proof); };
  for (const Step& step : procedure.steps) {
    if (step.send) for (const Arm& arm : step.send->arms) of(arm.target);
    if (step.awaits) of(*step.awaits);
    for (const Waited& waited : step.waited) for (const Arm& arm : waited.arms) of(arm.target);
    if (step.late) of(*step.late);
    if (step.doubt) of(*step.doubt);
  }
}

namespace {

// A word of the carrier that must be there for the arm to be taken. An optional member, an alternative that may be missing and an empty text are
// met by an answer that says nothing.
bool demands_word(const ShapeNode& node) {
  switch (node.kind) {
    case NodeKind::literal: return node.literal.kind != Kind::text || !node.literal.text.empty();
    case NodeKind::member:
      if (node.flags & kOptional) return false;
      break;
    case NodeKind::alternatives:
      return !node.children.empty() && std::all_of(node.children.begin(), node.children.end(), demands_word);
    default: break;
  }
  return std::any_of(node.children.begin(), node.children.end(), demands_word);
}

}  // namespace

bool has_literal(const Arm& arm) {
  return (arm.shape && demands_word(arm.shape->node)) ||
         std::any_of(arm.headers.begin(), arm.headers.end(), [](const HeaderPattern& h) { return !h.optional && demands_word(h.shape.node); });
}

std::string status_text(const Arm& arm) {
  std::string out;
  for (const StatusRange& range : arm.statuses) {
    if (!out.empty()) out += " | ";
    out += std::to_string(range.from);
    if (range.upto != range.from) out += ".." + std::to_string(range.upto);
  }
  return out;
}

}  // namespace tollgate::hir
