// Each way of writing a message has its own structure: what stands where nothing of its kind can stand is told here, at its place. The verifier keeps the
// same rules (V3); what the resolver tells of a whole message, that a form is a record or a row a list, is not told again.
#include <algorithm>

#include "compiler/check/rules.h"
#include "runtime/bytecode/format.h"

namespace tollgate::hir {
namespace {

constexpr size_t kTextParts = 64;

// Where a node stands, from what is around it.
struct Standing {
  ShapeRoot root = ShapeRoot::json;
  std::string_view format;
  bool top = false;        // the whole message, or the whole content of a codec
  bool of_member = false;
  bool attribute = false;
  bool in_list = false;
};

bool xml_name(std::string_view name) {
  auto starts = [](unsigned char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c >= 0x80; };
  auto goes_on = [&](unsigned char c) { return starts(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !name.empty() && starts(static_cast<unsigned char>(name[0])) && std::all_of(name.begin(), name.end(), goes_on);
}

bool nests(const ShapeNode& node) { return node.kind == NodeKind::object || node.kind == NodeKind::list || node.kind == NodeKind::pairs; }

class Forms {
 public:
  Forms(const Shape& shape, Sink& sink) : shape_(shape), sink_(sink) {}

  void run() {
    if (shape_.root == ShapeRoot::path) return;  // its own rules: CR0320
    Standing top;
    top.root = shape_.root;
    top.format = shape_.format;
    top.top = true;
    look(shape_.node, top);
  }

 private:
  void expected(const ShapeNode& at, std::string_view what, std::string label, std::string help = {}) {
    Report report = sink_.report(Diag::shape_expected, at.span);
    report.arg("what", what).label(std::move(label));
    if (!help.empty()) report.help(Grade::example, std::move(help));
  }

  void look(const ShapeNode& node, const Standing& at) {
    switch (node.kind) {
      case NodeKind::object: return record(node, at);
      case NodeKind::pairs: return pairs(node, at);
      case NodeKind::list: return list(node, at);
      case NodeKind::alternatives: return alternatives(node, at);
      case NodeKind::codec: return codec(node);
      case NodeKind::text: return text(node);
      case NodeKind::null:
        if (at.root != ShapeRoot::json) expected(node, "a text", "`null` exists in json only");
        return;
      case NodeKind::missing:
        if (!at.of_member) expected(node, "a value", "only a member can be missing: `label: missing`");
        return;
      default: return;
    }
  }

  void record(const ShapeNode& node, const Standing& at) {
    if (at.attribute) return expected(node, "a text", "an attribute has no members");
    const bool xml_top = at.root == ShapeRoot::xml && at.top;
    if (xml_top && node.children.size() != 1) return expected(node, "one root element", "a document of xml has exactly one", "`xml { request { … } }`");
    for (const ShapeNode& member : node.children) {
      if (member.kind != NodeKind::member) continue;
      label(member, at);
      if (xml_top && (member.flags & (kAttribute | kOptional))) expected(member, "one root element", member.flags & kOptional ? "the root is always there" : "an attribute needs an element");
      Standing below = at;
      below.top = below.in_list = false;
      below.of_member = true;
      below.attribute = (member.flags & kAttribute) != 0;
      const bool own_text = member.name.empty() && (at.root == ShapeRoot::xml || at.root == ShapeRoot::multipart);
      if (member.children.size() != 1) continue;
      if ((own_text || below.attribute) && nests(member.children[0])) expected(member.children[0], "one value", "an attribute and the text beside it have no parts");
      else look(member.children[0], below);
    }
  }

  void label(const ShapeNode& member, const Standing& at) {
    const bool part = at.root == ShapeRoot::multipart && !at.top;  // CR0216
    const bool foreign = at.root != ShapeRoot::xml && ((member.flags & (kAttribute | kAnyNamespace)) != 0 || !member.ns.empty());
    if (foreign && !part) return expected(member, "a plain label", "attributes and namespaces exist in xml only", "a label that begins so is written in quotes");
    const bool own_text = member.name.empty() && !at.top;
    if (at.root == ShapeRoot::xml && !own_text && !xml_name(member.name)) return expected(member, "the name of an element", "no element is called so in xml");
    if (at.root == ShapeRoot::multipart && member.name.find_first_of("\"\\\r\n") != std::string::npos) return expected(member, "the name of a part", "no part can be called so");
    const bool broken = member.name.find(at.format) != std::string::npos || member.name.find_first_of("\r\n") != std::string::npos;
    if (at.root == ShapeRoot::lines && at.top && !at.format.empty() && broken) expected(member, "the name of a line", "holds what stands between name and value");
  }

  void pairs(const ShapeNode& node, const Standing& at) {
    if (node.name == node.ns) expected(node, "two different labels", "one for the name and one for the value");
    const bool fits = at.root == ShapeRoot::json || (at.root == ShapeRoot::xml && at.of_member);
    if (!fits) return expected(node, "one value", at.top ? "`pairs` stands in `json` or `xml`, which says how the list is written" : "a list of names and values stands in json or xml",
                               at.top ? "`json pairs(Name, Value) { … }`" : "");
    if (at.root == ShapeRoot::xml && (!xml_name(node.name) || !xml_name(node.ns))) expected(node, "names of elements", "no element is called so in xml");
    for (const ShapeNode& member : node.children) {
      if (member.kind != NodeKind::member) continue;
      if (!member.ns.empty() || (member.flags & (kAttribute | kAnyNamespace))) {
        expected(member, "a plain label", "names in `pairs` are texts");
        continue;
      }
      Standing below = at;
      below.top = below.in_list = false;
      below.of_member = true;
      if (member.children.size() != 1) continue;
      if (at.root == ShapeRoot::xml && nests(member.children[0])) expected(member.children[0], "one value", "what stands beside a name is one text");
      else look(member.children[0], below);
    }
  }

  // Lines are a whole message; elements stand where a list can.
  void rows(const ShapeNode& node, const Standing& at) {
    const bool lines = at.root == ShapeRoot::csv || at.root == ShapeRoot::lines || at.root == ShapeRoot::text || at.root == ShapeRoot::fixed;
    const bool elements = at.root == ShapeRoot::json || (at.root == ShapeRoot::xml && at.of_member && !at.attribute);
    if (lines ? !at.top : !elements) return expected(node, "one value", "no rows can stand here");
    Standing below = at;
    below.top = at.root == ShapeRoot::csv;
    below.of_member = false;
    below.in_list = at.root == ShapeRoot::xml;
    look(node.children[0], below);
  }

  void list(const ShapeNode& node, const Standing& at) {
    if (node.flags & kEach) return rows(node, at);
    const bool rows = (at.root == ShapeRoot::csv || at.root == ShapeRoot::lines) && at.top;
    const bool repeated = (at.root == ShapeRoot::form || at.root == ShapeRoot::query) && at.of_member;
    const bool elements = at.root == ShapeRoot::xml && at.of_member && !at.attribute;
    if (at.root == ShapeRoot::xml && at.in_list) return expected(node, "an element", "xml has no lists of lists");
    if (at.root != ShapeRoot::json && !rows && !repeated && !elements) return expected(node, "one value", "no list can stand here");
    for (const ShapeNode& element : node.children) {
      const ShapeNode& child = element.kind == NodeKind::repeat && element.children.size() == 1 ? element.children[0] : element;
      Standing below = at;
      below.top = below.of_member = false;
      below.in_list = true;
      if ((rows || (repeated && &child != &element)) && nests(child)) expected(child, "one value", "a column or a line is one text");
      else if (at.root == ShapeRoot::xml && child.kind == NodeKind::pairs) expected(child, "an element", "xml has no lists of lists");
      else look(child, below);
    }
  }

  // The first that fits is taken, so what takes any text of a kind stands last.
  void alternatives(const ShapeNode& node, Standing at) {
    at.top = false;
    for (size_t i = 0; i < node.children.size(); ++i) {
      const ShapeNode& child = node.children[i];
      const bool last = i + 1 == node.children.size();
      if (child.kind == NodeKind::hole && (!last || node.bound)) {
        const bool compares = shape_.holes[child.hole].equal;
        expected(child, "a literal", compares ? "`==` stands last, and once: it asserts and chooses nothing" : "a type stands last, and once: it takes whatever comes");
        return;
      }
      look(child, at);
    }
  }

  void codec(const ShapeNode& node) {
    if (node.root == ShapeRoot::query) return expected(node, "a body", "`query` is part of an address; names and values in a text are a `form`");
    Standing below;
    below.root = node.root;
    below.format = node.ns;
    below.top = true;
    if (!node.children.empty()) look(node.children[0], below);
  }

  void text(const ShapeNode& node) {
    if (node.children.empty()) return expected(node, "a text", "is empty");
    if (node.children.size() > kTextParts) expected(node, "a shorter text", "has " + std::to_string(node.children.size()) + " parts, at most " + std::to_string(kTextParts) + " are allowed");
  }

  const Shape& shape_;
  Sink& sink_;
};

// What an answer, a message or a body is matched or built with: everything but a part of an address.
void check_body(const Shape& shape, Sink& sink) {
  if (shape.root != ShapeRoot::query) return;
  sink.report(Diag::shape_expected, shape.span).arg("what", "a body").label("`query` is part of a request's address; names and values in a body are a `form`");
}

}  // namespace

void check_forms(const Carrier& carrier, Sink& sink) {
  each_shape(carrier, [&](const Shape& shape, ShapeUse use) {
    if (use != ShapeUse::query) check_body(shape, sink);
    Forms(shape, sink).run();
  });
}

}  // namespace tollgate::hir
