// Procedures, steps, enquiries, sessions, code tables.
#include <algorithm>

#include "compiler/diag/suggest.h"
#include "compiler/resolve/carrier_resolver.h"
#include "runtime/bytecode/format.h"

namespace tollgate::hir {

std::vector<Param> CarrierResolver::params(NodeRef node) {
  std::vector<Param> out;
  for (NodeRef param : node.children()) {
    if (!param.is(SyntaxKind::param) && !param.is(SyntaxKind::url_param)) continue;
    NodeRef name = param.child(SyntaxKind::name), type = param.child(size_t{1});
    Param made{std::string(name.text()), {Kind::text, false, kPublic, Kind::missing}, name.span()};
    if (type) made.type = read_type(type, sink_);
    else if (param.is(SyntaxKind::param) && !param.has_error()) {
      made.type.kind = Kind::missing;
      sink_.report(Diag::type_missing, name.span()).arg("name", name.text()).label("of which type?")
          .help(Grade::example, "for example", {{Span{name.span().file, name.span().end, name.span().end}, ": Text"}});
    }
    for (const Param& other : out) {
      if (other.name == made.name) sink_.report(Diag::duplicate_name, name.span()).arg("name", made.name).label("declared again here").also(other.span, "first declared here");
    }
    out.push_back(std::move(made));
  }
  return out;
}

void CarrierResolver::bind_params(Scope& scope, const std::vector<Param>& params, std::string_view owner) const {
  for (uint32_t i = 0; i < params.size(); ++i) {
    Expr value = poison(params[i].span);
    if (!poisoned(params[i].type)) {
      value.kind = ExprKind::parameter;
      value.type = params[i].type;
      value.index = i;
      value.name = value.origin = params[i].name;
    }
    scope.names.push_back({params[i].name, "a parameter of `" + std::string(owner) + "`", std::move(value), params[i].span});
  }
}

void CarrierResolver::declare_procedures() {
  size_t count = 0;
  for (const auto& [node, own] : members_) count += node.is(SyntaxKind::procedure);
  carrier_.procedures.reserve(count);  // scopes point at them
  for (const auto& [node, own] : members_) {
    if (!node.is(SyntaxKind::procedure)) continue;
    NodeRef name = name_of(node);
    Procedure procedure;
    procedure.name = name.text();
    procedure.span = name.span();
    procedure.action = index_of(library_.model.actions, name.text());
    if (procedure.action != kNone) {
      const ModelAction& action = library_.model.actions[procedure.action];
      procedure.moves_money = action.moves_money;
      procedure.arguments = action.arguments;
    } else if (!library_.model.actions.empty()) {
      std::vector<std::string> names = names_of(library_.model.actions);
      Report report = sink_.report(Diag::unknown_action, name.span());
      report.arg("name", name.text()).label("the model has no such action");
      if (auto near = suggest(name.text(), names)) {
        report.help(Grade::likely, "did you mean `" + *near + "`?", {{name.span(), *near}});
        const ModelAction& meant = library_.model.actions[index_of(library_.model.actions, *near)];
        procedure.arguments = meant.arguments;  // so that what the body says of them is no second finding
        if (index_of(carrier_.procedures, *near) == kNone) procedure.name = *near;
      }
    }
    carrier_.procedures.push_back(std::move(procedure));
    steps_.emplace_back();
    declare_steps(node, carrier_.procedures.back(), 0);
  }
  size_t i = 0;
  for (const auto& [node, own] : members_) {
    if (!node.is(SyntaxKind::procedure)) continue;
    Procedure& procedure = carrier_.procedures[i];
    for (uint32_t s = 0; s < steps_[i].size(); ++s) {
      Scope scope = step_scope(procedure, procedure.steps[s]);
      statements(steps_[i][s].first, procedure, s, scope);
      steps_[i][s].second = std::move(scope);
    }
    ++i;
  }
}

void CarrierResolver::declare_steps(NodeRef node, Procedure& procedure, uint32_t) {
  auto& nodes = steps_.back();
  Step entry;
  entry.span = procedure.span;
  entry.used = true;
  procedure.steps.push_back(std::move(entry));
  nodes.emplace_back(node, Scope());
  // In the order of the file: steps lead downwards. The grammar bounds how deep they nest.
  auto declare = [&](auto&& self, NodeRef at) -> void {
    for (NodeRef child : at.children(SyntaxKind::step)) {
      Step step;
      NodeRef name = name_of(child);
      step.name = name.text();
      step.span = name.span();
      step.params = params(child.child(SyntaxKind::params));
      for (const Step& other : procedure.steps) {
        if (other.name == step.name) sink_.report(Diag::duplicate_name, name.span()).arg("name", step.name).label("declared again here").also(other.span, "first declared here");
      }
      procedure.steps.push_back(std::move(step));
      nodes.emplace_back(child, Scope());
      self(self, child);
    }
  };
  declare(declare, node);
}

Scope CarrierResolver::step_scope(const Procedure& procedure, const Step& step) const {
  Scope scope;
  scope.procedure = &procedure;
  scope.place = "a procedure";
  scope.host = true;
  bind_params(scope, step.params, step.name);
  return scope;
}

// Keeps and lets, in the order written.
void CarrierResolver::statements(NodeRef node, Procedure& procedure, uint32_t index, Scope& scope) {
  Step& step = procedure.steps[index];
  for (NodeRef child : node.children()) {
    bool keep = child.is(SyntaxKind::keep);
    if (!keep && !child.is(SyntaxKind::let)) continue;
    NodeRef name = child.child(SyntaxKind::name);
    std::string text(name.text());
    if (find(scope, text) || find_keep(procedure, text) >= 0 || is_argument_root(procedure, text)) {
      sink_.report(Diag::duplicate_name, name.span()).arg("name", text).label("already means something here");
      continue;
    }
    Expr value = expr(child.last(), scope);
    if (!value.poisoned() && !present(value)) value = poison(value.span);
    if (keep) {
      if (!value.poisoned() && (value.type.labels & (kSecret | kSealed))) {
        sink_.report(Diag::secret_to_sink, value.span).arg("value", value.origin).arg("sink", "the store").label("would be kept for as long as the charge");
        value = poison(value.span);
      }
      step.statements.push_back({true, static_cast<uint32_t>(procedure.keeps.size())});
      procedure.keeps.push_back({text, value.type, std::move(value), index, false, name.span()});
      continue;
    }
    uint32_t let = static_cast<uint32_t>(step.lets.size());
    step.statements.push_back({false, let});
    Expr refer = poison(name.span());
    if (!value.poisoned()) {
      refer.kind = ExprKind::let;
      refer.type = value.type;
      refer.index = let;
      refer.name = refer.origin = text;
    }
    step.lets.push_back({text, std::move(value), false, name.span()});
    scope.names.push_back({text, "a let", std::move(refer), name.span()});
  }
}

void CarrierResolver::resolve_procedure(NodeRef, Procedure& procedure) {
  size_t i = static_cast<size_t>(&procedure - carrier_.procedures.data());
  for (uint32_t s = 0; s < procedure.steps.size(); ++s) resolve_step(steps_[i][s].first, procedure, s);
  const std::optional<Target>& entry = procedure.steps[0].doubt;
  for (Step& step : procedure.steps) {
    if (!step.doubt && entry) {
      step.doubt = entry;
      step.doubt_inherited = true;
    }
  }
}

void CarrierResolver::resolve_step(NodeRef node, Procedure& procedure, uint32_t index) {
  size_t i = static_cast<size_t>(&procedure - carrier_.procedures.data());
  Step& step = procedure.steps[index];
  const Scope& scope = steps_[i][index].second;
  NodeRef send_node;
  for (NodeRef child : node.children()) {
    bool effect = child.is(SyntaxKind::send) || child.is(SyntaxKind::await);
    if (effect && send_node) {
      sink_.report(Diag::second_effect, child.span()).label("a step has one").also(send_node.span(), "already here")
          .because("what survives a crash is the position, so each effect needs its own");
      continue;
    }
    if (effect) send_node = child;
    if (child.is(SyntaxKind::show_url) || child.is(SyntaxKind::tell_user) || child.is(SyntaxKind::need)) unsupported(child, "this statement");
    if ((child.is(SyntaxKind::each_arm) || child.is(SyntaxKind::end_arm)) && !node.has(SyntaxKind::send) && !node.has_error()) unsupported(child, "rows of a wait");
  }
  ArmPlace place;
  place.scope = step_scope(procedure, step);
  place.scope.host = false;
  place.procedure = &procedure;
  place.money = procedure.moves_money;
  if (send_node.is(SyntaxKind::send)) {
    step.send.emplace();
    step.send->moves_money = procedure.moves_money;
    send(send_node, *step.send, scope, false);
    step.send->poisoned = step.send->poisoned || node.has_error();  // what could not be read may belong to it
    if (step.send->once) place.once = &*step.send->once;
  } else if (send_node.is(SyntaxKind::await)) {
    step.awaits.emplace();
    step.awaits->kind = TargetKind::await;
    step.awaits->span = send_node.span();
    Scope at = place.scope;
    at.place = "an `await`";
    waits(send_node, *step.awaits, at);
  } else if (!node.has_error()) {
    sink_.report(Diag::no_effect, step.span).arg("name", step.name.empty() ? procedure.name : step.name).label("neither sends nor waits");
  }
  for (NodeRef child : node.children(SyntaxKind::arm)) {
    if (child.has(SyntaxKind::on_doubt)) {
      if (step.doubt) {
        sink_.report(Diag::duplicate_name, child.child(SyntaxKind::on_doubt).span()).arg("name", "on doubt").label("a second one").also(step.doubt->span, "first here");
        continue;
      }
      step.doubt = doubt(child, place.scope, place);
    } else if (step.send) {
      size_t before = step.send->arms.size();
      arm(child, place, step.send->arms);
      step.send->poisoned = step.send->poisoned || step.send->arms.size() == before;
    } else if (!node.has_error()) {  // or it belongs to a `send` that could not be read
      unsupported(child, "an arm after `await`");
    }
  }
  if (step.send) row_arms(node, *step.send, place);
  if (step.send) link_arms(*step.send, place);
  for (Arm& made : step.send ? step.send->arms : std::vector<Arm>()) {
    if (made.target.kind == TargetKind::renew) made.first_only = true;
  }
  for (const Binding& binding : scope.names) {
    if (binding.value.kind == ExprKind::let && binding.used) step.lets[binding.value.index].used = true;
  }
  (void)index;
}

void CarrierResolver::local_lets(NodeRef node, std::vector<Let>& lets, Scope& scope) {
  for (NodeRef child : node.children(SyntaxKind::let)) {
    NodeRef name = child.child(SyntaxKind::name);
    Expr value = expr(child.last(), scope);
    Expr refer = poison(name.span());
    if (present(value)) {
      refer.kind = ExprKind::let;
      refer.type = value.type;
      refer.index = static_cast<uint32_t>(lets.size());
      refer.name = refer.origin = name.text();
    }
    lets.push_back({std::string(name.text()), std::move(value), false, name.span()});
    scope.names.push_back({std::string(name.text()), "a let", std::move(refer), name.span()});
  }
}

void CarrierResolver::declare_enquiries() {
  for (const auto& [node, own] : members_) {
    if (!node.is(SyntaxKind::enquiry)) continue;
    Enquiry enquiry;
    enquiry.name = name_of(node).text();
    enquiry.span = name_span(node);
    enquiry.params = params(node.child(SyntaxKind::params));
    NodeRef about = node.child(SyntaxKind::about).child(SyntaxKind::name);
    enquiry.about = index_of(carrier_.procedures, about.text());
    if (!about) {
      sink_.report(Diag::about_missing, enquiry.span).arg("name", enquiry.name).label("about which procedure?");
    } else if (enquiry.about == kNone) {
      report_unknown(about, "procedure", names_of(carrier_.procedures));
    }
    for (NodeRef every : node.child(SyntaxKind::schedule).children()) {
      enquiry.every_ms.push_back(duration_ms(every.text()));
      enquiry.every_spans.push_back(every.span());
    }
    carrier_.enquiries.push_back(std::move(enquiry));
  }
}

void CarrierResolver::resolve_enquiry(NodeRef node, Enquiry& enquiry) {
  Scope scope;
  scope.place = "an enquiry";
  scope.host = true;
  if (enquiry.about != kNone) scope.about = &carrier_.procedures[enquiry.about];
  bind_params(scope, enquiry.params, enquiry.name);
  ArmPlace place;
  place.scope = scope;
  place.scope.host = false;
  place.enquiry = true;
  local_lets(node, enquiry.lets, scope);
  NodeRef send_node = node.child(SyntaxKind::send);
  if (send_node) {
    send(send_node, enquiry.send, scope, false);
    if (enquiry.send.once) sink_.report(Diag::once_not_here, enquiry.send.once->span).arg("word", "once per").label("an enquiry may be repeated at will");
  } else if (!node.has_error()) {
    sink_.report(Diag::no_effect, enquiry.span).arg("name", enquiry.name).label("asks nobody");
  }
  for (NodeRef child : node.children()) {
    if (child.is(SyntaxKind::arm)) {
      if (NodeRef word = child.child(SyntaxKind::on_doubt)) {
        sink_.report(Diag::doubt_not_here, word.span()).label("an enquiry moves no money; without an answer it has learnt nothing");
        continue;
      }
      size_t before = enquiry.send.arms.size();
      arm(child, place, enquiry.send.arms);
      enquiry.send.poisoned = enquiry.send.poisoned || enquiry.send.arms.size() == before;
    } else if (child.is(SyntaxKind::keep) || child.is(SyntaxKind::step) || child.is(SyntaxKind::await)) {
      unsupported(child, "this statement in an enquiry");
    }
  }
  row_arms(node, enquiry.send, place);
  link_arms(enquiry.send, place);
}

void CarrierResolver::resolve_session(NodeRef node) {
  Session session;
  session.name = name_of(node).text();
  session.span = name_span(node);
  session.params = params(node.child(SyntaxKind::params));
  session.value.kind = Kind::missing;
  Scope scope;
  scope.place = "a session";
  scope.host = true;
  bind_params(scope, session.params, session.name);
  if (!session.params.empty()) unsupported(node.child(SyntaxKind::params), "a session with parameters");
  ArmPlace place;
  place.scope = scope;
  place.scope.host = false;
  place.session = true;
  local_lets(node, session.lets, scope);
  if (NodeRef send_node = node.child(SyntaxKind::send)) send(send_node, session.send, scope, true);
  else if (!node.has_error()) sink_.report(Diag::no_effect, session.span).arg("name", session.name).label("asks nobody");
  for (NodeRef child : node.children())
    if (child.is(SyntaxKind::each_arm) || child.is(SyntaxKind::end_arm)) unsupported(child, "rows in a session");
  for (NodeRef child : node.children(SyntaxKind::arm)) {
    size_t before = session.send.arms.size();
    arm(child, place, session.send.arms);
    session.send.poisoned = session.send.poisoned || session.send.arms.size() == before;
  }
  for (const Arm& made : session.send.arms) {
    if (made.target.kind != TargetKind::session_value || !made.target.key) continue;
    if (poisoned(session.value)) {
      session.value = made.target.key->type;
    } else if (session.value.kind != made.target.key->type.kind) {
      sink_.report(Diag::type_mismatch, made.target.key->span).arg("wanted", type_name(session.value.kind))
          .arg("found", type_name(made.target.key->type.kind)).label("another arm gives another type");
    }
  }
  carrier_.sessions.push_back(std::move(session));
}

// "{_: 3 chars}14", "{_}ERR": holes that nobody asks for. Empty when something was reported.
std::string CarrierResolver::key_pattern(NodeRef string) {
  std::string out;
  for (NodeRef part : string.children()) {
    if (part.is(SyntaxKind::string_text)) out += part.text();
    else if (part.is(SyntaxKind::string_escape)) out += escape_value(part);
    else if (part.is(SyntaxKind::hole) && !part.has_error()) {
      NodeRef inside = part.first();
      if (!inside.is(SyntaxKind::hole_pattern) || !inside.has(SyntaxKind::any_value) || inside.has(SyntaxKind::type_pattern)) {
        sink_.report(Diag::value_not_here, part.span()).arg("value", part.text()).label("a row of codes binds nothing")
            .help(Grade::example, "any characters, or so many of them", {{part.span(), "{_: 3 chars}"}});
        return {};
      }
      uint32_t width = width_of(inside);
      out += width == 0 ? std::string(1, kAnyText) : std::string(width, kAnyCharacter);
    }
  }
  return out;
}

void CarrierResolver::read_table(NodeRef node) {
  NodeRef type;
  for (SyntaxKind kind : {SyntaxKind::type, SyntaxKind::type_optional, SyntaxKind::type_many}) if (NodeRef t = node.child(kind)) type = t;
  if (!type) return;  // reads shapes: expanded where it is used
  Table table;
  table.name = name_of(node).text();
  table.span = name_span(node);
  table.key = read_type(type, sink_).kind;
  if (table.key != Kind::text && table.key != Kind::integer && table.key != Kind::missing) {
    sink_.report(Diag::table_key, type.span()).label("codes are Text or Int");
    table.key = Kind::missing;
  }
  Scope scope;
  scope.place = "a reading";
  ArmPlace place;
  std::vector<NodeRef> row_nodes;
  for (NodeRef row : node.children(SyntaxKind::row)) row_nodes.push_back(row);
  for (NodeRef more : extensions_) {
    if (name_of(more).text() != table.name) continue;
    for (NodeRef row : more.children(SyntaxKind::row)) row_nodes.push_back(row);
  }
  auto add = [&](NodeRef key, const Target& target) {
    Row row;
    row.target = target;
    row.span = key.span();
    if (key.is(SyntaxKind::string) && !plain_text(key) && table.key == Kind::text) {
      row.key.text = key_pattern(key);
      row.pattern = true;
      if (!row.key.text.empty()) table.rows.push_back(std::move(row));
      return;
    }
    NodeRef from = key.is(SyntaxKind::range) ? key.child(size_t{0}) : key;
    NodeRef upto = key.is(SyntaxKind::range) ? key.child(size_t{1}) : NodeRef();
    Expr low = expr(from, scope), high = upto ? expr(upto, scope) : low;
    if (low.poisoned() || high.poisoned() || table.key == Kind::missing) return;
    for (const Expr* value : {&low, &high}) {
      if (value->kind == ExprKind::constant && value->type.kind == table.key) continue;
      Report report = sink_.report(Diag::type_mismatch, value->span);
      report.arg("wanted", type_name(table.key)).arg("found", type_name(value->type.kind)).label("a code that this table can never be asked").also(type.span(), "its codes are " + std::string(type_name(table.key)));
      if (table.key == Kind::text && value->type.kind == Kind::integer) report.help(Grade::likely, "as text", {{value->span, "\"" + value->origin + "\""}});
      if (table.key == Kind::integer && whole_number(value->constant.text)) report.help(Grade::likely, "as a number", {{value->span, value->constant.text}});
      return;
    }
    row.key = low.constant;
    row.upto = high.constant;
    row.range = static_cast<bool>(upto);
    table.rows.push_back(std::move(row));
  };
  for (NodeRef row : row_nodes) {
    if (row.has_error()) continue;
    NodeRef pattern;
    for (NodeRef child : row.children()) {
      if (is_head(child.kind()) || child.is(SyntaxKind::target) || child.is(SyntaxKind::guard)) continue;
      pattern = child;
      break;
    }
    Target made = target(row.child(SyntaxKind::target), scope, place);
    if (pattern.is(SyntaxKind::other_value)) {
      if (table.other) sink_.report(Diag::duplicate_name, pattern.span()).arg("name", "other").label("a second one").also(table.other->span, "first here");
      else table.other = std::move(made);
    } else if (pattern.is(SyntaxKind::alternatives)) {
      for (NodeRef key : pattern.children()) add(key, made);
    } else {
      add(pattern, made);
    }
  }
  carrier_.tables.push_back(std::move(table));
}

}  // namespace tollgate::hir
