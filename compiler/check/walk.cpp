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

namespace {

// The parts of a carrier that hold expressions and shapes, in the order of the file.
template <class OnExpr, class OnShape>
class Parts {
 public:
  Parts(OnExpr expr, OnShape shape) : expr_(expr), shape_(shape) {}

  void of(const Carrier& c) {
    for (const Session& s : c.sessions) {
      lets(s.lets), send(s.send);
      lets(s.renew_lets);
      if (s.renew_send) send(*s.renew_send);
    }
    for (const Procedure& p : c.procedures) {
      for (const Keep& k : p.keeps) expr_(k.value);
      for (const Step& s : p.steps) step(s);
    }
    for (const Enquiry& e : c.enquiries) lets(e.lets), send(e.send);
    for (const Endpoint& e : c.endpoints) {
      if (e.answer) shape_(*e.answer, ShapeUse::body);
      if (e.refused) shape_(*e.refused, ShapeUse::body);
      for (const Verify& v : e.verify) {
        lets(v.lets);
        for (const Expr& need : v.needs) expr_(need);
      }
    }
    for (const Callback& callback : c.callbacks) {
      if (callback.match) shape_(*callback.match, ShapeUse::message);
      if (callback.answer && callback.answer->body) shape_(*callback.answer->body, ShapeUse::body);
      for (const std::optional<Expr>& field : callback.opens_fields) if (field) expr_(*field);
      arms(callback.arms, ShapeUse::message);
    }
  }

 private:
  void lets(const std::vector<Let>& list) { for (const Let& let : list) expr_(let.value); }
  void step(const Step& s) {
    lets(s.lets);
    for (const Need& need : s.needs) {
      for (const Expr& condition : need.conditions) expr_(condition);
      target(need.otherwise);
    }
    for (const Shown& shown : s.shown) expr_(shown.value);
    if (s.send) send(*s.send);
    if (s.awaits) target(*s.awaits);
    for (const Waited& waited : s.waited) arms(waited.arms, ShapeUse::message);
    if (s.late) target(*s.late);
    if (s.doubt && !s.doubt_inherited) target(*s.doubt);
  }
  void target(const Target& t) {
    for (const std::optional<Expr>* value : {&t.carrier_ref, &t.paid, &t.after, &t.key, &t.renewal}) if (*value) expr_(**value);
    for (const auto& [value, remembered] : t.remembered) expr_(remembered);
    if (t.answer && t.answer->body) shape_(*t.answer->body, ShapeUse::body);
    for (const Target& spent : t.spent) target(spent);
    for (const Expr& argument : t.arguments) expr_(argument);
    for (const Proof& proof : t.proofs) for (const Expr& argument : proof.arguments) expr_(argument);
  }
  void arms(const std::vector<Arm>& list, ShapeUse use) {
    for (const Arm& arm : list) {
      if (arm.shape) shape_(*arm.shape, use);
      for (const HeaderPattern& header : arm.headers) shape_(header.shape, ShapeUse::header);
      for (const Expr& guard : arm.guard) expr_(guard);
      target(arm.target);
    }
  }
  void send(const Send& s) {
    shape_(s.path, ShapeUse::path);
    if (s.query) shape_(*s.query, ShapeUse::query);
    if (s.body) shape_(*s.body, ShapeUse::body);
    for (const Header& header : s.headers) expr_(header.value);
    lets(s.auth.lets);
    for (const Header& header : s.auth.headers) expr_(header.value);
    for (const QueryItem& item : s.auth.query) expr_(item.value);
    arms(s.arms, ShapeUse::body);
  }

  OnExpr expr_;
  OnShape shape_;
};

}  // namespace

void each_expr(const Carrier& carrier, const std::function<void(const Expr&)>& visit) {
  auto holes = [&](const Shape& shape, ShapeUse) { for (const Hole& hole : shape.holes) if (hole.has_value) visit(hole.value); };
  Parts(visit, holes).of(carrier);
}

void each_shape(const Carrier& carrier, const std::function<void(const Shape&, ShapeUse)>& visit) {
  auto inside = [&](const Expr& expr) { walk(expr, [&](const Expr& e) { if (e.shape) visit(*e.shape, ShapeUse::body); }); };
  auto with_holes = [&](const Shape& shape, ShapeUse use) {
    visit(shape, use);
    for (const Hole& hole : shape.holes) if (hole.has_value) inside(hole.value);
  };
  Parts(inside, with_holes).of(carrier);
}

std::vector<Way> ways_from(const Step& step) {
  std::vector<Way> out;
  auto add = [&](const Target& target, const Arm* arm, const Waited* waited) {
    for (const Target* t : {&target, target.spent.empty() ? nullptr : &target.spent[0]})
      if (t && (t->kind == TargetKind::step || t->kind == TargetKind::again) && !t->poisoned && t->index != kNone) out.push_back({t, arm, waited});
  };
  if (step.send) for (const Arm& arm : step.send->arms) add(arm.target, &arm, nullptr);
  for (const Waited& waited : step.waited) for (const Arm& arm : waited.arms) add(arm.target, &arm, &waited);
  if (step.late) add(*step.late, nullptr, nullptr);
  return out;
}

bool hands_back(const Way& way, uint32_t from, uint32_t step, uint32_t parameter) {
  const Expr& given = way.target->arguments[parameter];
  return from == step && given.kind == ExprKind::parameter && given.index == parameter;
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
