// Secrets leave only in headers and bodies, over the link that names them; they and proofs of them reach no sink.
#include "compiler/check/rules.h"

namespace tollgate::hir {
namespace {

// From the value that is secret to what reaches the sink, innermost first: "settings.api_key".
void flow(const Expr& expr, const std::vector<Let>& lets, std::vector<std::string>& path) {
  if (!(expr.type.labels & (kSecret | kSealed))) return;
  if (expr.kind == ExprKind::let && expr.index < lets.size()) {
    flow(lets[expr.index].value, lets, path);
    path.push_back("let " + expr.name);
    return;
  }
  for (const Expr& operand : expr.operands) {
    if (operand.type.labels & (kSecret | kSealed)) {
      flow(operand, lets, path);
      break;
    }
  }
  if (expr.kind == ExprKind::join) path.push_back("interpolation");
  else if (expr.kind == ExprKind::call) path.push_back(expr.name);
  else path.push_back(expr.origin);
}

std::string flow_text(const Expr& expr, const std::vector<Let>& lets, std::string_view sink) {
  std::vector<std::string> path;
  flow(expr, lets, path);
  std::string out;
  for (const std::string& part : path) out += part + " -> ";
  return out + std::string(sink);
}

const Expr* source_of(const Expr& expr, const std::vector<Let>& lets) {
  if (expr.kind == ExprKind::let && expr.index < lets.size()) return source_of(lets[expr.index].value, lets);
  for (const Expr& operand : expr.operands) if (operand.type.labels & (kSecret | kSealed)) return source_of(operand, lets);
  return &expr;
}

// Made of secrets and of what never changes, so the same for every request: whoever reads it once can send it again.
bool always_same(const Expr& expr, const std::vector<Let>& lets) {
  bool varies = false;
  with_lets(expr, lets, [&](const Expr& e) {
    switch (e.kind) {
      case ExprKind::argument: case ExprKind::kept: case ExprKind::parameter: case ExprKind::hole: case ExprKind::host: case ExprKind::request:
      case ExprKind::url_of: case ExprKind::bearer_of: case ExprKind::poison: varies = true; break;
      default: break;
    }
  });
  return !varies;
}

// A URL that the carrier calls is meant to be known to it, and a signature is no secret: it covers something of this request. The message's own
// query is stored and shown with the charge, so a signature is left to an auth, which makes it anew for each transmission.
bool may_stand_in_query(const Expr& value, const std::vector<Let>& lets, bool of_auth) {
  bool minted = false, secret = false;
  with_lets(value, lets, [&](const Expr& e) {
    minted = minted || e.kind == ExprKind::url_of;
    secret = secret || ((e.kind == ExprKind::setting || e.kind == ExprKind::session) && (e.type.labels & (kSecret | kSealed))) || e.kind == ExprKind::bearer_of;
  });
  if (minted && !secret) return true;
  return of_auth && !always_same(value, lets);
}

void check_url(const Carrier& carrier, const SendPlace& place, const Expr& value, std::string_view part, bool of_auth, Sink& sink) {
  Labels hidden = value.type.labels & (kSecret | kSealed);
  const std::vector<Let>& lets = of_auth ? place.send->auth.lets : *place.lets;
  if (!hidden || (hidden == kSealed && part == "query" && may_stand_in_query(value, lets, of_auth))) return;
  const Expr* source = source_of(value, lets);
  if (part == "query") {
    for (const Exposure& exposure : place.send->auth.exposes) if (exposure.origin == source->origin || exposure.origin == value.origin) return;
  }
  Report report = sink.report(Diag::secret_in_url, value.span);
  report.arg("value", source->origin).arg("part", part).label("would stand in logs on the way").because(flow_text(value, lets, std::string(part) + " of the request"));
  if (source->kind == ExprKind::setting) report.also(carrier.settings[source->index].span, "secret declared here");
  report.help(Grade::likely, "send it in a header or in the body", {});
  if (part == "query" && hidden == kSealed && !of_auth) report.help(Grade::example, "or, if it signs the request, let an auth add it: `auth signed { query sign: … }`", {});
  if (part == "query") report.help(Grade::example, "if the carrier takes it nowhere else: `exposing " + source->origin + " because \"…\"`", {});
}

void check_evidence(const Carrier& carrier, const Arm& arm, Sink& sink) {
  static const std::vector<Let> kNone_;
  auto look = [&](const std::optional<Expr>& value, std::string_view name) {
    if (!value || !(value->type.labels & (kSecret | kSealed))) return;
    Report report = sink.report(Diag::secret_to_sink, value->span);
    report.arg("sink", name).label("is stored and shown").because(flow_text(*value, kNone_, name));
    if (const Expr* source = source_of(*value, kNone_); source->kind == ExprKind::setting) report.also(carrier.settings[source->index].span, "secret declared here");
  };
  look(arm.target.carrier_ref, "the carrier reference");
  look(arm.target.code, "the evidence");
  look(arm.target.said, "the evidence");
  if (arm.target.carrier_ref && (arm.target.carrier_ref->type.labels & kPersonal)) {
    sink.report(Diag::personal_to_sink, arm.target.carrier_ref->span).arg("sink", "the carrier reference").label("is about a user");
  }
}

// Where nothing is sent a secret can only be compared, kept or chosen by.
void check_arm_secrets(const Carrier& carrier, const Arm& arm, Sink& sink) {
  auto look = [&](const Expr& value) {
    walk(value, [&](const Expr& e) {
      if (e.kind != ExprKind::setting || !(carrier.settings[e.index].type.labels & kSecret)) return;
      sink.report(Diag::secret_observed, e.span).arg("value", e.origin).label("is looked at where nothing is sent").also(carrier.settings[e.index].span, "secret declared here");
    });
  };
  auto shape = [&](const Shape& s) { for (const Hole& hole : s.holes) if (hole.has_value) look(hole.value); };
  if (arm.shape) shape(*arm.shape);
  for (const HeaderPattern& header : arm.headers) shape(header.shape);
  for (const Expr& guard : arm.guard) look(guard);
  for (const std::optional<Expr>& value : {arm.target.key, arm.target.after}) if (value) look(*value);
}

}  // namespace

void check_secrets(const Carrier& carrier, Sink& sink) {
  for (const SendPlace& place : sends(carrier)) {
    message_values(place, [&](const Expr& value, std::string_view part) {
      if (part == "path" || part == "query") check_url(carrier, place, value, part, false, sink);
    });
    for (const QueryItem& item : place.send->auth.query) check_url(carrier, place, item.value, "query", true, sink);
  }
  for (const ArmList& list : arm_lists(carrier)) for (const Arm& arm : *list.arms) {
    check_evidence(carrier, arm, sink);
    check_arm_secrets(carrier, arm, sink);
  }
}

}  // namespace tollgate::hir
