// `shape payer(user: Msisdn) = json { … }` and `..payer(user.msisdn)`: members that several messages share. What is spread stands in the
// message as if it were written there; the named shape itself sees its parameters, settings and the market, and nothing else.
#include <algorithm>

#include "compiler/resolve/carrier_resolver.h"

namespace tollgate::hir {
namespace {

std::string_view root_word(ShapeRoot root) {
  switch (root) {
    case ShapeRoot::json: return "json";
    case ShapeRoot::form: return "form";
    case ShapeRoot::query: return "query";
    case ShapeRoot::xml: return "xml";
    case ShapeRoot::multipart: return "multipart";
    case ShapeRoot::csv: return "csv";
    case ShapeRoot::lines: return "lines";
    default: return "text";
  }
}

}  // namespace

void CarrierResolver::spread_into(ShapeNode& into, NodeRef spread, ShapeContext& context) {
  if (spread.has_error()) return;
  NodeRef name = spread.child(SyntaxKind::name);
  NodeRef declaration = member(SyntaxKind::shape_decl, name.text());
  if (!declaration) {
    report_unknown(name, "shape", member_names(SyntaxKind::shape_decl));
    return;
  }
  for (NamedShape& shape : carrier_.shapes) shape.used |= shape.name == name.text();
  note_use(declaration, name);
  ShapeNode inside = named_shape(declaration, spread, context);
  if (inside.kind == NodeKind::any) return;  // reported
  if (inside.kind != into.kind) {
    sink_.report(Diag::shape_expected, name.span()).arg("what", into.kind == NodeKind::list ? "a list" : "a record").label("spread into another structure")
        .also(name_span(declaration), inside.kind == NodeKind::list ? "is a list" : "is a record");
    return;
  }
  for (ShapeNode& child : inside.children) {
    child.span = into.kind == NodeKind::object ? name.span() : child.span;
    if (into.kind == NodeKind::object) add_member(into, std::move(child), context);
    else into.children.push_back(std::move(child));
  }
}

// The declared structure with the arguments in it; a node of kind `any` when something was reported.
ShapeNode CarrierResolver::named_shape(NodeRef declaration, NodeRef use, ShapeContext& context) {
  ShapeNode nothing;
  nothing.kind = NodeKind::any;
  NodeRef name = use.child(SyntaxKind::name), pattern = declaration.last();
  if (std::find(spreading_.begin(), spreading_.end(), name.text()) != spreading_.end()) {
    sink_.report(Diag::shape_circular, name.span()).arg("name", name.text()).label("spread inside of itself").also(name_span(declaration), "declared here");
    return nothing;
  }
  NodeRef content = pattern;
  if (pattern.is(SyntaxKind::shape)) {
    size_t codecs = 0;
    for (NodeRef child : pattern.children(SyntaxKind::codec)) codecs += child ? 1 : 0;
    std::string_view word = pattern.child(SyntaxKind::codec).child(SyntaxKind::name).text(), wanted = root_word(context.root);
    content = pattern.last();
    if (codecs != 1 || pattern.has(SyntaxKind::at) || word != wanted) {
      sink_.report(Diag::shape_expected, name.span()).arg("what", "members of a `" + std::string(wanted) + "`").label("of another kind of message")
          .also(pattern.span(), "declared as this");
      return nothing;
    }
  }
  if (!content || content.has_error() || !(content.is(SyntaxKind::record) || content.is(SyntaxKind::list))) {
    if (content && !content.has_error())
      sink_.report(Diag::shape_expected, content.span()).arg("what", "a record or a list").label("only members and elements can be spread");
    return nothing;
  }
  std::vector<Param> wanted = params(declaration.child(SyntaxKind::params));
  std::vector<Expr> given = arguments(use.child(SyntaxKind::args), *context.scope);
  if (given.size() != wanted.size()) {
    sink_.report(Diag::argument_count, name.span()).arg("name", name.text()).arg("wanted", std::to_string(wanted.size()))
        .arg("found", std::to_string(given.size())).label(wanted.empty() ? "takes nothing" : "takes " + names_in(wanted)).also(name_span(declaration), "declared here");
    return nothing;
  }
  Scope inner;
  inner.place = "a shape";
  for (size_t i = 0; i < given.size(); ++i) {
    bool widened = given[i].type.kind == Kind::secret && wanted[i].type.kind == Kind::text;  // the label travels with the value
    if (!widened && !fitting(given[i], wanted[i].type, wanted[i].name, wanted[i].span)) given[i] = poison(given[i].span);
    inner.names.push_back({wanted[i].name, "a parameter of `" + std::string(name.text()) + "`", given[i], wanted[i].span});
  }
  ShapeContext below = context;
  below.scope = &inner;
  below.binds = context.binds ? context.binds : context.scope;
  spreading_.emplace_back(name.text());
  ShapeNode node = value_node(content, below, "", false);
  spreading_.pop_back();
  return node;
}

}  // namespace tollgate::hir
