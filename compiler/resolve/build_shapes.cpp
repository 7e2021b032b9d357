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
  const bool bytes = value.type.kind == Kind::bytes && !value.type.optional && context.raw && context.root == ShapeRoot::text;
  if (!bytes && !writable(value, context.root, optional)) return nothing;
  if (value.kind == ExprKind::constant && value.type.kind != Kind::msisdn) {
    ShapeNode node;
    node.kind = NodeKind::literal;
    node.literal = value.constant;
    node.span = pattern.span();
    return node;
  }
  return hole_node(filled_hole(std::move(value), pattern.span()), context);
}

Hole CarrierResolver::filled_hole(Expr value, Span span) const {
  Hole hole;
  hole.type = value.type;
  hole.reader = reader_of(value.type.kind);
  hole.origin = value.origin;
  hole.has_value = true;
  hole.span = span;
  hole.value = std::move(value);
  return hole;
}

// A value that is known now, with its padding.
ShapeNode CarrierResolver::padded_literal(const Expr& value, uint32_t width, const ShapeContext& context) {
  ShapeNode node;
  node.kind = NodeKind::literal;
  node.span = value.span;
  bool number = value.constant.kind == Kind::integer || value.constant.kind == Kind::decimal;
  std::string text = number || value.constant.kind == Kind::boolean ? value.origin : value.constant.text;
  size_t length = 0;
  for (char c : text) length += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  if (length > width || (length != width && context.root != ShapeRoot::fixed))
    sink_.report(Diag::bad_constant, value.span).arg("text", "`" + value.origin + "`").arg("problem", "does not fit its width").label("has " + std::to_string(length) + " characters");
  else if (number && text[0] != '-') text.insert(0, width - length, '0');
  else text.insert(number ? 0 : text.size(), width - length, ' ');
  node.literal.text = std::move(text);
  return node;
}

// "OK:{ref}" as literals and holes, so that the other side can take it apart again. Where it could not, it is one value.
ShapeNode CarrierResolver::built_text(NodeRef string, ShapeContext& context) {
  ShapeNode node, nothing;
  nothing.kind = NodeKind::any;
  nothing.span = node.span = string.span();
  node.kind = NodeKind::text;
  bool open_hole = false, touching = false;
  size_t holes = context.shape->holes.size();
  for (NodeRef part : string.children()) {
    if (part.is(SyntaxKind::string_text) || part.is(SyntaxKind::string_escape)) {
      add_text(node, part);
      open_hole = false;
      continue;
    }
    if (!part.is(SyntaxKind::hole) || part.has_error()) continue;
    NodeRef inside = part.first();
    bool sized = inside.is(SyntaxKind::hole_pattern) && inside.has(SyntaxKind::hole_width) && !inside.has(SyntaxKind::type_pattern) &&
                 !inside.has(SyntaxKind::any_value);
    if (!sized && (inside.is(SyntaxKind::hole_pattern) || inside.is(SyntaxKind::hole_equals) || inside.is(SyntaxKind::hole_rest))) {
      sink_.report(Diag::pattern_not_here, inside.span()).arg("pattern", inside.text()).label("a message is built here, so this must be a value");
      return nothing;
    }
    touching |= open_hole;
    Expr value = expr(sized ? inside.first() : inside, *context.scope);
    if (!writable(value, context.root, false)) return nothing;
    uint32_t width = sized ? width_of(inside) : 0;
    open_hole = width == 0;
    if (width != 0 && value.kind == ExprKind::constant) {
      node.children.push_back(padded_literal(value, width, context));
      continue;
    }
    ShapeNode hole = hole_node(filled_hole(std::move(value), inside.span()), context);
    hole.size = width;
    node.children.push_back(std::move(hole));
  }
  if (!touching) return node;
  context.shape->holes.resize(holes);
  return built_value(string, context, false);
}

// "/collection/{ref}": literals and holes. No query, no empty segment, nothing that leaves the path.
Shape CarrierResolver::path_shape(NodeRef string, const Scope& scope) {
  Shape shape;
  shape.root = ShapeRoot::path;
  shape.builds = true;
  shape.span = string.span();
  shape.node.kind = NodeKind::text;
  shape.node.span = string.span();
  ShapeContext context{&shape, &scope, ShapeRoot::path, {}};
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
    shape.node.children.push_back(hole_node(filled_hole(std::move(value), part.first().span()), context));
  }
  return shape;
}

}  // namespace tollgate::hir
