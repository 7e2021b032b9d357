// `request`: what an auth sees of the message that leaves, and a verify of the one that came.
#include <algorithm>

#include "compiler/diag/suggest.h"
#include "compiler/resolve/carrier_resolver.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::hir {
namespace {

enum Part : uint32_t { kMethod, kPath, kQuery, kBody, kHost, kScheme, kHeaders, kContentType, kTarget };

Expr part(uint32_t index, std::string_view name, Span span) {
  Expr out;
  out.kind = ExprKind::request;
  out.index = index;
  out.type.kind = index == kBody ? Kind::bytes : index == kHeaders ? Kind::pairs : Kind::text;
  out.type.labels = kPersonal;
  out.name = name;
  out.origin = "request." + std::string(name);
  out.span = span;
  return out;
}

std::string lower(std::string text) {
  for (char& c : text) if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 'a' - 'A');
  return text;
}

}  // namespace

Expr CarrierResolver::call_of(uint32_t id, std::vector<Expr> operands, std::string origin, Span span) const {
  const BuiltinRow& row = *builtin(id);
  std::vector<Labels> labels;
  for (const Expr& operand : operands) labels.push_back(operand.type.labels);
  Expr out;
  out.kind = ExprKind::call;
  out.index = id;
  out.name = row.name;
  out.type = {row.result, row.optional, result_labels(row, labels).value_or(kPublic), row.result_element};
  out.origin = std::move(origin);
  out.span = span;
  out.operands = std::move(operands);
  return out;
}

// In a verify what is missing refuses the message, so nothing there is optional unless `else` says what to use.
Expr CarrierResolver::demanded(Expr value, const Scope& scope) const {
  if (!scope.demands || value.poisoned() || !value.type.optional) return value;
  Expr out;
  out.kind = ExprKind::required;
  out.type = value.type;
  out.type.optional = false;
  out.name = value.name;
  out.origin = value.origin;
  out.span = value.span;
  out.operands.push_back(std::move(value));
  return out;
}

Expr CarrierResolver::request_value(const std::vector<Segment>& segments, size_t& next, const Scope& scope) {
  static const std::vector<std::string> kParts{"method", "path", "query", "body", "host", "scheme", "headers", "content_type", "target", "url", "fields", "header"};
  if (segments.size() < 2) {
    next = segments.size();
    sink_.report(Diag::record_not_value, segments[0].span).arg("name", "request").label("say which part of it: method, path, query, url, host, headers, header(…), fields or body");
    return poison(segments[0].span);
  }
  const Segment& segment = segments[1];
  next = 2;
  const auto it = std::find(kParts.begin(), kParts.end(), segment.name);
  if (it == kParts.end()) {
    next = segments.size();
    Report report = sink_.report(Diag::unknown_field, segment.span);
    report.arg("record", "request").arg("name", segment.name).label("a request has no such part");
    if (auto near = suggest(segment.name, kParts)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{segment.span, *near}});
    return poison(segment.span);
  }
  const auto index = static_cast<uint32_t>(it - kParts.begin());
  if (index <= kTarget) return part(index, segment.name, segment.upto);
  if (segment.name == "url") {  // without the query, as it is signed
    Expr out;
    out.kind = ExprKind::join;
    out.type = {Kind::text, false, kPersonal, Kind::missing};
    out.origin = "request.url";
    out.span = segment.upto;
    out.operands = {part(kScheme, "scheme", segment.upto), text_constant("://", segment.upto), part(kHost, "host", segment.upto), part(kPath, "path", segment.upto)};
    return out;
  }
  if (segment.name == "fields") {
    const uint32_t id = scope.demands ? uint32_t{BuiltinIds::received_fields} : uint32_t{BuiltinIds::message_fields};
    std::vector<Expr> operands{part(kQuery, "query", segment.upto), part(kContentType, "content_type", segment.upto), part(kBody, "body", segment.upto)};
    return demanded(call_of(id, std::move(operands), "request.fields", segment.upto), scope);
  }
  std::vector<Expr> given = arguments(segment.args, scope);
  for (const Expr& value : given) if (!present(value)) return poison(segment.upto);
  if (given.size() != 1 || !textual(given[0], "the name of a header")) {
    if (given.size() != 1) sink_.report(Diag::wrong_arguments, segment.span).arg("name", "header").arg("found", std::to_string(given.size()) + " arguments").label("takes the name of a header");
    return poison(segment.upto);
  }
  Expr name = std::move(given[0]);
  if (name.kind == ExprKind::constant) name.constant.text = lower(name.constant.text);
  else name = call_of(BuiltinIds::text_lower, {name}, name.origin + ".lower", name.span);
  const std::string origin = "request.header(" + name.origin + ")";
  return demanded(call_of(BuiltinIds::pairs_get, {part(kHeaders, "headers", segment.upto), std::move(name)}, origin, segment.upto), scope);
}

// The same value where the message is built rather than sent: parts of the request become what they are built from. Nullopt, reported, for a part
// that is not known then.
std::optional<Expr> CarrierResolver::of_message(const Expr& value, const Send& send) {
  if (value.kind == ExprKind::request) {
    auto built = [&](const std::optional<Shape>& shape) {
      if (!shape) return text_constant("", value.span);
      Expr out;
      out.kind = ExprKind::shape;
      out.type = {Kind::text, false, kPublic, Kind::missing};
      for (const Hole& hole : shape->holes) out.type.labels = join(out.type.labels, hole.type.labels);
      out.shape = std::make_shared<Shape>(*shape);
      out.origin = value.origin;
      out.span = value.span;
      return out;
    };
    switch (value.index) {
      case kMethod: return text_constant(send.method, value.span);
      case kPath: return built(send.path);
      case kQuery: return built(send.query);
      case kBody: return built(send.body);
      case kContentType:
        if (send.body && send.body->root == ShapeRoot::form) return text_constant("application/x-www-form-urlencoded", value.span);
        if (send.body && send.body->root == ShapeRoot::json) return text_constant("application/json", value.span);
        [[fallthrough]];
      default:
        sink_.report(Diag::not_in_edition, value.span).arg("what", "`" + value.origin + "` in what an auth adds to a body").label("is not known before the body is");
        return std::nullopt;
    }
  }
  // An auth's lets are computed for each transmission; what is frozen has a value of its own.
  if (value.kind == ExprKind::let && value.index < send.auth.lets.size()) return of_message(send.auth.lets[value.index].value, send);
  Expr out = value;
  for (Expr& operand : out.operands) {
    auto replaced = of_message(operand, send);
    if (!replaced) return std::nullopt;
    operand = std::move(*replaced);
  }
  return out;
}

}  // namespace tollgate::hir
