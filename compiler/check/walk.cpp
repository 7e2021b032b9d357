#include "compiler/check/walk.h"

#include <algorithm>

namespace tollgate::hir {

std::vector<ArmList> arm_lists(const Carrier& carrier) {
  std::vector<ArmList> out;
  auto procedure = [&](uint32_t i) { return i == kNone ? nullptr : &carrier.procedures[i]; };
  for (const Procedure& p : carrier.procedures) {
    for (const Step& step : p.steps) {
      if (step.send) out.push_back({PlaceKind::procedure, &step.send->arms, &*step.send, &p, p.name, step.span});
    }
  }
  for (const Enquiry& e : carrier.enquiries) out.push_back({PlaceKind::enquiry, &e.send.arms, &e.send, procedure(e.about), e.name, e.span});
  for (const Session& s : carrier.sessions) out.push_back({PlaceKind::session, &s.send.arms, &s.send, nullptr, s.name, s.span});
  for (const Callback& c : carrier.callbacks) out.push_back({PlaceKind::callback, &c.arms, nullptr, procedure(c.about), c.name, c.span});
  return out;
}

std::vector<SendPlace> sends(const Carrier& carrier) {
  std::vector<SendPlace> out;
  for (const Procedure& p : carrier.procedures) {
    for (const Step& step : p.steps) if (step.send) out.push_back({&*step.send, &step.lets, &p, &step});
  }
  for (const Enquiry& e : carrier.enquiries) out.push_back({&e.send, &e.lets, nullptr, nullptr});
  for (const Session& s : carrier.sessions) out.push_back({&s.send, &s.lets, nullptr, nullptr});
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
    for (const Session& s : c.sessions) lets(s.lets), send(s.send);
    for (const Procedure& p : c.procedures) {
      for (const Keep& k : p.keeps) expr_(k.value);
      for (const Step& s : p.steps) {
        lets(s.lets);
        if (s.send) send(*s.send);
        if (s.awaits) target(*s.awaits);
        if (s.doubt && !s.doubt_inherited) target(*s.doubt);
      }
    }
    for (const Enquiry& e : c.enquiries) lets(e.lets), send(e.send);
    for (const Endpoint& e : c.endpoints) {
      if (e.answer) shape_(*e.answer, ShapeUse::body);
      for (const Verify& v : e.verify) {
        lets(v.lets);
        for (const Expr& need : v.needs) expr_(need);
      }
    }
    for (const Callback& callback : c.callbacks) {
      if (callback.match) shape_(*callback.match, ShapeUse::body);
      arms(callback.arms);
    }
  }

 private:
  void lets(const std::vector<Let>& list) { for (const Let& let : list) expr_(let.value); }
  void target(const Target& t) {
    for (const std::optional<Expr>* value : {&t.carrier_ref, &t.paid, &t.after, &t.key}) if (*value) expr_(**value);
    for (const Expr& argument : t.arguments) expr_(argument);
    for (const Proof& proof : t.proofs) for (const Expr& argument : proof.arguments) expr_(argument);
  }
  void arms(const std::vector<Arm>& list) {
    for (const Arm& arm : list) {
      if (arm.shape) shape_(*arm.shape, ShapeUse::body);
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
    arms(s.arms);
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

void proofs(const Procedure& procedure, const std::function<void(const Proof&)>& visit) {
  auto of = [&](const Target& target) { for (const Proof& proof : target.proofs) visit(proof); };
  for (const Step& step : procedure.steps) {
    if (step.send) for (const Arm& arm : step.send->arms) of(arm.target);
    if (step.awaits) of(*step.awaits);
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
