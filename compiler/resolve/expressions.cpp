// Literals, strings and operators.
#include <algorithm>
#include <array>
#include <charconv>

#include "compiler/resolve/carrier_resolver.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::hir {
namespace {

constexpr int kScaleMax = 18;

bool coefficient(std::string_view digits, int64_t& number, uint8_t& scale) {
  std::string plain;
  size_t after = 0;
  bool point = false;
  for (char c : digits) {
    if (c == '.') { point = true; continue; }
    plain += c;
    if (point) ++after;
  }
  auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), number);
  if (error != std::errc() || end != plain.data() + plain.size() || after > kScaleMax) return false;
  scale = static_cast<uint8_t>(after);
  return true;
}

// Whether the outermost codec of a shape writes characters.
bool text_codec(NodeRef shape) {
  const std::string_view word = shape.child(SyntaxKind::codec).child(SyntaxKind::name).text();
  for (const CodecRow& codec : codecs()) if (codec.name == word) return codec.writes == Kind::text;
  return false;
}

Type plain_type(Kind kind) { return {kind, false, natural_labels(kind), Kind::missing}; }

}  // namespace

uint64_t duration_ms(std::string_view text) {
  uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return 0;
  std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  uint64_t factor = unit == "ms" ? 1 : unit == "s" ? 1000 : unit == "min" ? 60'000 : unit == "h" ? 3'600'000 : 0;
  constexpr uint64_t kMillisecondsMax = uint64_t{1} << 53;
  if (factor == 0 || number > kMillisecondsMax / factor) return 0;
  return number * factor;
}

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t number = 0;
  int base = 10;
  if (text.starts_with("0x")) {
    text.remove_prefix(2);
    base = 16;
  }
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Span name_span(NodeRef declaration) {
  NodeRef name = name_of(declaration);
  return name ? name.span() : declaration.span();
}

Expr CarrierResolver::poison(Span span) const {
  Expr out;
  out.span = span;
  return out;
}

Expr CarrierResolver::text_constant(std::string text, Span span) const {
  Expr out;
  out.kind = ExprKind::constant;
  out.type = plain_type(Kind::text);
  out.constant.text = std::move(text);
  out.origin = "\"" + out.constant.text + "\"";
  out.span = span;
  return out;
}

Expr CarrierResolver::literal(NodeRef node) {
  Expr out;
  out.kind = ExprKind::constant;
  out.span = node.span();
  out.origin = node.text();
  Constant& c = out.constant;
  bool good = true;
  switch (node.kind()) {
    case SyntaxKind::integer: case SyntaxKind::hex_int: {
      auto number = whole_number(node.text());
      good = number.has_value();
      c.kind = Kind::integer;
      c.integer = number.value_or(0);
      break;
    }
    case SyntaxKind::decimal:
      c.kind = Kind::decimal;
      good = coefficient(node.text(), c.integer, c.scale);
      break;
    case SyntaxKind::duration:
      c.kind = Kind::duration;
      c.integer = static_cast<int64_t>(duration_ms(node.text()));
      good = c.integer > 0 || node.text().starts_with("0");
      break;
    case SyntaxKind::money: {
      std::string_view text = node.text();
      c.kind = Kind::money;
      c.currency = pack_currency(text.substr(0, 3));
      size_t digits = text.find_first_of("0123456789-");
      good = c.currency != 0 && digits != std::string_view::npos && coefficient(text.substr(digits), c.integer, c.scale);
      break;
    }
    case SyntaxKind::msisdn:
      c.kind = Kind::msisdn;
      c.text = node.text().substr(1);
      break;
    case SyntaxKind::true_value: case SyntaxKind::false_value:
      c.kind = Kind::boolean;
      c.integer = node.is(SyntaxKind::true_value);
      break;
    default: good = false;
  }
  if (!good) {
    sink_.report(Diag::number_too_large, node.span()).arg("text", node.text()).label("does not fit");
    return poison(node.span());
  }
  out.type = plain_type(c.kind);
  return out;
}

Expr CarrierResolver::string_value(NodeRef node, const Scope& scope) {
  if (auto text = plain_text(node)) return text_constant(*text, node.span());
  Expr out;
  out.kind = ExprKind::join;
  out.type = plain_type(Kind::text);
  out.span = node.span();
  out.origin = "\"";
  std::string pending;
  auto flush = [&](Span span) {
    if (pending.empty()) return;
    out.origin += pending;
    out.operands.push_back(text_constant(std::move(pending), span));
    pending.clear();
  };
  for (NodeRef part : node.children()) {
    if (part.is(SyntaxKind::string_text)) {
      pending += part.text();
    } else if (part.is(SyntaxKind::string_escape)) {
      pending += escape_value(part);
    } else if (part.is(SyntaxKind::hole)) {
      flush(part.span());
      NodeRef inside = part.first();
      if (inside.is(SyntaxKind::hole_pattern) || inside.is(SyntaxKind::hole_equals) || inside.is(SyntaxKind::hole_rest)) {
        sink_.report(Diag::pattern_not_here, part.span()).arg("pattern", part.text()).label("a text is built here, so this must be a value");
        return poison(node.span());
      }
      Expr value = expr(inside, scope);
      if (value.poisoned() || !textual(value, "a string")) return poison(node.span());
      out.type.labels = join(out.type.labels, value.type.labels);
      out.origin += "{" + value.origin + "}";
      out.operands.push_back(std::move(value));
    }
  }
  flush(node.span());
  out.origin += "\"";
  if (out.type.labels & kSecret) out.type.kind = Kind::secret;
  return out;
}

bool CarrierResolver::present(const Expr& value) {
  if (value.poisoned() || poisoned(value.type)) return false;
  if (!value.type.optional) return true;
  sink_.report(Diag::optional_unhandled, value.span).arg("value", value.origin).label("may be missing")
      .help(Grade::example, "say what to use when it is missing", {{Span{value.span.file, value.span.end, value.span.end}, " else …"}});
  return false;
}

bool CarrierResolver::textual(const Expr& value, std::string_view where) {
  if (!present(value)) return false;
  static constexpr KindSet kWritable = set_of(Kind::text) | set_of(Kind::secret) | set_of(Kind::uuid) | set_of(Kind::url) | set_of(Kind::currency);
  if (contains(kWritable, value.type.kind)) return true;
  Span end{value.span.file, value.span.end, value.span.end};
  Report report = sink_.report(Diag::form_needed, value.span);
  report.arg("type", type_name(value.type.kind)).arg("where", where).label("which form is meant?");
  switch (value.type.kind) {
    case Kind::integer: case Kind::decimal: case Kind::boolean: case Kind::duration:
      report.help(Grade::sure, "write `.text`", {{end, ".text"}});
      break;
    case Kind::msisdn: report.help(Grade::likely, "`.digits`, `.plus`, `.tel` or `.national`", {{end, ".digits"}}); break;
    case Kind::money: report.help(Grade::likely, "`.decimal.text`, `.minor.text` or `.whole.text`", {{end, ".decimal.text"}}); break;
    case Kind::time: report.help(Grade::example, "a zone and a pattern", {{end, ".utc(\"yyyy-MM-dd'T'HH:mm:ss'Z'\")"}}); break;
    default: break;
  }
  return false;
}

Expr CarrierResolver::binary(NodeRef node, std::string_view operation, std::string_view sign, const Scope& scope) {
  Expr left = expr(node.child(size_t{0}), scope), right = expr(node.child(size_t{1}), scope);
  if (!present(left) || !present(right)) return poison(node.span());
  std::array<Kind, 2> kinds{left.type.kind, right.type.kind};
  const BuiltinRow* row = find_operation(operation, kinds);
  const bool compares = sign.find_first_of("=<>") != std::string_view::npos;
  if (!row && compares && ((left.type.labels | right.type.labels) & (kSecret | kSealed))) {
    const Expr& hidden = (left.type.labels & (kSecret | kSealed)) ? left : right;
    sink_.report(Diag::secret_observed, hidden.span).arg("value", hidden.origin).label("comparing would tell of it");
    return poison(node.span());
  }
  if (!row) {
    Report report = sink_.report(Diag::operands, node.span());
    report.arg("sign", sign).arg("left", type_name(kinds[0])).arg("right", type_name(kinds[1])).label(kinds[0] == kinds[1] ? std::string(type_name(kinds[0])) + " has no `" + std::string(sign) + "`" : "nothing is converted silently");
    const bool first = kinds[0] == Kind::integer;
    if (first ? kinds[1] == Kind::duration : kinds[0] == Kind::duration && kinds[1] == Kind::integer) {
      const Span& count = first ? left.span : right.span;
      report.help(Grade::likely, "if it counts seconds", {{Span{count.file, count.end, count.end}, ".seconds"}});
    }
    return poison(node.span());
  }
  std::array<Labels, 2> labels{left.type.labels, right.type.labels};
  auto result = result_labels(*row, labels);
  if (!result) {
    const Expr& hidden = (labels[0] & (kSecret | kSealed)) ? left : right;
    sink_.report(Diag::secret_observed, hidden.span).arg("value", hidden.origin).label("its value would be told by what happens next");
    return poison(node.span());
  }
  Expr out;
  out.kind = ExprKind::call;
  out.index = row->id;
  out.name = operation;
  out.type = {row->result, row->optional, *result, row->result_element};
  out.origin = left.origin + " " + std::string(sign) + " " + right.origin;
  out.span = node.span();
  out.operands.push_back(std::move(left));
  out.operands.push_back(std::move(right));
  return out;
}

Expr CarrierResolver::otherwise(NodeRef node, const Scope& scope) {
  Scope optional = scope;   // where something else is said, nothing is demanded
  optional.demands = false;
  Expr left = expr(node.child(size_t{0}), optional), right = expr(node.child(size_t{1}), scope);
  if (left.poisoned() || right.poisoned()) return poison(node.span());
  if (!left.type.optional) {
    sink_.report(Diag::needless_else, right.span).arg("value", left.origin).label("can never be used")
        .also(left.span, "is always there")
        .help(Grade::sure, "leave it out", {{Span{node.span().file, left.span.end, right.span.end}, ""}});
    return left;
  }
  if (left.type.kind != right.type.kind) {
    sink_.report(Diag::type_mismatch, right.span).arg("wanted", type_name(left.type.kind)).arg("found", type_name(right.type.kind))
        .label("must be of the same type").also(left.span, "is " + std::string(type_name(left.type.kind)));
    return poison(node.span());
  }
  Expr out;
  out.kind = ExprKind::otherwise;
  out.type = left.type;
  out.type.optional = right.type.optional;
  out.type.labels = join(left.type.labels, right.type.labels);
  out.origin = left.origin + " else " + right.origin;
  out.span = node.span();
  out.operands.push_back(std::move(left));
  out.operands.push_back(std::move(right));
  return out;
}

Expr CarrierResolver::compare_or_bool(NodeRef node, const Scope& scope) {
  switch (node.kind()) {
    case SyntaxKind::equal: return binary(node, "equal", "==", scope);
    case SyntaxKind::not_equal: return binary(node, "not_equal", "!=", scope);
    case SyntaxKind::less: return binary(node, "less", "<", scope);
    case SyntaxKind::less_equal: return binary(node, "less_equal", "<=", scope);
    case SyntaxKind::greater: return binary(node, "greater", ">", scope);
    case SyntaxKind::greater_equal: return binary(node, "greater_equal", ">=", scope);
    default: break;
  }
  bool negated = node.is(SyntaxKind::negated);
  Expr value = negated ? compare_or_bool(node.first(), scope) : expr(node, scope);
  if (!present(value)) return poison(node.span());
  if (value.type.kind != Kind::boolean) {
    sink_.report(Diag::type_mismatch, value.span).arg("wanted", "Bool").arg("found", type_name(value.type.kind)).label("a guard is true or false");
    return poison(node.span());
  }
  if (!negated) return value;
  std::array<Kind, 1> kinds{Kind::boolean};
  const BuiltinRow* row = find_operation("not", kinds);
  if (!row) return poison(node.span());
  Expr out;
  out.kind = ExprKind::call;
  out.index = row->id;
  out.name = "not";
  out.type = value.type;
  out.origin = "not " + value.origin;
  out.span = node.span();
  out.operands.push_back(std::move(value));
  return out;
}

Expr CarrierResolver::expr(NodeRef node, const Scope& scope) {
  if (!node || node.has_error()) return poison(node ? node.span() : Span{});
  switch (node.kind()) {
    case SyntaxKind::integer: case SyntaxKind::hex_int: case SyntaxKind::decimal: case SyntaxKind::duration: case SyntaxKind::money:
    case SyntaxKind::msisdn: case SyntaxKind::true_value: case SyntaxKind::false_value: return literal(node);
    case SyntaxKind::string: case SyntaxKind::raw_string: return string_value(node, scope);
    case SyntaxKind::name: case SyntaxKind::member: case SyntaxKind::type_name: return path(node, scope);
    case SyntaxKind::call: return call(node, scope);
    case SyntaxKind::next_of: return next_of(node, scope);
    case SyntaxKind::group: case SyntaxKind::setting_value: return expr(node.first(), scope);
    case SyntaxKind::add: return binary(node, "add", "+", scope);
    case SyntaxKind::subtract: return binary(node, "subtract", "-", scope);
    case SyntaxKind::multiply: return binary(node, "multiply", "*", scope);
    case SyntaxKind::divide: return binary(node, "divide", "/", scope);
    case SyntaxKind::otherwise: return otherwise(node, scope);
    case SyntaxKind::in_unit: {
      Expr value = expr(node.child(size_t{0}), scope), unit = expr(node.child(size_t{1}), scope);
      if (!present(value) || !present(unit)) return poison(node.span());
      std::vector<Expr> given;
      given.push_back(std::move(unit));
      Segment in{"in", {}, given[0].span, node.span()};
      return apply_form(std::move(value), in, std::move(given));
    }
    case SyntaxKind::url_of: return minted(node, ExprKind::url_of, scope);
    case SyntaxKind::bearer_of: return minted(node, ExprKind::bearer_of, scope);
    case SyntaxKind::shape: {
      auto shape = std::make_shared<Shape>(build(node, scope));
      Expr out;
      out.kind = ExprKind::shape;
      out.type = plain_type(text_codec(node) ? Kind::text : Kind::bytes);
      for (const Hole& hole : shape->holes) out.type.labels = join(out.type.labels, hole.type.labels);
      out.shape = std::move(shape);
      out.origin = node.text();
      out.span = node.span();
      return out;
    }
    default:
      unsupported(node, "this expression");
      return poison(node.span());
  }
}

}  // namespace tollgate::hir
