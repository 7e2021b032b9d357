// The structure of shapes, the same when building and matching: codecs, records, labels, lists. Values are in build_shapes.cpp and
// match_shapes.cpp.
#include <algorithm>
#include <optional>
#include <utility>

#include "compiler/diag/suggest.h"
#include "compiler/resolve/carrier_resolver.h"
#include "compiler/resolve/readers.h"
#include "runtime/bytecode/limits.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::hir {
namespace {

std::optional<ShapeRoot> root_of(std::string_view word) {
  if (word == "json") return ShapeRoot::json;
  if (word == "form") return ShapeRoot::form;
  if (word == "query") return ShapeRoot::query;
  if (word == "xml") return ShapeRoot::xml;
  if (word == "text") return ShapeRoot::text;
  if (word == "multipart") return ShapeRoot::multipart;
  if (word == "csv") return ShapeRoot::csv;
  if (word == "lines") return ShapeRoot::lines;
  if (word == "fixed") return ShapeRoot::fixed;
  return std::nullopt;
}

constexpr std::string_view kWrapping[] = {
#define TG_CODEC(name, ...) #name,
#include "runtime/catalog/codecs.def"
#undef TG_CODEC
};

bool is_content(NodeRef node) {
  return node && !node.is(SyntaxKind::codec) && !node.is(SyntaxKind::at) && !node.is(SyntaxKind::by);
}

std::string_view word_of(ShapeRoot root) {
  switch (root) {
    case ShapeRoot::form: return "form";
    case ShapeRoot::query: return "query";
    case ShapeRoot::csv: return "csv";
    case ShapeRoot::lines: return "lines";
    case ShapeRoot::multipart: return "multipart";
    default: return "json";
  }
}

// Messages whose members are single values.
bool flat(ShapeRoot root, bool in_part) {
  return root == ShapeRoot::form || root == ShapeRoot::query || root == ShapeRoot::csv || root == ShapeRoot::lines ||
         (root == ShapeRoot::multipart && in_part);
}

// Messages in which a text with holes is taken apart rather than joined first.
bool one_text(ShapeRoot root) { return root == ShapeRoot::text || root == ShapeRoot::lines || root == ShapeRoot::fixed; }

// Is the member at `span` labelled with a plain word?
bool is_plain_label(NodeRef record, Span span) {
  for (NodeRef field : record.children(SyntaxKind::field))
    for (NodeRef label : field.children())
      if (label.span().begin == span.begin && label.span().end == span.end) return label.is(SyntaxKind::label);
  return true;
}

ShapeNode node_of(NodeKind kind, Span span) {
  ShapeNode node;
  node.kind = kind;
  node.span = span;
  return node;
}

// Wraps `inner` in one-member objects for each name of a dotted path, outermost first.
ShapeNode nested(const std::vector<std::string>& names, ShapeNode inner, Span span) {
  for (auto it = names.rbegin(); it != names.rend(); ++it) {
    ShapeNode member = node_of(NodeKind::member, span);
    member.name = *it;
    member.children.push_back(std::move(inner));
    inner = node_of(NodeKind::object, span);
    inner.children.push_back(std::move(member));
  }
  return inner;
}

// The first node that is deeper than a module can hold. The parser's own limit counts the blocks around a message, and is wider.
const ShapeNode* too_deep(const ShapeNode& node, int depth) {
  if (depth >= limits::kShapeDepth) return &node;
  for (const ShapeNode& child : node.children) {
    if (const ShapeNode* found = too_deep(child, node.kind == NodeKind::member ? depth : depth + (node.kind == NodeKind::pairs ? 2 : 1))) return found;
  }
  return nullptr;
}

}  // namespace

// What is bound may be missing where its member may be, and where another alternative was taken.
void mark_absences(Shape& shape, const ShapeNode& node, bool absent) {
  absent = absent || (node.kind == NodeKind::member && (node.flags & kOptional));
  const bool binds = node.kind == NodeKind::hole || (node.kind == NodeKind::alternatives && node.bound);
  if (binds && absent && !shape.holes[node.hole].has_value) shape.holes[node.hole].type.optional = true;
  absent = absent || (node.kind == NodeKind::alternatives && node.children.size() > 1);
  for (const ShapeNode& child : node.children) mark_absences(shape, child, absent);
}

namespace {

void check_depth(const Shape& shape, Sink& sink) {
  const ShapeNode* deep = too_deep(shape.node, 0);
  if (deep) sink.report(Diag::too_deep, deep->span).arg("limit", std::to_string(limits::kShapeDepth)).label("one level too many for a message");
}

}  // namespace

std::vector<std::string> dotted(std::string_view path) {
  std::vector<std::string> out;
  while (!path.empty()) {
    size_t dot = path.find('.');
    std::string_view word = path.substr(0, dot);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    out.emplace_back(word);
    if (dot == std::string_view::npos) break;
    path.remove_prefix(dot + 1);
  }
  return out;
}

Shape CarrierResolver::build(NodeRef node, const Scope& scope) {
  Shape shape;
  shape.builds = true;
  shape.span = node.span();
  ShapeContext context{&shape, &scope};
  std::vector<NodeRef> codecs;
  NodeRef content;
  for (NodeRef child : node.children()) {
    if (child.is(SyntaxKind::codec)) codecs.push_back(child);
    if (is_content(child)) content = child;
  }
  if (node.has_error() || codecs.empty()) {
    shape.node = node_of(NodeKind::any, node.span());
    return shape;
  }
  if (!root_of(codecs[0].child(SyntaxKind::name).text())) shape.root = ShapeRoot::bytes;
  shape.node = codec_chain(codecs, 0, node.child(SyntaxKind::at), content, context);
  if (shape.root != ShapeRoot::bytes) shape.root = context.root, shape.format = context.format;
  check_depth(shape, sink_);
  return shape;
}

Shape CarrierResolver::match(NodeRef node, const Scope& scope, bool row) {
  NodeRef content;
  for (NodeRef child : node.children()) if (is_content(child)) content = child;
  return match_rows(node, content, scope, row);
}

Shape CarrierResolver::match_rows(NodeRef codecs_of, NodeRef pattern, const Scope& scope, bool row) {
  Shape shape;
  shape.span = pattern ? pattern.span() : codecs_of.span();
  ShapeContext context{&shape, &scope};
  context.row = row;
  std::vector<NodeRef> codecs;
  for (NodeRef child : codecs_of.children(SyntaxKind::codec)) codecs.push_back(child);
  if (codecs_of.has_error() || codecs.empty() || (pattern && pattern.has_error())) {
    shape.node = node_of(NodeKind::any, shape.span);
    return shape;
  }
  if (!root_of(codecs[0].child(SyntaxKind::name).text())) shape.root = ShapeRoot::bytes;
  shape.node = codec_chain(codecs, 0, codecs_of.child(SyntaxKind::at), pattern, context);
  if (shape.root != ShapeRoot::bytes) shape.root = context.root, shape.format = context.format;
  mark_absences(shape, shape.node);
  check_depth(shape, sink_);
  return shape;
}

ShapeNode CarrierResolver::codec_chain(const std::vector<NodeRef>& codecs, size_t i, NodeRef at, NodeRef content, ShapeContext& context) {
  if (i == codecs.size()) return content_node(content, context);
  NodeRef name = codecs[i].child(SyntaxKind::name);
  std::string_view word = name.text();
  Span span = codecs[i].span();
  if (word == "pairs") return pairs_node(codecs[i], content, context);
  if (auto root = root_of(word)) return root_node(*root, codecs, i, at, content, context);
  auto known = std::find(std::begin(kWrapping), std::end(kWrapping), word);
  if (known == std::end(kWrapping)) {
    std::vector<std::string> names(std::begin(kWrapping), std::end(kWrapping));
    for (std::string_view root : {"json", "form", "query", "xml", "text", "pairs", "multipart", "csv", "lines", "fixed"}) names.emplace_back(root);
    Report report = sink_.report(Diag::unknown_name, name.span());
    report.arg("what", "codec").arg("name", word).label("this edition has no such codec");
    if (auto near = suggest(word, names)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{name.span(), *near}});
    return node_of(NodeKind::any, span);
  }
  return wrapped_node(word, codecs, i + 1, at, content, context);
}

// What stands inside of a codec, or inside of another message when `word` is empty.
ShapeNode CarrierResolver::wrapped_node(std::string_view word, const std::vector<NodeRef>& codecs, size_t i, NodeRef at, NodeRef content, ShapeContext& context) {
  ShapeNode node = node_of(NodeKind::codec, codecs[i == 0 ? 0 : i - 1].span());
  node.name = word;
  ShapeContext inner = context;
  inner.root = ShapeRoot::text;  // what a codec wraps without naming how is text
  inner.format.clear();
  inner.in_part = false;
  inner.raw = !word.empty();
  node.children.push_back(codec_chain(codecs, i, at, content, inner));
  const ShapeNode& within = node.children[0];
  const bool octets = within.kind == NodeKind::codec ? !within.name.empty() : within.kind == NodeKind::hole && context.shape->holes[within.hole].type.kind == Kind::bytes;
  node.root = octets && !word.empty() ? ShapeRoot::bytes : inner.root;
  node.ns = inner.format;
  if (!word.empty() && i > 0) codec_arguments(codecs[i - 1], node, context);
  return node;
}

ShapeNode CarrierResolver::root_node(ShapeRoot root, const std::vector<NodeRef>& codecs, size_t i, NodeRef at, NodeRef content, ShapeContext& context) {
  context.root = root;
  const bool row = std::exchange(context.row, false);
  size_t next = i + 1;
  context.format = read_format(root, codecs, next, content);
  size_t before = sink_.report_count();
  ShapeNode inside = codec_chain(codecs, next, {}, content, context);
  if (sink_.report_count() == before && !(row && root == ShapeRoot::lines)) check_content(root, context.format, inside, content);
  if (at) {
    NodeRef path = at.child(SyntaxKind::path);
    inside = nested(dotted(path ? path.text() : at.text()), std::move(inside), at.span());
  }
  return inside;
}

ShapeNode CarrierResolver::pairs_node(NodeRef codec, NodeRef content, ShapeContext& context) {
  Span span = codec.span();
  ShapeNode node = node_of(NodeKind::pairs, span);
  std::vector<NodeRef> fields;
  for (NodeRef arg : codec.child(SyntaxKind::args).children()) fields.push_back(arg);
  if (fields.size() != 2) {
    sink_.report(Diag::wrong_arguments, span).arg("name", "pairs").arg("found", std::to_string(fields.size()) + " words")
        .label("takes the name of the key field and of the value field");
    return node_of(NodeKind::any, span);
  }
  auto word_of = [](NodeRef n) { auto text = plain_text(n); return text ? *text : std::string(n.text()); };
  node.name = word_of(fields[0]);
  node.ns = word_of(fields[1]);
  ShapeNode inside = content_node(content, context);
  if (inside.kind == NodeKind::object) node.children = std::move(inside.children);
  else if (inside.kind != NodeKind::any) sink_.report(Diag::shape_expected, inside.span).arg("what", "a record").label("`pairs` holds names and their values");
  return node;
}

// What stands in a codec's parentheses. A message that is built may compute it; one that is matched is read before anything is computed, so a
// constant or a setting it must be.
void CarrierResolver::codec_arguments(NodeRef codec, ShapeNode& node, ShapeContext& context) {
  const auto known = std::find_if(tollgate::codecs().begin(), tollgate::codecs().end(), [&](const CodecRow& row) { return row.name == node.name; });
  const CodecRow& row = *known;
  std::vector<Expr> given = arguments(codec.child(SyntaxKind::args), *context.scope);
  for (const Expr& value : given) if (value.poisoned()) return;
  auto refuse = [&](Span span, std::string_view found) {
    sink_.report(Diag::wrong_arguments, span).arg("name", row.name).arg("found", found).label("takes other arguments").because("for example " + std::string(row.example));
  };
  if (given.size() != row.parameter_count) return refuse(codec.span(), std::to_string(given.size()) + " arguments");
  for (size_t i = 0; i < given.size(); ++i) {
    Expr& value = given[i];
    const Parameter parameter = context.shape->builds ? row.parameters[i] : other_half(row.parameters[i]);
    const bool constant = value.kind == ExprKind::constant && value.constant.kind == Kind::text;
    if (!contains(parameter.kinds, value.type.kind)) return refuse(value.span, type_name(value.type.kind));
    ShapeNode argument = node_of(NodeKind::literal, value.span);
    if (constant) {
      if (auto problem = objection(parameter.meaning, Value::text(value.constant.text))) {
        sink_.report(Diag::bad_constant, value.span).arg("text", value.origin).arg("problem", *problem).label(std::string(*problem));
        return;
      }
      argument.literal = value.constant;
    } else if (parameter.meaning != Meaning::any || (!context.shape->builds && value.kind != ExprKind::setting)) {
      sink_.report(Diag::constant_needed, value.span).arg("what", "what `" + std::string(row.name) + "` takes here").label("must stand in the file" + std::string(parameter.meaning == Meaning::any ? ", or be a setting" : ""));
      return;
    } else if (!context.shape->builds) {
      argument.kind = NodeKind::setting;
      argument.hole = value.index;
    } else {
      Hole hole;
      hole.type = value.type;
      hole.reader = reader_of(value.type.kind);
      hole.origin = value.origin;
      hole.has_value = true;
      hole.span = value.span;
      hole.value = std::move(value);
      argument = hole_node(std::move(hole), context);
    }
    node.children.push_back(std::move(argument));
  }
}

ShapeNode CarrierResolver::content_node(NodeRef content, ShapeContext& context) {
  if (!content) return node_of(NodeKind::any, context.shape->span);
  return value_node(content, context, "", false);
}

ShapeNode CarrierResolver::value_node(NodeRef pattern, ShapeContext& context, std::string_view label, bool optional) {
  if (!pattern || pattern.has_error()) return node_of(NodeKind::any, pattern ? pattern.span() : Span{});
  switch (pattern.kind()) {
    case SyntaxKind::record: return record_node(pattern, context);
    case SyntaxKind::list: return list_node(pattern, context);
    case SyntaxKind::null_value: return node_of(NodeKind::null, pattern.span());
    case SyntaxKind::shape: return inner_shape(pattern, context, optional);
    case SyntaxKind::string:
      if (context.shape->builds && !plain_text(pattern) && one_text(context.root)) return built_text(pattern, context);
      break;
    default: break;
  }
  return context.shape->builds ? built_value(pattern, context, optional) : matched_value(pattern, context, label, optional);
}

// A codec inside: `Item: pairs(…) { … }`, `data: base64 json { … }`, `data: xml { … }`. Its text is one value of the outer message.
ShapeNode CarrierResolver::inner_shape(NodeRef shape, ShapeContext& context, bool optional) {
  std::vector<NodeRef> codecs;
  NodeRef content;
  for (NodeRef child : shape.children()) {
    if (child.is(SyntaxKind::codec)) codecs.push_back(child);
    if (is_content(child)) content = child;
  }
  if (codecs.empty()) return node_of(NodeKind::any, shape.span());
  std::string_view first = codecs[0].child(SyntaxKind::name).text();
  if (first == "pairs") return codec_chain(codecs, 0, shape.child(SyntaxKind::at), content, context);
  if (first == "text" && codecs.size() == 1) return value_node(content, context, "", optional);
  if (root_of(first)) return wrapped_node("", codecs, 0, shape.child(SyntaxKind::at), content, context);
  return codec_chain(codecs, 0, shape.child(SyntaxKind::at), content, context);
}

ShapeNode CarrierResolver::record_node(NodeRef record, ShapeContext& context) {
  ShapeNode node = node_of(NodeKind::object, record.span());
  for (NodeRef field : record.children()) {
    if (field.is(SyntaxKind::field)) {
      if (field.has_error() && !field.first()) continue;
      add_member(node, member_node(field, context), context);
    } else if (field.is(SyntaxKind::spread)) {
      spread_into(node, field, context);
    } else if (!field.is(SyntaxKind::error)) {
      if (!field.has_error()) sink_.report(Diag::repeat_here, field.span()).arg("problem", "in a record").label("a list has elements, a record has members").help(Grade::example, "`items: [for x in xs { … }]`", {});
    }
  }
  bool attributes = std::any_of(node.children.begin(), node.children.end(), [](const ShapeNode& m) { return (m.flags & kAttribute) != 0; });
  // `text` beside attributes is the element's own text; an element of that name is written in quotes.
  for (size_t i = 0; i < node.children.size() && (context.in_part || (attributes && context.root == ShapeRoot::xml)); ++i)
    if (node.children[i].name == "text" && node.children[i].ns.empty() && is_plain_label(record, node.children[i].span)) node.children[i].name.clear();
  if (context.in_part) check_part(node);
  return node;
}

void CarrierResolver::add_member(ShapeNode& record, ShapeNode member, const ShapeContext& context) {
  for (const ShapeNode& other : record.children) {
    constexpr uint8_t kKind = kAttribute | kAnyNamespace;
    if (other.name != member.name || other.ns != member.ns || (other.flags & kKind) != (member.flags & kKind)) continue;
    Report report = sink_.report(Diag::duplicate_member, member.span);
    report.arg("name", member.name).label("written twice").also(other.span, "first here");
    if (context.root == ShapeRoot::xml) report.help(Grade::example, "elements that repeat are a list: `" + member.name + ": [a, b]`", {});
    break;
  }
  record.children.push_back(std::move(member));
}

// Single values; in a form, a name that occurs several times has a list of them.
void CarrierResolver::check_flat(const ShapeNode& value, const ShapeContext& context) {
  auto nested = [](const ShapeNode& node) { return node.kind == NodeKind::list || node.kind == NodeKind::object || node.kind == NodeKind::pairs; };
  bool repeats = context.root == ShapeRoot::form || context.root == ShapeRoot::query;
  const ShapeNode* found = nested(value) ? &value : nullptr;
  if (repeats && value.kind == NodeKind::list) {
    auto it = std::find_if(value.children.begin(), value.children.end(), nested);
    found = it == value.children.end() ? nullptr : &*it;
  }
  if (found) sink_.report(Diag::shape_expected, found->span).arg("what", "one value").label("`" + std::string(word_of(context.root)) + "` holds names and single values");
}

// One part of a multipart: what its headers say, and its content.
void CarrierResolver::check_part(const ShapeNode& part) {
  for (const ShapeNode& member : part.children) {
    bool known = member.flags & kAttribute ? member.name == "filename" || member.name == "type" : member.name.empty();
    if (known || member.name.empty()) continue;
    sink_.report(Diag::unknown_field, member.span).arg("record", "part").arg("name", member.name)
        .label("a part has `@filename`, `@type` and `text`");
  }
}

void CarrierResolver::label_into(ShapeNode& member, NodeRef label, ShapeContext& context) {
  member.span = label.span();
  switch (label.kind()) {
    case SyntaxKind::label_attribute:
      member.name = label.text().substr(1);
      member.flags |= kAttribute;
      break;
    case SyntaxKind::label_qualified: {
      NodeRef prefix = label.child(SyntaxKind::name);
      NodeRef local = label.child(SyntaxKind::label);
      if (!local) local = label.last();
      member.name = local.text();
      auto it = namespaces_.find(prefix.text());
      if (it != namespaces_.end()) {
        member.ns = it->second;
        break;
      }
      std::vector<std::string> names;
      for (const auto& [name, uri] : namespaces_) names.push_back(name);
      Report report = sink_.report(Diag::unknown_name, prefix.span());
      report.arg("what", "namespace").arg("name", prefix.text()).label("not declared with `namespace`");
      if (auto near = suggest(prefix.text(), names)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{prefix.span(), *near}});
      else if (context.root != ShapeRoot::xml) {
        Span at{prefix.span().file, prefix.span().end + 1, prefix.span().end + 1};
        report.help(Grade::likely, "a label stands before a colon and a blank", {{at, " "}});
      }
      break;
    }
    case SyntaxKind::label_any_namespace: {
      NodeRef local = label.child(SyntaxKind::label);
      member.name = local ? local.text() : label.text().substr(std::min<size_t>(2, label.text().size()));
      member.flags |= kAnyNamespace;
      if (context.shape->builds) sink_.report(Diag::pattern_not_here, label.span()).arg("pattern", label.text()).label("a message that is built must state the namespace");
      break;
    }
    case SyntaxKind::label_quoted: member.name = plain_text(label.first()).value_or(std::string(label.text())); break;
    default: member.name = label.text();
  }
}

ShapeNode CarrierResolver::member_node(NodeRef field, ShapeContext& context) {
  std::vector<NodeRef> labels;
  NodeRef pattern;
  bool optional = field.has(SyntaxKind::mark_optional);
  for (NodeRef child : field.children()) {
    switch (child.kind()) {
      case SyntaxKind::label: case SyntaxKind::label_attribute: case SyntaxKind::label_qualified: case SyntaxKind::label_any_namespace:
      case SyntaxKind::label_quoted: labels.push_back(child); break;
      case SyntaxKind::mark_optional: break;
      default:
        if (!is_head(child.kind())) pattern = child;
    }
  }
  if (labels.empty()) return node_of(NodeKind::member, field.span());
  std::string_view last = labels.back().is(SyntaxKind::label) ? labels.back().text() : std::string_view();
  ShapeNode inner;
  if (pattern) {
    bool outer = context.in_part;
    context.in_part = context.root == ShapeRoot::multipart;
    inner = value_node(pattern, context, last, optional);
    context.in_part = outer;
    if (flat(context.root, outer)) check_flat(inner, context);
  } else {
    inner = node_of(NodeKind::any, field.span());
    if (context.shape->builds && !field.has_error()) {
      sink_.report(Diag::value_missing, field.span()).arg("name", last).label("has no value");
    }
  }
  for (size_t i = labels.size(); i-- > 0;) {
    ShapeNode member = node_of(NodeKind::member, labels[i].span());
    label_into(member, labels[i], context);
    if (i + 1 == labels.size() && optional) member.flags |= kOptional;
    member.children.push_back(std::move(inner));
    if (i == 0) return member;
    inner = node_of(NodeKind::object, labels[i].span());
    inner.children.push_back(std::move(member));
  }
  return node_of(NodeKind::member, field.span());
}

ShapeNode CarrierResolver::list_node(NodeRef list, ShapeContext& context) {
  ShapeNode node = node_of(NodeKind::list, list.span());
  NodeRef misplaced;
  for (NodeRef element : list.children()) {
    if (element.is(SyntaxKind::rest)) {
      bool first = element == list.first(), last = element == list.last();
      if (first || last) node.flags |= last ? kOpen : kFront;
      else if (!misplaced) misplaced = element;
      if (context.shape->builds) {
        sink_.report(Diag::pattern_not_here, element.span()).arg("pattern", "..").label("a list that is built has the elements that stand here");
      }
    } else if (element.is(SyntaxKind::for_each)) {
      repeat_into(node, element, context);
    } else if (element.is(SyntaxKind::spread)) {
      spread_into(node, element, context);
    } else if (!element.is(SyntaxKind::error) && !is_head(element.kind())) {
      node.children.push_back(value_node(element, context, "", false));
    }
  }
  if (list.child_count() == 1 && (node.flags & kOpen)) return node;  // [..]: any list
  if ((node.flags & kFront) && node.children.size() != 1 && !misplaced) misplaced = list.first();
  if (misplaced) {
    sink_.report(Diag::rest_place, misplaced.span()).label(node.children.size() > 1 ? "how many elements is this?" : "around what?");
    node.flags = 0;
  }
  return node;
}

ShapeNode CarrierResolver::hole_node(Hole hole, ShapeContext& context) {
  ShapeNode node = node_of(NodeKind::hole, hole.span);
  node.hole = static_cast<uint32_t>(context.shape->holes.size());
  context.shape->holes.push_back(std::move(hole));
  return node;
}

}  // namespace tollgate::hir
