// Values in shapes that are matched: literals select, types convert, `==` asserts, names bind. A bare name never binds and never refers.
#include <algorithm>

#include "compiler/diag/suggest.h"
#include "compiler/resolve/carrier_resolver.h"
#include "compiler/resolve/readers.h"
#include "runtime/bytecode/limits.h"
#include "runtime/value/decimal_picture.h"
#include "runtime/value/time_format.h"
#include "runtime/value/zone.h"

namespace tollgate::hir {
namespace {

ShapeNode plain(NodeKind kind, Span span) {
  ShapeNode node;
  node.kind = kind;
  node.span = span;
  return node;
}

bool can_bind(std::string_view label) {
  static constexpr std::string_view kNever[] = {"on", "or", "else", "as", "for", "in", "is", "let", "keep", "send", "await", "within", "when", "and",
                                                "not", "because", "other", "missing", "null", "true", "false", "json", "form", "query", "xml",
                                                "text", "pairs", "base64", "multipart", "csv", "lines", "fixed", "hex", "gzip", "percent"};
  return !label.empty() && label[0] >= 'a' && label[0] <= 'z' && std::find(std::begin(kNever), std::end(kNever), label) == std::end(kNever);
}

}  // namespace

ShapeNode CarrierResolver::matched_value(NodeRef pattern, ShapeContext& context, std::string_view label, bool optional) {
  switch (pattern.kind()) {
    case SyntaxKind::any_value: return plain(NodeKind::any, pattern.span());
    case SyntaxKind::missing_value: return plain(NodeKind::missing, pattern.span());
    case SyntaxKind::equals: return equal_node(pattern, expr(pattern.first(), *context.scope), context);
    case SyntaxKind::type_pattern: return type_node(pattern, context, label, optional);
    case SyntaxKind::bind: return bound_node(pattern, context, optional);
    case SyntaxKind::alternatives: return alternatives_node(pattern, context, label, optional);
    case SyntaxKind::string: case SyntaxKind::raw_string: case SyntaxKind::integer: case SyntaxKind::decimal: case SyntaxKind::true_value:
    case SyntaxKind::false_value: case SyntaxKind::hex_int: return literal_node(pattern, context);
    case SyntaxKind::type_name: {  // a type that the parser left as a name
      return type_node(pattern, context, label, optional);
    }
    case SyntaxKind::group: return value_node(pattern.first(), context, label, optional);
    case SyntaxKind::name: case SyntaxKind::member: {
      Report report = sink_.report(Diag::bare_name_in_match, pattern.span());
      report.arg("name", pattern.text()).label("neither binds nor compares")
          .help(Grade::likely, "to compare with its value", {{pattern.span(), "== " + std::string(pattern.text())}});
      if (pattern.is(SyntaxKind::name)) report.help(Grade::example, "to bind what comes", {{pattern.span(), "Text as " + std::string(pattern.text())}});
      return plain(NodeKind::any, pattern.span());
    }
    case SyntaxKind::money: case SyntaxKind::msisdn: case SyntaxKind::duration: case SyntaxKind::other_value: case SyntaxKind::range:
    default:
      sink_.report(Diag::value_not_here, pattern.span()).arg("value", pattern.text()).label("a message is matched here")
          .help(Grade::likely, "to compare with its value", {{pattern.span(), "== " + std::string(pattern.text())}});
      return plain(NodeKind::any, pattern.span());
  }
}

ShapeNode CarrierResolver::literal_node(NodeRef literal_ref, const ShapeContext& context) {
  ShapeNode node = plain(NodeKind::literal, literal_ref.span());
  if (literal_ref.is(SyntaxKind::string) || literal_ref.is(SyntaxKind::raw_string)) {
    if (auto text = plain_text(literal_ref)) {
      node.literal.text = *text;
      return node;
    }
    return text_node(literal_ref, const_cast<ShapeContext&>(context));
  }
  Expr value = literal(literal_ref);
  if (value.poisoned()) return plain(NodeKind::any, literal_ref.span());
  node.literal = value.constant;
  if (context.root != ShapeRoot::json) node.literal = {Kind::text, value.origin, 0, 0, 0};  // one kind only: text
  return node;
}

ShapeNode CarrierResolver::equal_node(NodeRef node, Expr value, ShapeContext& context) {
  if (value.poisoned()) return plain(NodeKind::any, node.span());
  if (value.type.labels & (kSecret | kSealed)) {
    sink_.report(Diag::secret_observed, value.span).arg("value", value.origin).label("comparing would tell of it");
    return plain(NodeKind::any, node.span());
  }
  if (!writable(value, context.root, false)) return plain(NodeKind::any, node.span());
  Hole hole;
  hole.type = value.type;
  hole.reader = reader_of(value.type.kind);
  hole.origin = value.origin;
  hole.equal = hole.has_value = true;
  hole.span = value.span;
  hole.value = std::move(value);
  return hole_node(std::move(hole), context);
}

ShapeNode CarrierResolver::type_node(NodeRef node, ShapeContext& context, std::string_view label, bool optional) {
  NodeRef name = node.is(SyntaxKind::type_name) ? node : node.child(SyntaxKind::type_name);
  std::string spelling(name.text());
  Span span = name.span();
  std::string argument;
  bool has_argument = false;
  if (name.text() == "Time" && timed_reader(node, argument, span)) {
    if (argument.empty()) return plain(NodeKind::any, node.span());
    spelling = "Time.format";
    has_argument = true;
  } else for (NodeRef form : node.children(SyntaxKind::form)) {
    NodeRef form_name = form.child(SyntaxKind::name);
    spelling += "." + std::string(form_name ? form_name.text() : form.text());
    span = join(span, form_name ? form_name.span() : form.span());
    if (NodeRef args = form.child(SyntaxKind::args)) {
      has_argument = true;
      argument = plain_text(args.first()).value_or("");
    }
  }
  auto reader = find_reader(spelling);
  if (!reader) {
    Report report = sink_.report(Diag::unknown_reader, span);
    report.arg("type", spelling).label("nothing reads this");
    std::vector<std::string> names = reader_names(), same;
    for (const std::string& known : names) if (known.starts_with(name.text())) same.push_back(known);
    if (auto near = suggest(spelling, names)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{span, *near}});
    else if (pack_currency(spelling) != 0) report.help(Grade::likely, "as the carrier writes it", {{span, "\"" + spelling + "\""}});
    else if (!same.empty()) {
      std::string list;
      for (const std::string& s : same) list += (list.empty() ? "" : ", ") + s;
      report.because("written are " + list);
    }
    return unread(node, label, context);
  }
  const ReaderRow& row = readers()[*reader];
  if (row.pattern && argument.empty()) {
    sink_.report(Diag::wrong_arguments, span).arg("name", spelling).arg("found", "nothing").label("takes a pattern")
        .help(Grade::example, "for example", {{span, spelling == "Decimal.like" ? "Decimal.like(\"1.234,56\")" : "Time.format(\"yyyyMMddHHmmssXXX\")"}});
    return plain(NodeKind::any, node.span());
  }
  if (spelling == "Decimal.like" && !parse_decimal_picture(argument)) {
    sink_.report(Diag::bad_constant, span).arg("text", "\"" + argument + "\"").arg("problem", "shows no decimal").label("write 1234.56 as the carrier does: \"1.234,56\", \"1,234.56\", \"1234,56\"");
    return unread(node, label, context);
  }
  if (has_argument && !row.pattern && spelling != "Decimal.text") {
    sink_.report(Diag::wrong_arguments, span).arg("name", spelling).arg("found", "a pattern").label("takes nothing");
  }
  NodeRef unless = node.child(SyntaxKind::unless);
  Hole hole;
  hole.type = {row.kind, optional || unless || node.has(SyntaxKind::mark_optional), kPublic, Kind::missing};
  if (row.kind == Kind::secret) hole.type.labels = kSecret;
  if (row.kind == Kind::msisdn) hole.type.labels = kPersonal;
  hole.reader = *reader;
  hole.argument = argument;
  hole.span = node.span();
  if (can_bind(label) && !context.in_alternatives) bind_name(hole, node, label, context);
  ShapeNode made = hole_node(std::move(hole), context);
  return unless ? unless_node(unless, std::move(made), context) : made;
}

// What was reported still binds its name, so that uses of it are not reported too.
ShapeNode CarrierResolver::unread(NodeRef node, std::string_view label, ShapeContext& context) {
  Hole unknown;
  unknown.type = {Kind::missing, false, kPublic, Kind::missing};
  unknown.span = node.span();
  if (can_bind(label) && !context.in_alternatives) bind_name(unknown, node, label, context);
  return hole_node(std::move(unknown), context);
}

// `Text unless null, "", "null"`: those words mean that there is none. They are alternatives which bind nothing.
ShapeNode CarrierResolver::unless_node(NodeRef unless, ShapeNode hole, ShapeContext& context) {
  ShapeNode node = plain(NodeKind::alternatives, unless.span());
  for (NodeRef word : unless.children()) {
    ShapeNode absent = word.is(SyntaxKind::null_value) ? plain(NodeKind::null, word.span()) : value_node(word, context, "", false);
    if (absent.kind == NodeKind::null && context.root != ShapeRoot::json) {
      sink_.report(Diag::value_not_here, word.span()).arg("value", "null").label("exists in json only");
      continue;
    }
    if (absent.kind == NodeKind::literal || absent.kind == NodeKind::null) node.children.push_back(std::move(absent));
  }
  if (node.children.empty()) return hole;
  node.children.push_back(std::move(hole));
  return node;
}

// `Time.format("…XXX")`, `Time.utc("…")`, `Time.in("Zone", "…")`, `Time.local.format("…")`: what the forms of the same names write. The argument
// is what the reader takes: a pattern that says its zone, or a zone, a line end and a pattern. Empty after a report. False: none of these.
bool CarrierResolver::timed_reader(NodeRef node, std::string& argument, Span& span) {
  std::vector<NodeRef> forms;
  for (NodeRef form : node.children(SyntaxKind::form)) forms.push_back(form);
  if (forms.empty()) return false;
  auto word = [&](size_t i) { return i < forms.size() ? forms[i].child(SyntaxKind::name).text() : std::string_view(); };
  const bool local = word(0) == "local" && word(1) == "format" && forms.size() == 2;
  const bool one = forms.size() == 1 && (word(0) == "format" || word(0) == "utc" || word(0) == "in");
  if (!local && !one) return false;
  span = node.span();
  NodeRef args = forms.back().child(SyntaxKind::args);
  std::vector<NodeRef> given;
  for (NodeRef arg : args.children()) given.push_back(arg);
  const size_t wanted = word(0) == "in" ? 2 : 1;
  auto wrong = [&](NodeRef at, std::string found, std::string label) {
    sink_.report(Diag::wrong_arguments, at ? at.span() : span).arg("name", "Time." + std::string(word(0))).arg("found", found).label(std::move(label))
        .help(Grade::example, "for example", {{span, "Time.in(\"Africa/Nairobi\", \"yyyyMMddHHmmss\")"}});
    return true;
  };
  if (given.size() != wanted) return wrong({}, given.empty() ? "nothing" : std::to_string(given.size()) + " arguments", wanted == 2 ? "takes a zone and a pattern" : "takes a pattern");
  std::optional<std::string> pattern = plain_text(given.back());
  auto parsed = parse_time_pattern(pattern.value_or(""));
  if (!parsed) return wrong(given.back(), "no time pattern", parsed.error().message);
  if (!parsed->readable()) return wrong(given.back(), "a pattern without a date", "year, month and day are needed to read a time");
  std::string zone = word(0) == "utc" ? "UTC" : local ? carrier_.market.zone : word(0) == "in" ? plain_text(given[0]).value_or("") : "";
  if (local && !carrier_.market.known) zone = "UTC";  // a family alone: any zone will do for its types
  if (word(0) == "in" && !find_zone(zone)) return wrong(given[0], "no time zone", "the tz database has no such zone");
  if (word(0) == "format" && !parsed->has_offset && !parsed->says_utc)
    return wrong(given.back(), "a pattern without a zone", "an offset (XXX) or 'Z' is missing: in which zone is it?");
  argument = zone.empty() || parsed->has_offset || parsed->says_utc ? *pattern : zone + "\n" + *pattern;
  return true;
}

// A binder never shadows and never compares.
void CarrierResolver::bind_name(Hole& hole, NodeRef where, std::string_view name, ShapeContext& context) {
  for (const Hole& other : context.shape->holes) {
    if (other.name != name) continue;
    sink_.report(Diag::duplicate_name, where.span()).arg("name", name).label("bound again here").also(other.span, "first bound here");
    return;
  }
  const Scope& scope = context.binds ? *context.binds : *context.scope;
  const Binding* binding = find(scope, name);
  bool kept = scope.procedure && find_keep(*scope.procedure, name) >= 0;
  bool argument = scope.procedure && is_argument_root(*scope.procedure, name);
  if (binding || kept || argument) {
    Span declared = binding ? binding->span
                    : kept  ? scope.procedure->keeps[static_cast<size_t>(find_keep(*scope.procedure, name))].span
                            : scope.procedure->span;
    Report report = sink_.report(Diag::shadows, where.span());
    report.arg("name", name).label("would be a second `" + std::string(name) + "`")
        .also(declared, binding ? "already " + binding->what : kept ? "already kept" : "already an argument of this procedure");
    Span end{where.span().file, where.span().end, where.span().end};
    report.help(Grade::likely, "to compare with it", {{where.span(), "== " + std::string(name)}});
    if (!where.is(SyntaxKind::name)) report.help(Grade::likely, "to bind under another name", {{end, " as their_" + std::string(name)}});
    return;
  }
  hole.name = name;
}

ShapeNode CarrierResolver::bound_node(NodeRef node, ShapeContext& context, bool optional) {
  NodeRef pattern = node.child(size_t{0});
  NodeRef name = node.last();
  if (!pattern || !name || pattern == name) return plain(NodeKind::any, node.span());
  size_t before = context.shape->holes.size();
  ShapeNode inner = value_node(pattern, context, "", optional);
  const ShapeNode* value = &inner;
  while (value->kind == NodeKind::codec && !value->children.empty()) value = &value->children[0];  // what the codecs wrap has the name
  if (value->kind != NodeKind::hole && value->kind != NodeKind::alternatives) {
    if (!(inner.kind == NodeKind::any && !pattern.is(SyntaxKind::any_value))) {
      sink_.report(Diag::nothing_to_bind, name.span()).arg("name", name.text()).label("what stands before `as` has no value of its own")
          .also(pattern.span(), "a type is needed, as in `Text as " + std::string(name.text()) + "`");
    }
    return inner;
  }
  if (inner.kind == NodeKind::alternatives && context.shape->holes.size() == before) return bound_literals(std::move(inner), name, context);
  for (size_t i = before; i < context.shape->holes.size(); ++i) {
    Hole hole = std::move(context.shape->holes[i]);
    bind_name(hole, name, name.text(), context);
    if (hole.name.empty() && hole.equal) hole.name = name.text();
    hole.span = node.span();
    context.shape->holes[i] = std::move(hole);
    break;
  }
  return inner;
}

// `"A" | "B" as word`: whichever is found.
ShapeNode CarrierResolver::bound_literals(ShapeNode choice, NodeRef name, ShapeContext& context) {
  Hole hole;
  hole.type = {Kind::missing, false, kPublic, Kind::missing};
  for (const ShapeNode& child : choice.children) {
    if (child.kind != NodeKind::literal) {
      hole.type.optional = true;
      continue;
    }
    if (hole.type.kind == Kind::missing) hole.type.kind = child.literal.kind;
    else if (hole.type.kind != child.literal.kind) {
      sink_.report(Diag::nothing_to_bind, name.span()).arg("name", name.text()).label("of which type?").also(choice.span, "these are of several");
      return unread(name, name.text(), context);
    }
  }
  if (hole.type.kind == Kind::missing) {
    sink_.report(Diag::nothing_to_bind, name.span()).arg("name", name.text()).label("what stands before `as` has no value of its own").also(choice.span, "nothing here is a literal or a type");
    return unread(name, name.text(), context);
  }
  hole.reader = reader_of(hole.type.kind);
  hole.span = choice.span;
  bind_name(hole, name, name.text(), context);
  choice.bound = true;
  choice.hole = static_cast<uint32_t>(context.shape->holes.size());
  context.shape->holes.push_back(std::move(hole));
  return choice;
}

ShapeNode CarrierResolver::alternatives_node(NodeRef node, ShapeContext& context, std::string_view label, bool optional) {
  ShapeNode out = plain(NodeKind::alternatives, node.span());
  bool outer = context.in_alternatives;
  for (NodeRef choice : node.children()) {
    context.in_alternatives = outer || choice.next();
    ShapeNode inner = value_node(choice, context, label, optional);
    switch (inner.kind) {
      case NodeKind::literal: case NodeKind::null: case NodeKind::missing: case NodeKind::hole: case NodeKind::any: break;
      case NodeKind::alternatives:
        for (ShapeNode& child : inner.children) out.children.push_back(std::move(child));
        continue;
      default:
        sink_.report(Diag::shape_expected, choice.span()).arg("what", "a literal").label("`|` chooses between literals; write two arms for two shapes");
        continue;
    }
    out.children.push_back(std::move(inner));
  }
  context.in_alternatives = outer;
  return out;
}

// One hole of a text that is matched; nothing (kind `any`) when it was reported.
ShapeNode CarrierResolver::text_hole(NodeRef inside, ShapeContext& context) {
  if (inside.is(SyntaxKind::hole_equals)) return equal_node(inside, expr(inside.first(), *context.scope), context);
  if (inside.is(SyntaxKind::hole_pattern) && !inside.has(SyntaxKind::member)) {
    NodeRef name = inside.child(SyntaxKind::name), type = inside.child(SyntaxKind::type_pattern);
    if (type) return type_node(type, context, name ? name.text() : std::string_view(), false);
    Hole hole;
    hole.type = {Kind::text, false, kPublic, Kind::missing};
    hole.span = inside.span();
    if (name) bind_name(hole, name, name.text(), context);
    return hole_node(std::move(hole), context);
  }
  if (inside.is(SyntaxKind::hole_rest)) {
    Hole hole;
    hole.type = {Kind::text, false, kPublic, Kind::missing};
    hole.span = inside.span();
    bind_name(hole, inside.first(), inside.first().text(), context);
    return hole_node(std::move(hole), context);
  }
  sink_.report(Diag::bare_name_in_match, inside.parent().span()).arg("name", inside.text()).label("neither binds nor compares")
      .help(Grade::likely, "to compare", {{inside.parent().span(), "{== " + std::string(inside.text()) + "}"}})
      .help(Grade::example, "to bind", {{inside.parent().span(), "{" + std::string(inside.text()) + ": Text}"}});
  return plain(NodeKind::any, inside.span());
}

// `4 chars`; 0 without a width, or when it was reported.
uint32_t CarrierResolver::width_of(NodeRef inside) {
  NodeRef width = inside.child(SyntaxKind::hole_width);
  if (!width) return 0;
  auto number = whole_number(width.first().text());
  if (number && *number >= 1 && *number <= static_cast<int64_t>(limits::kWidth)) return static_cast<uint32_t>(*number);
  sink_.report(Diag::bad_constant, width.span()).arg("text", width.text()).arg("problem", "is no width").label("1 to " + std::to_string(limits::kWidth));
  return 1;
}

// Literals side by side are one.
void CarrierResolver::add_text(ShapeNode& node, NodeRef part) const {
  std::string text = part.is(SyntaxKind::string_text) ? std::string(part.text()) : escape_value(part);
  if (!node.children.empty() && node.children.back().kind == NodeKind::literal) {
    node.children.back().literal.text += text;
    return;
  }
  ShapeNode literal_part = plain(NodeKind::literal, part.span());
  literal_part.literal.text = std::move(text);
  node.children.push_back(std::move(literal_part));
}

// "OK:{id: Text}{n: Int 4 chars}": literals and holes in order.
ShapeNode CarrierResolver::text_node(NodeRef string, ShapeContext& context) {
  ShapeNode node = plain(NodeKind::text, string.span());
  bool open_hole = false;  // the one before has no end of its own
  for (NodeRef part : string.children()) {
    if (part.is(SyntaxKind::string_text) || part.is(SyntaxKind::string_escape)) {
      add_text(node, part);
      open_hole = false;
      continue;
    }
    if (!part.is(SyntaxKind::hole) || part.has_error()) continue;
    if (open_hole) {
      sink_.report(Diag::holes_touch, part.span()).label("where does the one before it end?")
          .because("a hole stops at the next literal, or has a width: `{name: 4 chars}`");
    }
    ShapeNode hole = text_hole(part.first(), context);
    if (hole.kind == NodeKind::hole) hole.size = width_of(part.first());
    open_hole = hole.size == 0;
    if (hole.kind == NodeKind::hole) node.children.push_back(std::move(hole));
  }
  return node;
}

HeaderPattern CarrierResolver::header_pattern(NodeRef node, const Scope& scope) {
  HeaderPattern out;
  out.span = node.span();
  NodeRef name = node.child(size_t{0}), pattern = node.child(size_t{1});
  out.name = plain_text(name).value_or("");
  out.shape.root = ShapeRoot::text;
  out.shape.span = pattern ? pattern.span() : node.span();
  ShapeContext context{&out.shape, &scope, ShapeRoot::text, {}};
  out.shape.node = value_node(pattern, context, "", false);
  out.optional = !out.shape.holes.empty() && out.shape.holes[0].type.optional;
  mark_absences(out.shape, out.shape.node);
  return out;
}

}  // namespace tollgate::hir
