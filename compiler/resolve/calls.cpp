// Forms, functions, host reads and minted URLs.
#include <algorithm>
#include <array>

#include "compiler/diag/suggest.h"
#include "compiler/resolve/carrier_resolver.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::hir {
namespace {

constexpr std::string_view kHosts[] = {
#define TG_HOST(name, kind, doc) #name,
#include "runtime/catalog/hosts.def"
#undef TG_HOST
};
constexpr Kind kHostKinds[] = {
#define TG_HOST(name, kind, doc) Kind::kind,
#include "runtime/catalog/hosts.def"
#undef TG_HOST
};
constexpr int64_t kHostOperandMax = 64;  // characters of a minted reference; the opcode has a byte for it

std::string written(const std::vector<Expr>& arguments, size_t from) {
  std::string out;
  for (size_t i = from; i < arguments.size(); ++i) out += (i == from ? "" : ", ") + arguments[i].origin;
  return out;
}

std::string kinds_text(const std::vector<Expr>& arguments, size_t from) {
  std::string out;
  for (size_t i = from; i < arguments.size(); ++i) out += (i == from ? "" : ", ") + std::string(type_name(arguments[i].type.kind));
  return out.empty() ? "nothing" : out;
}

// A constant as the catalogue's rules want to see it; missing for what is computed.
Value constant_value(const Expr& expr) {
  if (expr.kind != ExprKind::constant) return Value::missing();
  if (expr.constant.kind == Kind::text) return Value::text(expr.constant.text);
  if (expr.constant.kind == Kind::integer) return Value::number(expr.constant.integer);
  return Value::missing();
}

}  // namespace

std::vector<Expr> CarrierResolver::arguments(NodeRef args, const Scope& scope) {
  std::vector<Expr> out;
  if (!args) return out;
  for (NodeRef arg : args.children()) out.push_back(expr(arg, scope));
  return out;
}

Expr CarrierResolver::form(Expr receiver, const Segment& segment, const Scope& scope) {
  std::vector<Expr> given = arguments(segment.args, scope);
  return demanded(apply_form(std::move(receiver), segment, std::move(given)), scope);
}

Expr CarrierResolver::apply_form(Expr receiver, const Segment& segment, std::vector<Expr> given) {
  Span whole = join(receiver.span, segment.upto);
  if (!present(receiver)) return poison(whole);
  for (const Expr& value : given) if (!present(value)) return poison(whole);

  std::string origin = receiver.origin;
  std::string name = segment.name;
  if (receiver.kind == ExprKind::constant && receiver.type.kind == Kind::time) return poison(whole);
  if (receiver.type.kind == Kind::time && name == "local") {  // the market's zone
    name = "in";
    Expr zone = carrier_.market.known ? text_constant(carrier_.market.zone, segment.span) : poison(segment.span);
    if (!carrier_.market.known) {  // a family alone: any zone will do for its types
      zone = text_constant("Etc/UTC", segment.span);
    }
    given.insert(given.begin(), std::move(zone));
    origin += ".local";
    if (given.size() > 1) origin += "(" + written(given, 1) + ")";
  } else if (segment.args && !given.empty()) {
    origin += "." + name + "(" + written(given, 0) + ")";
  } else if (name == "in" && !given.empty()) {
    origin += " in " + given[0].origin;
  } else {
    origin += "." + name;
  }

  std::vector<Kind> kinds{receiver.type.kind};
  std::vector<Labels> labels{receiver.type.labels};
  for (const Expr& value : given) kinds.push_back(value.type.kind), labels.push_back(value.type.labels);
  const BuiltinRow* row = find_form(name, kinds);
  if (!row) {
    const BuiltinRow* near_row = find_form(receiver.type.kind, name);
    if (near_row) {
      sink_.report(Diag::wrong_arguments, segment.span).arg("name", name).arg("found", kinds_text(given, 0))
          .label("takes other arguments").because("for example " + std::string(near_row->example));
      return poison(whole);
    }
    std::vector<std::string> names;
    for (const BuiltinRow& r : builtins()) {
      if (r.calling == Calling::form && contains(r.parameters[0].kinds, receiver.type.kind) &&
          std::find(names.begin(), names.end(), r.name) == names.end()) {
        names.emplace_back(r.name);
      }
    }
    Report report = sink_.report(Diag::unknown_form, segment.span);
    report.arg("type", type_name(receiver.type.kind)).arg("name", segment.name).label("no such form").also(receiver.span, "is " + std::string(type_name(receiver.type.kind)));
    if (auto near = suggest(segment.name, names)) {
      report.help(Grade::likely, "did you mean `." + *near + "`?", {{segment.span, *near}});
    } else if (!names.empty()) {
      std::string list;
      for (const std::string& n : names) list += (list.empty() ? "." : ", .") + n;
      report.because(std::string(type_name(receiver.type.kind)) + " has " + list);
    }
    return poison(whole);
  }
  for (size_t i = 0; i < given.size(); ++i) {
    Value value = constant_value(given[i]);
    if (!value.present()) continue;
    if (auto problem = objection(row->parameters[i + 1].meaning, value)) {
      sink_.report(Diag::bad_constant, given[i].span).arg("text", given[i].origin).arg("problem", *problem).label(std::string(*problem));
      return poison(whole);
    }
  }
  auto result = result_labels(*row, labels);
  if (!result) {
    sink_.report(Diag::secret_observed, receiver.span).arg("value", receiver.origin).label("`." + name + "` would tell of it");
    return poison(whole);
  }
  Expr out;
  out.kind = ExprKind::call;
  out.index = row->id;
  out.name = segment.name;
  out.type = {row->result_kind == ResultKind::element ? receiver.type.element : row->result, row->optional, *result, row->result_element};
  out.origin = std::move(origin);
  out.span = whole;
  out.operands.push_back(std::move(receiver));
  for (Expr& value : given) out.operands.push_back(std::move(value));
  return out;
}

Expr CarrierResolver::host_read(std::string_view name, NodeRef node, Span span, const Scope& scope) {
  auto it = std::find(std::begin(kHosts), std::end(kHosts), name);
  Expr out;
  out.kind = ExprKind::host;
  out.index = static_cast<uint32_t>(it - std::begin(kHosts));
  out.type.kind = kHostKinds[out.index];
  out.name = name;
  out.origin = node ? std::string(node.text()) : std::string(name);
  out.span = span;
  if (!scope.host) {
    sink_.report(Diag::host_read_here, span).arg("name", name).arg("place", scope.place).label("reads the world; here only values may be looked at");
    return poison(span);
  }
  if (!node) return out;
  std::vector<Expr> given = arguments(node.child(SyntaxKind::args), scope);
  bool counted = name == "alnum" || name == "digits" || name == "counter" || name == "random";
  bool good = counted ? given.size() == 1 && given[0].kind == ExprKind::constant && given[0].constant.kind == Kind::integer &&
                            given[0].constant.integer >= (name == "counter" ? 0 : 1) && given[0].constant.integer <= kHostOperandMax
                      : given.empty();
  if (!good) {
    for (const Expr& value : given) if (value.poisoned()) return poison(span);
    sink_.report(Diag::wrong_arguments, span).arg("name", name).arg("found", kinds_text(given, 0))
        .label(counted ? "takes one number from 1 to " + std::to_string(kHostOperandMax) : "takes nothing");
    return poison(span);
  }
  if (counted) out.number = given[0].constant.integer;
  return out;
}

Expr CarrierResolver::call(NodeRef node, const Scope& scope) {
  NodeRef name = node.child(SyntaxKind::name);
  if (scope.sessions && index_of(carrier_.sessions, name.text()) != kNone) return session_value(name, node.child(SyntaxKind::args), scope);
  if (name.text() != "next" && std::find(std::begin(kHosts), std::end(kHosts), name.text()) != std::end(kHosts)) return host_read(name.text(), node, node.span(), scope);
  std::vector<Expr> given = arguments(node.child(SyntaxKind::args), scope);
  for (const Expr& value : given) if (!present(value)) return poison(node.span());
  std::vector<Kind> kinds;
  std::vector<Labels> labels;
  for (const Expr& value : given) kinds.push_back(value.type.kind), labels.push_back(value.type.labels);
  const BuiltinRow* row = find_function(name.text(), kinds);
  if (!row) {
    const BuiltinRow* any = find_function(name.text());
    if (any && any->calling == Calling::function) {
      sink_.report(Diag::wrong_arguments, name.span()).arg("name", name.text()).arg("found", kinds_text(given, 0))
          .label("takes other arguments").because("for example " + std::string(any->example));
      return poison(node.span());
    }
    std::vector<std::string> names(std::begin(kHosts), std::end(kHosts));
    for (const BuiltinRow& r : builtins()) if (r.calling == Calling::function) names.emplace_back(r.name);
    Report report = sink_.report(Diag::unknown_name, name.span());
    report.arg("what", "function").arg("name", name.text()).label("no such function");
    if (auto near = suggest(name.text(), names)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{name.span(), *near}});
    return poison(node.span());
  }
  auto result = result_labels(*row, labels);
  if (!result) {
    sink_.report(Diag::secret_observed, node.span()).arg("value", written(given, 0)).label("the result would tell of a secret");
    return poison(node.span());
  }
  Expr out;
  out.kind = ExprKind::call;
  out.index = row->id;
  out.name = name.text();
  out.type = {row->result, row->optional, *result, row->result_element};
  out.origin = std::string(name.text()) + "(" + written(given, 0) + ")";
  out.span = node.span();
  out.operands = std::move(given);
  return demanded(std::move(out), scope);
}

Expr CarrierResolver::minted(NodeRef node, ExprKind kind, const Scope& scope) {
  NodeRef name = node.child(SyntaxKind::name);
  uint32_t i = index_of(carrier_.callbacks, name.text());
  if (i == kNone) {
    report_unknown(name, "callback", names_of(carrier_.callbacks));
    return poison(node.span());
  }
  Callback& callback = carrier_.callbacks[i];
  callback.used = true;
  note_use(member(SyntaxKind::callback, name.text()), name);
  std::vector<Expr> given = arguments(node.child(SyntaxKind::args), scope);
  for (const Expr& value : given) if (value.poisoned()) return poison(node.span());
  if (given.size() != callback.params.size()) {
    sink_.report(Diag::argument_count, node.span()).arg("name", name.text()).arg("wanted", std::to_string(callback.params.size()))
        .arg("found", std::to_string(given.size())).label("its key").also(callback.span, "declared here");
    return poison(node.span());
  }
  for (size_t a = 0; a < given.size(); ++a) {
    if (!fitting(given[a], callback.params[a].type, callback.params[a].name, callback.params[a].span)) return poison(node.span());
  }
  Expr out;
  out.kind = kind;
  out.index = i;
  out.name = name.text();
  out.type.kind = kind == ExprKind::url_of ? Kind::url : Kind::secret;
  out.type.labels = kind == ExprKind::url_of ? Labels{kPublic} : Labels{kSecret};
  out.origin = std::string(kind == ExprKind::url_of ? "url of " : "bearer of ") + out.name + "(" + written(given, 0) + ")";
  out.span = node.span();
  out.operands = std::move(given);
  return out;
}

bool CarrierResolver::fitting(const Expr& value, const Type& wanted, std::string_view what, Span declared) {
  if (value.poisoned() || poisoned(wanted)) return false;
  if (value.type.kind != wanted.kind) {
    Report report = sink_.report(Diag::type_mismatch, value.span);
    report.arg("wanted", type_name(wanted.kind)).arg("found", type_name(value.type.kind)).label("is " + std::string(type_name(value.type.kind)))
        .also(declared, "`" + std::string(what) + "` is " + std::string(type_name(wanted.kind)));
    Span end{value.span.file, value.span.end, value.span.end};
    std::array<Kind, 1> from{value.type.kind};
    if (wanted.kind == Kind::text && find_form("text", from)) report.help(Grade::likely, "write `.text`", {{end, ".text"}});
    return false;
  }
  return wanted.optional || present(value);
}

}  // namespace tollgate::hir
