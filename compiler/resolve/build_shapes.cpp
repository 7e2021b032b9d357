// Values in shapes that are built: literals stay literals, everything else fills a hole.
#include <array>

#include "compiler/resolve/carrier_resolver.h"
#include "compiler/resolve/readers.h"

namespace tollgate::hir {

// What may stand on the wire as it is. Money, msisdn and time have no form of their own: one must be chosen.
bool CarrierResolver::writable(const Expr& value, ShapeRoot root, bool optional) {
  if (value.poisoned() || poisoned(value.type)) return false;
  if (value.type.optional && !optional) return present(value);
  switch (value.type.kind) {
    case Kind::boolean: case Kind::integer: case Kind::decimal:
      if (root != ShapeRoot::path) return true;
      break;
    case Kind::text: case Kind::secret: case Kind::uuid: case Kind::url: case Kind::currency: return true;
    case Kind::bytes: {
      sink_.report(Diag::form_needed, value.span).arg("type", "Bytes").arg("where", "a message").label("which encoding is meant?")
          .help(Grade::likely, "`.hex`, `.base64` or `.base64url`", {{Span{value.span.file, value.span.end, value.span.end}, ".base64"}});
      return false;
    }
    case Kind::list: case Kind::pairs: {
      sink_.report(Diag::form_needed, value.span).arg("type", type_name(value.type.kind)).arg("where", "a message").label("several values; join them");
      return false;
    }
    default: break;
  }
  Report report = sink_.report(Diag::form_needed, value.span);
  report.arg("type", type_name(value.type.kind)).arg("where", root == ShapeRoot::path ? "a path" : "a message");
  Span end{value.span.file, value.span.end, value.span.end};
  switch (value.type.kind) {
    case Kind::money: report.label("an amount leaves only through a unit").help(Grade::example, "`.decimal`, `.minor`, `.whole` or `.micros`", {{end, ".decimal.text"}}); break;
    case Kind::msisdn: report.label("a number leaves only through a form").help(Grade::example, "`.digits`, `.plus`, `.tel` or `.national`", {{end, ".digits"}}); break;
    case Kind::time: case Kind::local_time: report.label("a time leaves only through a zone and a format").help(Grade::example, "for example", {{end, ".utc(\"yyyy-MM-dd'T'HH:mm:ss'Z'\")"}}); break;
    case Kind::duration: report.label("in which unit?").help(Grade::example, "`.seconds` or `.ms`", {{end, ".seconds"}}); break;
    default: report.label("in which form?").help(Grade::likely, "write `.text`", {{end, ".text"}}); break;
  }
  return false;
}

ShapeNode CarrierResolver::built_value(NodeRef pattern, ShapeContext& context, bool optional) {
  ShapeNode nothing;
  nothing.kind = NodeKind::any;
  nothing.span = pattern.span();
  if (pattern.is(SyntaxKind::type_pattern) && pack_currency(pattern.text()) != 0) {
    Expr currency = currency_literal(pattern);
    if (currency.poisoned()) return nothing;
    ShapeNode node;
    node.kind = NodeKind::literal;
    node.literal.text = currency.origin;
    node.span = pattern.span();
    return node;
  }
  switch (pattern.kind()) {
    case SyntaxKind::bind: case SyntaxKind::type_pattern: case SyntaxKind::any_value: case SyntaxKind::missing_value: case SyntaxKind::equals:
    case SyntaxKind::alternatives: case SyntaxKind::other_value: case SyntaxKind::range:
      sink_.report(Diag::pattern_not_here, pattern.span()).arg("pattern", pattern.text()).label("a message is built here, so this must be a value");
      return nothing;
    default: break;
  }
  Expr value = expr(pattern, *context.scope);
  if (value.kind == ExprKind::constant && context.root != ShapeRoot::json && value.constant.kind == Kind::integer) {
    value.constant = {Kind::text, value.origin, 0, 0, 0};
    value.type.kind = Kind::text;
  }
  if (!writable(value, context.root, optional)) return nothing;
  if (value.kind == ExprKind::constant && value.type.kind != Kind::msisdn) {
    ShapeNode node;
    node.kind = NodeKind::literal;
    node.literal = value.constant;
    node.span = pattern.span();
    return node;
  }
  Hole hole;
  hole.type = value.type;
  hole.reader = reader_of(value.type.kind);
  hole.origin = value.origin;
  hole.has_value = true;
  hole.span = pattern.span();
  hole.value = std::move(value);
  return hole_node(std::move(hole), context);
}

// "/collection/{ref}": literals and holes. No query, no empty segment, nothing that leaves the path.
Shape CarrierResolver::path_shape(NodeRef string, const Scope& scope) {
  Shape shape;
  shape.root = ShapeRoot::path;
  shape.builds = true;
  shape.span = string.span();
  shape.node.kind = NodeKind::text;
  shape.node.span = string.span();
  ShapeContext context{&shape, &scope, ShapeRoot::path};
  auto literal = [&](std::string text, Span span) {
    if (text.find('?') != std::string::npos || text.find('#') != std::string::npos) {
      sink_.report(Diag::bad_path, span).arg("problem", "a query").label("write it as `query { … }`");
    }
    ShapeNode node;
    node.kind = NodeKind::literal;
    node.literal.text = std::move(text);
    node.span = span;
    shape.node.children.push_back(std::move(node));
  };
  if (string.has_error()) return shape;
  // With holes or without: glued to the base, what stands before the first `/` would become part of the host's name.
  std::string_view begin = string.is(SyntaxKind::raw_string) ? string.text().substr(1) : string.first().text();
  if (!begin.starts_with('/')) {
    sink_.report(Diag::bad_path, string.span()).arg("problem", "no `/` at its start").label("a path begins with `/`; the host is the link's");
  }
  if (auto text = plain_text(string)) {
    literal(*text, string.span());
    return shape;
  }
  for (NodeRef part : string.children()) {
    if (part.is(SyntaxKind::string_text)) literal(std::string(part.text()), part.span());
    if (part.is(SyntaxKind::string_escape)) literal(escape_value(part), part.span());
    if (!part.is(SyntaxKind::hole)) continue;
    Expr value = expr(part.first(), scope);
    if (!writable(value, ShapeRoot::path, false)) continue;
    Hole hole;
    hole.type = value.type;
    hole.reader = reader_of(value.type.kind);
    hole.origin = value.origin;
    hole.has_value = true;
    hole.span = part.first().span();
    hole.value = std::move(value);
    shape.node.children.push_back(hole_node(std::move(hole), context));
  }
  return shape;
}

}  // namespace tollgate::hir
