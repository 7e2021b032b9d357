// What outlives one request: values of a user, counters, sessions that take arguments and are renewed; and procedures that the carrier begins.
#include <algorithm>

#include "compiler/resolve/carrier_resolver.h"

namespace tollgate::hir {
namespace {

uint64_t window_ms(std::string_view unit) {
  return unit == "second" ? 1000 : unit == "minute" ? 60'000 : unit == "hour" ? 3'600'000 : unit == "day" ? 86'400'000 : 0;
}

template <class Visit>
void walk(const Expr& expr, Visit&& visit) {
  visit(expr);
  for (const Expr& operand : expr.operands) walk(operand, visit);
  if (expr.shape) for (const Hole& hole : expr.shape->holes) if (hole.has_value) walk(hole.value, visit);
}

}  // namespace

void CarrierResolver::read_user_value(NodeRef node) {
  UserValue value;
  NodeRef name = node.child(SyntaxKind::name);
  value.name = name.text();
  value.span = name.span();
  for (NodeRef child : node.children())
    if (child.is(SyntaxKind::type) || child.is(SyntaxKind::type_optional) || child.is(SyntaxKind::type_many)) value.type = read_type(child, sink_);
  if (value.type.kind == Kind::secret) value.type.labels = kSecret;
  if (NodeRef lasting = node.child(SyntaxKind::duration)) value.lasting_ms = duration_ms(lasting.text());
  if (value.type.optional) {
    sink_.report(Diag::type_mismatch, value.span).arg("wanted", "a type that is there").arg("found", "an optional one").label("it is missing until it is remembered");
    value.type.optional = false;
  }
  carrier_.user_values.push_back(std::move(value));
}

void CarrierResolver::read_counter(NodeRef node) {
  Counter counter;
  counter.name = name_of(node).text();
  counter.span = name_span(node);
  counter.per_day = node.has(SyntaxKind::mark_per_day);
  auto from = whole_number(node.child(SyntaxKind::integer).text()), upto = whole_number(node.child(SyntaxKind::integer, 1).text());
  if (!from || !upto || *from < 0 || *upto <= *from) {
    sink_.report(Diag::bad_constant, counter.span).arg("text", "the range of `" + counter.name + "`").arg("problem", "is empty").label("from the smaller to the larger, neither below 0");
    return;
  }
  counter.from = *from;
  counter.upto = *upto;
  carrier_.counters.push_back(std::move(counter));
}

// `next refs`: a number that is never given twice.
Expr CarrierResolver::next_of(NodeRef node, const Scope& scope) {
  NodeRef name = node.child(SyntaxKind::name);
  uint32_t i = index_of(carrier_.counters, name.text());
  if (i == kNone) {
    report_unknown(name, "counter", names_of(carrier_.counters));
    return poison(node.span());
  }
  Expr out = host_read("next", {}, node.span(), scope);
  if (out.poisoned()) return out;
  carrier_.counters[i].used = true;
  out.number = i;
  out.name = carrier_.counters[i].per_day ? "next of the day" : "next";
  out.origin = "next " + std::string(name.text());
  return out;
}

// `remember user.token = token` before where the arm leads. What the carrier said to our own request, or on an endpoint that proves it.
void CarrierResolver::remember(NodeRef node, Target& out, const Scope& scope, const ArmPlace& place) {
  NodeRef name = node.child(SyntaxKind::name);
  if (!place.procedure || place.input) {
    sink_.report(Diag::target_not_here, node.span()).arg("target", "remember").arg("place", place.input ? "an input" : "this place")
        .label("only an answer to our own request, or a message that is proved, tells of a user");
    return;
  }
  uint32_t i = index_of(carrier_.user_values, name.text());
  if (i == kNone) {
    report_unknown(name, "value kept per user", names_of(carrier_.user_values));
    return;
  }
  Expr value = expr(node.last(), scope);
  const UserValue& kept = carrier_.user_values[i];
  bool widened = value.type.kind == Kind::text && kept.type.kind == Kind::secret;
  if (!widened && !fitting(value, kept.type, kept.name, kept.span)) return;
  out.remembered.emplace_back(i, std::move(value));
}

void CarrierResolver::session_limit(NodeRef item, Session& session) {
  Scope scope;
  Expr count = expr(item.first(), scope);
  NodeRef unit = item.child(SyntaxKind::name);
  session.limit_window_ms = window_ms(unit.text());
  if (count.kind == ExprKind::constant && count.type.kind == Kind::integer && count.constant.integer > 0 && count.constant.integer <= 1'000'000) {
    session.limit = static_cast<uint32_t>(count.constant.integer);
  } else if (!count.poisoned()) {
    sink_.report(Diag::constant_needed, count.span).arg("what", "a limit").label("must be a number from 1 to 1000000");
  }
  if (session.limit_window_ms == 0) report_unknown(unit, "unit of time", {"second", "minute", "hour", "day"});
}

// `renew(old: Secret) { send … on … }`: with what `renewed by` named, or the value itself.
void CarrierResolver::renewal(NodeRef node, Session& session) {
  std::vector<Param> own = params(node.child(SyntaxKind::params));
  if (own.size() != 1) {
    sink_.report(Diag::argument_count, node.span()).arg("name", "renew").arg("wanted", "1").arg("found", std::to_string(own.size())).label("what it is renewed with");
    return;
  }
  if (own[0].type.kind == Kind::secret) own[0].type.labels = kSecret;
  session.renew_params = session.params;
  session.renew_params.push_back(own[0]);
  Scope scope;
  scope.place = "a session";
  scope.host = true;
  bind_params(scope, session.renew_params, session.name);
  ArmPlace place;
  place.scope = scope;
  place.scope.host = false;
  place.session = true;
  local_lets(node, session.renew_lets, scope);
  NodeRef send_node = node.child(SyntaxKind::send);
  if (!send_node) {
    if (!node.has_error()) sink_.report(Diag::no_effect, node.span()).arg("name", "renew").label("asks nobody");
    return;
  }
  session.renew_send.emplace();
  send(send_node, *session.renew_send, scope, true);
  for (NodeRef child : node.children(SyntaxKind::arm)) arm(child, place, session.renew_send->arms);
}

// `token`, `token(user.msisdn.digits)` where a request is authorised.
Expr CarrierResolver::session_value(NodeRef name, NodeRef args, const Scope& scope) {
  uint32_t i = index_of(carrier_.sessions, name.text());
  Session& session = carrier_.sessions[i];
  session.used = true;
  std::vector<Expr> given = arguments(args, scope);
  for (const Expr& value : given) if (!present(value)) return poison(name.span());
  if (given.size() != session.params.size()) {
    sink_.report(Diag::argument_count, name.span()).arg("name", name.text()).arg("wanted", std::to_string(session.params.size())).arg("found", std::to_string(given.size()))
        .label(session.params.empty() ? "takes nothing" : "takes " + names_in(session.params)).also(session.span, "declared here");
    return poison(name.span());
  }
  for (size_t a = 0; a < given.size(); ++a) if (!fitting(given[a], session.params[a].type, session.params[a].name, session.params[a].span)) return poison(name.span());
  Expr out;
  out.kind = ExprKind::session;
  out.type = session.value;
  out.index = i;
  out.name = name.text();
  out.origin = "session " + out.name;
  out.span = name.span();
  out.operands = std::move(given);
  return poisoned(out.type) ? poison(name.span()) : out;
}

// Which sessions a request needs before it may leave, and with which arguments.
void CarrierResolver::note_sessions(Send& out) {
  auto note = [&](const Expr& value) {
    walk(value, [&](const Expr& e) {
      if (e.kind != ExprKind::session) return;
      auto known = std::find(out.auth.sessions.begin(), out.auth.sessions.end(), e.index);
      if (known == out.auth.sessions.end()) {
        out.auth.sessions.push_back(e.index);
        out.auth.session_arguments.push_back(e.operands);
        return;
      }
      const std::vector<Expr>& first = out.auth.session_arguments[static_cast<size_t>(known - out.auth.sessions.begin())];
      bool same = std::equal(first.begin(), first.end(), e.operands.begin(), e.operands.end(), [](const Expr& a, const Expr& b) { return a.origin == b.origin; });
      if (!same) sink_.report(Diag::session_twice, e.span).arg("name", e.name).label("and with other arguments").also(first.empty() ? e.span : first[0].span, "with these first");
    });
  };
  for (const Header& item : out.auth.headers) note(item.value);
  for (const QueryItem& item : out.auth.query) note(item.value);
  for (const Let& let : out.auth.lets) note(let.value);
}

// `callback bought(id: Text) opens charge within 24h { user: who, amount: price in market.currency } on hooks { … }`
void CarrierResolver::opening(NodeRef node, Callback& callback) {
  if (callback.about == kNone) return;
  NodeRef opens = node.child(SyntaxKind::opens);
  callback.opens = true;
  callback.opens_span = opens.child(SyntaxKind::name).span();
  if (callback.url_keyed) {
    sink_.report(Diag::key_not_bound, callback.span).arg("name", callback.params.empty() ? "key" : callback.params[0].name).label("nobody has minted a URL for what does not exist yet")
        .because("what the carrier begins is known by the carrier's own id");
    return;
  }
  Target end;
  Scope scope;
  scope.place = "a callback";
  if (opens.has(SyntaxKind::within)) waits(opens, end, scope);
  callback.opens_has_within = end.has_within;
  callback.opens_within_ms = end.within_ms;
  const Procedure& procedure = carrier_.procedures[callback.about];
  callback.opens_fields.assign(procedure.arguments.size(), std::nullopt);
  opens_fields(opens.child(SyntaxKind::record), "", callback, matched_scope(callback, scope));
  for (size_t i = 0; i < procedure.arguments.size(); ++i) {
    if (callback.opens_fields[i] || procedure.arguments[i].type.optional) continue;
    sink_.report(Diag::opens_argument_missing, callback.opens_span).arg("name", procedure.arguments[i].name).arg("procedure", procedure.name).label("begins without it")
        .also(procedure.arguments[i].span, "the model needs it");
  }
}

bool CarrierResolver::begun_by_carrier(const Procedure& procedure) const {
  return std::any_of(members_.begin(), members_.end(), [&](const auto& m) {
    return m.first.is(SyntaxKind::callback) && m.first.child(SyntaxKind::opens).child(SyntaxKind::name).text() == procedure.name;
  });
}

void CarrierResolver::opens_fields(NodeRef record, const std::string& prefix, Callback& callback, const Scope& scope) {
  const Procedure& procedure = carrier_.procedures[callback.about];
  for (NodeRef field : record.children(SyntaxKind::field)) {
    std::string name = prefix;
    NodeRef value, label;
    for (NodeRef child : field.children()) {
      if (child.is(SyntaxKind::label)) name += (name.empty() ? "" : ".") + std::string(child.text()), label = child;
      else if (!is_head(child.kind())) value = child;
    }
    if (!value || !label) continue;
    if (value.is(SyntaxKind::record)) {
      opens_fields(value, name, callback, scope);
      continue;
    }
    Expr made = expr(value, scope);
    if (made.poisoned()) continue;
    if (name == "user" && made.type.kind == Kind::msisdn) name = "user.msisdn";
    auto it = std::find_if(procedure.arguments.begin(), procedure.arguments.end(), [&](const Param& p) { return p.name == name; });
    if (it == procedure.arguments.end()) {
      report_unknown(label, "argument of `" + procedure.name + "`", names_of(procedure.arguments));
      continue;
    }
    Type wanted = it->type;
    wanted.labels = wanted.labels | made.type.labels;
    if (!fitting(made, wanted, it->name, it->span)) continue;
    callback.opens_fields[static_cast<size_t>(it - procedure.arguments.begin())] = std::move(made);
  }
}

}  // namespace tollgate::hir
