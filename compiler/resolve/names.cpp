// Dotted paths: what a name means here, then its forms.
#include <algorithm>

#include "compiler/diag/suggest.h"
#include "compiler/resolve/carrier_resolver.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::hir {
namespace {

enum MarketFact : uint32_t { kCountry, kCurrency, kZone, kDecimals };

// "user" of "user.msisdn".
std::string_view root_of(std::string_view dotted) { return dotted.substr(0, dotted.find('.')); }

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

bool CarrierResolver::is_argument_root(const Procedure& procedure, std::string_view name) const {
  return std::any_of(procedure.arguments.begin(), procedure.arguments.end(), [&](const Param& p) { return root_of(p.name) == name; });
}

Expr CarrierResolver::path(NodeRef node, const Scope& scope) {
  std::vector<Segment> segments;
  NodeRef at = node;
  while (at.is(SyntaxKind::member)) {
    NodeRef name = at.child(size_t{1});
    segments.push_back({std::string(name.text()), at.child(SyntaxKind::args), name.span(), at.span()});
    at = at.first();
  }
  Expr value;
  size_t next = 0;
  if (at.is(SyntaxKind::type_name) && pack_currency(at.text()) != 0) {
    std::reverse(segments.begin(), segments.end());
    value = currency_literal(at);
  } else if (at.is(SyntaxKind::name) || at.is(SyntaxKind::type_name)) {
    segments.push_back({std::string(at.text()), {}, at.span(), at.span()});
    std::reverse(segments.begin(), segments.end());
    value = root_value(segments, next, scope);
    if (value.type.optional) {
      for (const auto& [origin, known] : scope.known) {
        if (origin != value.origin) continue;
        Span span = value.span;
        value = known;
        value.span = span;
        break;
      }
    }
  } else {
    std::reverse(segments.begin(), segments.end());
    value = expr(at, scope);
  }
  for (; next < segments.size(); ++next) {
    if (value.poisoned()) return poison(node.span());
    value = form(std::move(value), segments[next], scope);
  }
  return value;
}

// `KES`. A family serves several markets, so it has none of its own.
Expr CarrierResolver::currency_literal(NodeRef node) {
  if (family_) {
    sink_.report(Diag::currency_in_family, node.span()).label("of one market only").help(Grade::likely, "the market's own", {{node.span(), "market.currency"}});
    return poison(node.span());
  }
  Expr out;
  out.kind = ExprKind::constant;
  out.type.kind = out.constant.kind = Kind::currency;
  out.constant.currency = pack_currency(node.text());
  out.origin = node.text();
  out.span = node.span();
  return out;
}

Expr CarrierResolver::root_value(const std::vector<Segment>& segments, size_t& next, const Scope& scope) {
  const Segment& root = segments[0];
  if (const Binding* binding = find(scope, root.name)) {
    binding->used = true;
    next = 1;
    Expr out = binding->value;
    out.span = root.span;
    return out;
  }
  if (root.name == "request" && scope.request) return request_value(segments, next, scope);
  if (root.name == "settings") return setting_value(segments, next);
  if (root.name == "market") return market_value(segments, next);
  if (scope.procedure && (find_keep(*scope.procedure, root.name) >= 0 || is_argument_root(*scope.procedure, root.name))) {
    return of_procedure(*scope.procedure, segments, next, false);
  }
  if (scope.about && root.name == scope.about->name && segments.size() > 1) {
    next = 1;
    return of_procedure(*scope.about, segments, next, true);
  }
  if (root.name == "now") {
    next = 1;
    return host_read("now", {}, root.span, scope);
  }
  if (uint32_t i = index_of(carrier_.sessions, root.name); i != kNone && scope.sessions) {
    Session& session = carrier_.sessions[i];
    session.used = true;
    note_use(member(SyntaxKind::session, root.name), root.span, root.name);
    next = 1;
    if (!session.params.empty()) {
      sink_.report(Diag::argument_count, root.span).arg("name", root.name).arg("wanted", std::to_string(session.params.size())).arg("found", "0")
          .label("takes " + names_in(session.params)).also(session.span, "declared here");
      return poison(root.span);
    }
    Expr out;
    out.kind = ExprKind::session;
    out.type = session.value;
    out.index = i;
    out.name = root.name;
    out.origin = "session " + root.name;
    out.span = root.span;
    return poisoned(out.type) ? poison(root.span) : out;
  }
  if (NodeRef let = member(SyntaxKind::let, root.name)) {
    note_use(let, root.span, root.name);
    next = 1;
    Scope outer;
    outer.host = scope.host;
    outer.place = "a `let` of the family";
    if (depth_ > 8) return poison(root.span);
    ++depth_;
    Expr out = expr(let.last(), outer);
    --depth_;
    out.span = root.span;
    return out;
  }
  next = segments.size();
  return unknown(root, scope);
}

Expr CarrierResolver::of_procedure(const Procedure& procedure, const std::vector<Segment>& segments, size_t& next, bool about) {
  if (!about && next == 0 && segments.size() > 1 && segments[0].name == "user") {
    if (uint32_t i = index_of(carrier_.user_values, segments[1].name); i != kNone) {
      UserValue& kept = carrier_.user_values[i];
      kept.used = true;
      next = 2;
      Expr out;
      out.kind = ExprKind::remembered;
      out.type = kept.type;
      out.type.optional = true;
      out.index = i;
      out.name = kept.name;
      out.origin = "user." + kept.name;
      out.span = segments[1].upto;
      return out;
    }
  }
  const Segment& root = segments[next];
  Expr out;
  out.about = about;
  if (int keep = find_keep(procedure, root.name); keep >= 0) {
    const Keep& kept = procedure.keeps[static_cast<size_t>(keep)];
    const_cast<Keep&>(kept).used = true;  // procedures belong to carrier_; scopes only read them
    out.kind = ExprKind::kept;
    out.type = kept.type;
    out.index = static_cast<uint32_t>(keep);
    out.name = out.origin = root.name;
    out.span = root.upto;
    ++next;
    return poisoned(out.type) ? poison(root.upto) : out;
  }
  std::string dotted;
  std::vector<std::string> within;
  for (size_t i = next; i < segments.size(); ++i) {
    dotted += (dotted.empty() ? "" : ".") + segments[i].name;
    for (uint32_t a = 0; a < procedure.arguments.size(); ++a) {
      const Param& argument = procedure.arguments[a];
      if (argument.name == dotted) {
        out.kind = ExprKind::argument;
        out.type = argument.type;
        out.index = a;
        out.name = out.origin = dotted;
        out.span = segments[i].upto;
        next = i + 1;
        return poisoned(out.type) ? poison(out.span) : out;
      }
    }
  }
  for (const Param& argument : procedure.arguments) {
    if (root_of(argument.name) == root.name && argument.name != root.name) within.push_back(argument.name.substr(root.name.size() + 1));
  }
  size_t at = next;
  next = segments.size();
  if (within.empty()) {
    Report report = sink_.report(Diag::unknown_name, root.span);
    std::vector<std::string> names = names_of(procedure.keeps);
    for (const Param& argument : procedure.arguments) names.emplace_back(root_of(argument.name));
    report.arg("what", "value of `" + procedure.name + "`").arg("name", root.name).label("neither kept nor an argument");
    if (auto near = suggest(root.name, names)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{root.span, *near}});
    return poison(root.span);
  }
  if (at + 1 >= segments.size()) {
    sink_.report(Diag::record_not_value, root.span).arg("name", root.name).label("a record; say which of " + joined(within))
        .help(Grade::likely, "take one of its fields", {{Span{root.upto.file, root.upto.end, root.upto.end}, "." + within[0]}});
    return poison(root.span);
  }
  const Segment& field = segments[at + 1];
  Report report = sink_.report(Diag::unknown_field, field.span);
  report.arg("record", root.name).arg("name", field.name).label("it has " + joined(within));
  if (auto near = suggest(field.name, within)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{field.span, *near}});
  return poison(field.span);
}

Expr CarrierResolver::setting_value(const std::vector<Segment>& segments, size_t& next) {
  size_t end = segments.size();
  if (segments.size() < 2) {
    next = end;
    sink_.report(Diag::record_not_value, segments[0].span).arg("name", "settings").label("say which setting");
    return poison(segments[0].span);
  }
  const Segment& field = segments[1];
  uint32_t i = index_of(carrier_.settings, field.name);
  if (i == kNone) {
    next = end;
    Report report = sink_.report(Diag::unknown_name, field.span);
    report.arg("what", "setting").arg("name", field.name).label("not declared in `settings`");
    std::vector<std::string> names = names_of(carrier_.settings);
    if (auto near = suggest(field.name, names)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{field.span, *near}});
    else if (!names.empty() && names.size() < 8) report.because("declared are " + joined(names));
    return poison(field.span);
  }
  Setting& setting = carrier_.settings[i];
  setting.used = true;
  next = 2;
  Expr out;
  out.kind = ExprKind::setting;
  out.type = setting.type;
  if (setting.many) {
    out.type.element = setting.type.kind;
    out.type.kind = Kind::list;
  }
  out.index = i;
  out.name = field.name;
  out.origin = "settings." + field.name;
  out.span = field.upto;
  return poisoned(setting.type) ? poison(field.upto) : out;
}

Expr CarrierResolver::market_value(const std::vector<Segment>& segments, size_t& next) {
  static const std::vector<std::string> kFacts{"country", "currency", "zone", "decimals"};
  if (segments.size() < 2) {
    next = segments.size();
    sink_.report(Diag::record_not_value, segments[0].span).arg("name", "market").label("say which fact: " + joined(kFacts));
    return poison(segments[0].span);
  }
  const Segment& field = segments[1];
  auto it = std::find(kFacts.begin(), kFacts.end(), field.name);
  if (it == kFacts.end()) {
    next = segments.size();
    Report report = sink_.report(Diag::unknown_field, field.span);
    report.arg("record", "market").arg("name", field.name).label("it has " + joined(kFacts));
    if (auto near = suggest(field.name, kFacts)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{field.span, *near}});
    return poison(field.span);
  }
  next = 2;
  Expr out;
  out.kind = ExprKind::market;
  out.index = static_cast<uint32_t>(it - kFacts.begin());
  out.type.kind = out.index == kCurrency ? Kind::currency : out.index == kDecimals ? Kind::integer : Kind::text;
  out.name = field.name;
  out.origin = "market." + field.name;
  out.span = field.upto;
  return out;
}

Expr CarrierResolver::unknown(const Segment& segment, const Scope& scope) {
  if (scope.procedure && scope.procedure->action == kNone) return poison(segment.span);  // whose arguments nobody knows
  if (carrier_node_.has_error() || family_.has_error()) return poison(segment.span);     // what could not be read may declare it
  // A name of the procedure that this place may not see is the commonest slip: nothing is captured.
  for (const Procedure& procedure : carrier_.procedures) {
    bool there = find_keep(procedure, segment.name) >= 0 || is_argument_root(procedure, segment.name);
    if (!there || scope.procedure == &procedure) continue;
    Report report = sink_.report(Diag::not_in_scope, segment.span);
    report.arg("name", segment.name).arg("place", scope.place).label("belongs to `" + procedure.name + "`");
    report.also(procedure.span, "declared in this procedure");
    if (scope.about == &procedure) {
      report.help(Grade::likely, "name the procedure it is about", {{segment.span, procedure.name + "." + segment.name}});
    } else {
      report.because("nothing is captured, so that what is in scope after a restart is what is in the store");
    }
    return poison(segment.span);
  }
  std::vector<std::string> names;
  for (const Binding& binding : scope.names) names.push_back(binding.name);
  if (scope.procedure) {
    for (const Keep& keep : scope.procedure->keeps) names.push_back(keep.name);
    for (const Param& argument : scope.procedure->arguments) names.emplace_back(root_of(argument.name));
  }
  if (scope.about) names.push_back(scope.about->name);
  if (scope.host) names.emplace_back("now");
  names.emplace_back("settings");
  names.emplace_back("market");
  Report report = sink_.report(Diag::unknown_name, segment.span);
  report.arg("what", "value").arg("name", segment.name).label("not in scope here");
  if (auto near = suggest(segment.name, names)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{segment.span, *near}});
  return poison(segment.span);
}

void CarrierResolver::report_unknown(NodeRef name, std::string_view what, const std::vector<std::string>& candidates) {
  if (!name || name.has_error()) return;
  Report report = sink_.report(Diag::unknown_name, name.span());
  report.arg("what", what).arg("name", name.text()).label("not declared");
  if (auto near = suggest(name.text(), candidates)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{name.span(), *near}});
  else if (!candidates.empty() && candidates.size() < 8) report.because("declared are " + joined(candidates));
}

}  // namespace tollgate::hir
