// The structure of shapes, the same when building and matching: codecs, records, labels, lists. Values are in build_shapes.cpp and
// match_shapes.cpp.
#include <algorithm>
#include <optional>

#include "compiler/diag/suggest.h"
#include "compiler/resolve/carrier_resolver.h"
#include "runtime/bytecode/limits.h"

namespace tollgate::hir {
namespace {

std::optional<ShapeRoot> root_of(std::string_view word) {
  if (word == "json") return ShapeRoot::json;
  if (word == "form") return ShapeRoot::form;
  if (word == "query") return ShapeRoot::query;
  if (word == "xml") return ShapeRoot::xml;
  if (word == "text") return ShapeRoot::text;
  if (word == "multipart") return ShapeRoot::multipart;
  return std::nullopt;
}

constexpr std::string_view kWrapping[] = {
#define TG_CODEC(name, doc) #name,
#include "runtime/catalog/codecs.def"
#undef TG_CODEC
};

bool is_content(NodeRef node) {
  return node && !node.is(SyntaxKind::codec) && !node.is(SyntaxKind::at) && !node.is(SyntaxKind::by);
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

// The first node that is deeper than a module can hold. The parser's own limit counts the blocks around a message, and is wider.
const ShapeNode* too_deep(const ShapeNode& node, int depth) {
  if (depth >= limits::kShapeDepth) return &node;
  for (const ShapeNode& child : node.children) {
    if (const ShapeNode* found = too_deep(child, node.kind == NodeKind::member ? depth : depth + (node.kind == NodeKind::pairs ? 2 : 1))) return found;
  }
  return nullptr;
}

void check_depth(const Shape& shape, Sink& sink) {
  const ShapeNode* deep = too_deep(shape.node, 0);
  if (deep) sink.report(Diag::too_deep, deep->span).arg("limit", std::to_string(limits::kShapeDepth)).label("one level too many for a message");
}

}  // namespace

Shape CarrierResolver::build(NodeRef node, const Scope& scope) {
  Shape shape;
  shape.builds = true;
  shape.span = node.span();
  ShapeContext context{&shape, &scope, ShapeRoot::json};
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
  if (shape.root != ShapeRoot::bytes) shape.root = context.root;
  check_depth(shape, sink_);
  return shape;
}

Shape CarrierResolver::match(NodeRef node, const Scope& scope) {
  NodeRef content;
  for (NodeRef child : node.children()) if (is_content(child)) content = child;
  return match_rows(node, content, scope);
}

Shape CarrierResolver::match_rows(NodeRef codecs_of, NodeRef pattern, const Scope& scope) {
  Shape shape;
  shape.span = pattern ? pattern.span() : codecs_of.span();
  ShapeContext context{&shape, &scope, ShapeRoot::json};
  std::vector<NodeRef> codecs;
  for (NodeRef child : codecs_of.children(SyntaxKind::codec)) codecs.push_back(child);
  if (codecs_of.has_error() || codecs.empty() || (pattern && pattern.has_error())) {
    shape.node = node_of(NodeKind::any, shape.span);
    return shape;
  }
  if (!root_of(codecs[0].child(SyntaxKind::name).text())) shape.root = ShapeRoot::bytes;
  shape.node = codec_chain(codecs, 0, codecs_of.child(SyntaxKind::at), pattern, context);
  if (shape.root != ShapeRoot::bytes) shape.root = context.root;
  check_depth(shape, sink_);
  if (NodeRef by = codecs_of.child(SyntaxKind::by)) unsupported(by, "`by`");
  return shape;
}

ShapeNode CarrierResolver::codec_chain(const std::vector<NodeRef>& codecs, size_t i, NodeRef at, NodeRef content, ShapeContext& context) {
  if (i == codecs.size()) return content_node(content, context);
  NodeRef name = codecs[i].child(SyntaxKind::name);
  std::string_view word = name.text();
  Span span = codecs[i].span();
  if (word == "pairs") {
    ShapeNode node = node_of(NodeKind::pairs, span);
    std::vector<NodeRef> fields;
    for (NodeRef arg : codecs[i].child(SyntaxKind::args).children()) fields.push_back(arg);
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
  if (auto root = root_of(word)) {
    context.root = *root;
    ShapeNode inside = codec_chain(codecs, i + 1, {}, content, context);
    if (at) {
      NodeRef path = at.child(SyntaxKind::path);
      inside = nested(dotted(path ? path.text() : at.text()), std::move(inside), at.span());
    }
    if (*root != ShapeRoot::json && *root != ShapeRoot::xml && inside.kind == NodeKind::list) {
      sink_.report(Diag::shape_expected, inside.span).arg("what", "a record").label("`" + std::string(word) + "` has no lists");
    }
    return inside;
  }
  auto known = std::find(std::begin(kWrapping), std::end(kWrapping), word);
  if (known == std::end(kWrapping)) {
    std::vector<std::string> names(std::begin(kWrapping), std::end(kWrapping));
    for (std::string_view root : {"json", "form", "query", "xml", "text", "pairs"}) names.emplace_back(root);
    Report report = sink_.report(Diag::unknown_name, name.span());
    report.arg("what", "codec").arg("name", word).label("this edition has no such codec");
    if (auto near = suggest(word, names)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{name.span(), *near}});
    return node_of(NodeKind::any, span);
  }
  ShapeNode node = node_of(NodeKind::codec, span);
  node.name = word;
  ShapeRoot outside = context.root;
  context.root = ShapeRoot::text;  // what a codec wraps without naming how is text
  node.children.push_back(codec_chain(codecs, i + 1, at, content, context));
  node.root = context.root;
  context.root = outside;
  return node;
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
    case SyntaxKind::shape: {
      // A codec inside: `Item: pairs(…) { … }`, `data: base64 json { … }`. Its exact bytes or its text, then one value of the outer codec.
      std::vector<NodeRef> codecs;
      NodeRef content;
      for (NodeRef child : pattern.children()) {
        if (child.is(SyntaxKind::codec)) codecs.push_back(child);
        if (is_content(child)) content = child;
      }
      if (codecs.empty()) return node_of(NodeKind::any, pattern.span());
      std::string_view first = codecs[0].child(SyntaxKind::name).text();
      if (first == "pairs") return codec_chain(codecs, 0, pattern.child(SyntaxKind::at), content, context);
      if (root_of(first)) {
        if (context.shape->builds) return built_value(pattern, context, optional);  // its bytes, as one value
        unsupported(pattern, "a message inside a message without a codec that wraps it");
        return node_of(NodeKind::any, pattern.span());
      }
      return codec_chain(codecs, 0, pattern.child(SyntaxKind::at), content, context);
    }
    default: break;
  }
  return context.shape->builds ? built_value(pattern, context, optional) : matched_value(pattern, context, label, optional);
}

ShapeNode CarrierResolver::record_node(NodeRef record, ShapeContext& context) {
  ShapeNode node = node_of(NodeKind::object, record.span());
  for (NodeRef field : record.children()) {
    if (field.is(SyntaxKind::field)) {
      if (field.has_error() && !field.first()) continue;
      ShapeNode member = member_node(field, context);
      for (const ShapeNode& other : node.children) {
        bool same_label = other.name == member.name && other.ns == member.ns && (other.flags & kAttribute) == (member.flags & kAttribute);
        if (!same_label || context.root == ShapeRoot::xml) continue;
        sink_.report(Diag::duplicate_member, member.span).arg("name", member.name).label("written twice").also(other.span, "first here");
      }
      node.children.push_back(std::move(member));
    } else if (!field.is(SyntaxKind::error)) {
      unsupported(field, field.is(SyntaxKind::spread) ? "`..` of another shape" : "`for` in a shape");
    }
  }
  return node;
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
    inner = value_node(pattern, context, last, optional);
    const bool flat = context.root == ShapeRoot::form || context.root == ShapeRoot::query;
    if (flat && (inner.kind == NodeKind::list || inner.kind == NodeKind::object)) {
      sink_.report(Diag::shape_expected, inner.span).arg("what", "one value").label("a form and a query hold names and single values");
    }
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
  for (NodeRef element : list.children()) {
    if (element.is(SyntaxKind::rest)) node.flags |= kOpen;
    else if (element.is(SyntaxKind::for_each)) unsupported(element, "`for` in a shape");
    else node.children.push_back(value_node(element, context, "", false));
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
