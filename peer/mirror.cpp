#include "peer/mirror.h"

#include "runtime/value/decimal.h"

namespace tollgate::peer {
namespace {

bool typed_tokens(ShapeRoot root) { return root == ShapeRoot::json; }

// Only JSON has numbers and booleans of its own; everywhere else a token is text.
Kind wire_kind(Reader reader, ShapeRoot root) {
  if (!typed_tokens(root)) return Kind::text;
  switch (reader) {
    case Reader::integer:
    case Reader::integer_loose:
    case Reader::time_epoch:
    case Reader::time_epoch_ms:
    case Reader::duration_seconds:
    case Reader::duration_ms:
    case Reader::duration_minutes:
    case Reader::money_minor: return Kind::integer;
    case Reader::decimal:
    case Reader::decimal_loose: return Kind::decimal;
    case Reader::boolean:
    case Reader::boolean_loose: return Kind::boolean;
    default: return Kind::text;
  }
}

Reader reader_of(Kind built) {
  switch (built) {
    case Kind::integer: return Reader::integer;
    case Kind::decimal: return Reader::decimal;
    case Kind::boolean: return Reader::boolean;
    default: return Reader::text;
  }
}

// Walks the tree once, telling each hole the member it stands in and how its bytes are written.
void describe(const Module& module, const Shape& shape, Index at, ShapeRoot root, std::string_view label, std::string_view about,
              std::vector<MirrorHole>& out, int depth) {
  if (at >= shape.nodes.size() || depth > 64) return;
  const ShapeNode& node = shape.nodes[at];
  if (node.kind == NodeKind::hole && node.value < out.size()) {
    const Hole& hole = shape.holes[node.value];
    MirrorHole& seen = out[node.value];
    seen.label = label.empty() ? std::string(module.text(hole.name)) : std::string(label);
    seen.origin = std::string(without_procedure(module.text(hole.origin), about));
    seen.reader = static_cast<Reader>(hole.reader);
    if (hole.argument != kNone) seen.argument = constant_text(module, hole.argument);
    seen.wire = wire_kind(seen.reader, root);
    seen.equal = hole.equal;
    seen.width = node.size;
    seen.padded = root == ShapeRoot::fixed;
    return;
  }
  if (node.kind == NodeKind::member) label = module.text(node.name);
  ShapeRoot below = node.kind == NodeKind::codec ? node.root : node.kind == NodeKind::text && root != ShapeRoot::fixed ? ShapeRoot::text : root;
  for (Index child : node.children) describe(module, shape, child, below, label, about, out, depth + 1);
}

Index intern(std::vector<std::string>& texts, std::string_view text) {
  for (size_t i = 0; i < texts.size(); ++i)
    if (texts[i] == text) return static_cast<Index>(i);
  texts.emplace_back(text);
  return static_cast<Index>(texts.size() - 1);
}

Index text_constant(Module& module, std::string_view text) {
  Index index = intern(module.texts, text);
  for (size_t i = 0; i < module.constants.size(); ++i)
    if (module.constants[i].kind == Kind::text && module.constants[i].text == index) return static_cast<Index>(i);
  Constant constant;
  constant.kind = Kind::text;
  constant.text = index;
  module.constants.push_back(constant);
  return static_cast<Index>(module.constants.size() - 1);
}

// Copies a tree in preorder, so that children stand after their parents as the format asks.
class Writing {
 public:
  Writing(Module& module, const Shape& from) : module_(module), from_(from) {
    to_.root = from.root;
    to_.format = from.format;
  }

  Shape run() {
    copy(0, from_.root, 0);
    to_.holes = from_.holes;
    std::vector<MirrorHole> holes = mirror_holes(module_, from_, "");
    for (size_t i = 0; i < to_.holes.size(); ++i) {
      Hole& hole = to_.holes[i];
      hole.type = Type{holes[i].wire, false, kPublic, Kind::missing};
      hole.reader = static_cast<uint32_t>(Reader::text);
      hole.argument = kNone;
      hole.equal = hole.finds = false;
    }
    return std::move(to_);
  }

 private:
  // kNone when nothing is to be written.
  Index copy(Index at, ShapeRoot root, int depth) {
    if (at >= from_.nodes.size() || depth > 64) return kNone;
    const ShapeNode& node = from_.nodes[at];
    switch (node.kind) {
      case NodeKind::missing: return kNone;
      case NodeKind::any: return literal(root == ShapeRoot::xml ? "" : "given");
      case NodeKind::alternatives: return choose(node, root, depth);
      case NodeKind::member: return member(node, root, depth);
      default: break;
    }
    Index index = push(node);
    ShapeRoot below = node.kind == NodeKind::codec ? node.root : root;
    for (Index child : node.children) {
      Index made = copy(child, below, depth + 1);
      if (made != kNone) to_.nodes[index].children.push_back(made);
    }
    return index;
  }

  // A value if any may stand there, else the first alternative that can be written at all.
  Index choose(const ShapeNode& node, ShapeRoot root, int depth) {
    for (Index child : node.children)
      if (child < from_.nodes.size() && from_.nodes[child].kind == NodeKind::hole) return copy(child, root, depth + 1);
    for (Index child : node.children)
      if (child < from_.nodes.size() && from_.nodes[child].kind != NodeKind::missing) return copy(child, root, depth + 1);
    return kNone;
  }

  // A member whose child is `missing` leaves nothing behind.
  Index member(const ShapeNode& node, ShapeRoot root, int depth) {
    size_t before = to_.nodes.size();
    Index index = push(node);
    ShapeNode& made = to_.nodes[index];
    made.flags &= static_cast<uint8_t>(~(kOptional | kAnyNamespace));
    if ((node.flags & kAnyNamespace) != 0) made.ns = kNone;
    Index child = node.children.empty() ? kNone : copy(node.children[0], root, depth + 1);
    if (child == kNone) {
      to_.nodes.resize(before);
      return kNone;
    }
    to_.nodes[index].children.push_back(child);
    return index;
  }

  Index push(const ShapeNode& node) {
    to_.nodes.push_back(node);
    to_.nodes.back().children.clear();
    return static_cast<Index>(to_.nodes.size() - 1);
  }

  Index literal(std::string_view text) {
    ShapeNode node;
    node.kind = NodeKind::literal;
    node.value = text_constant(module_, text);
    return push(node);
  }

  Module& module_;
  const Shape& from_;
  Shape to_;
};

// Copies `from`'s subtree to the end of `to`, holes shifted.
Index graft(Shape& to, const Shape& from, Index at, Index holes_before, int depth) {
  ShapeNode node = from.nodes[at];
  std::vector<Index> children = std::move(node.children);
  node.children.clear();
  if (node.kind == NodeKind::hole) node.value += holes_before;
  to.nodes.push_back(node);
  Index index = static_cast<Index>(to.nodes.size() - 1);
  if (depth > 64) return index;
  for (Index child : children) {
    Index made = graft(to, from, child, holes_before, depth + 1);
    to.nodes[index].children.push_back(made);
  }
  return index;
}

bool container(NodeKind kind) { return kind == NodeKind::object || kind == NodeKind::pairs; }

class Merging {
 public:
  Merging(const Shape& base, const Shape& extra) : base_(base), extra_(extra), before_(static_cast<Index>(base.holes.size())) {
    to_.root = base.root;
    to_.format = base.format;
    to_.holes = base.holes;
    to_.holes.insert(to_.holes.end(), extra.holes.begin(), extra.holes.end());
  }

  Shape run() {
    node(0, extra_.nodes.empty() ? kNone : 0, 0);
    return std::move(to_);
  }

 private:
  Index node(Index base_at, Index extra_at, int depth) {
    ShapeNode made = base_.nodes[base_at];
    std::vector<Index> children = std::move(made.children);
    made.children.clear();
    to_.nodes.push_back(made);
    Index index = static_cast<Index>(to_.nodes.size() - 1);
    repeat_key(base_at, extra_at);
    bool both = extra_at != kNone && depth < 64 && base_.nodes[base_at].kind == extra_.nodes[extra_at].kind;
    bool open = both && container(base_.nodes[base_at].kind);
    for (size_t i = 0; i < children.size(); ++i) {
      Index partner = kNone;
      if (open) partner = find(extra_, extra_at, base_.nodes[children[i]]);
      else if (both && i < extra_.nodes[extra_at].children.size()) partner = extra_.nodes[extra_at].children[i];
      Index child = node(children[i], partner, depth + 1);
      to_.nodes[index].children.push_back(child);
    }
    if (!open) return index;
    for (Index child : extra_.nodes[extra_at].children) {
      if (find(base_, base_at, extra_.nodes[child]) != kNone) continue;
      Index grafted = graft(to_, extra_, child, before_, depth + 1);
      to_.nodes[index].children.push_back(grafted);
    }
    return index;
  }

  // What `base` would take from anywhere and `extra` compares must be what is compared.
  void repeat_key(Index base_at, Index extra_at) {
    if (extra_at == kNone || base_.nodes[base_at].kind != NodeKind::hole || extra_.nodes[extra_at].kind != NodeKind::hole) return;
    const Hole& wanted = extra_.holes[extra_.nodes[extra_at].value];
    Hole& hole = to_.holes[base_.nodes[base_at].value];
    if (!wanted.equal || hole.equal) return;
    hole.equal = true;
    hole.origin = wanted.origin;
  }

  static Index find(const Shape& shape, Index at, const ShapeNode& member) {
    for (Index child : shape.nodes[at].children) {
      const ShapeNode& other = shape.nodes[child];
      bool same = other.name == member.name && other.ns == member.ns && ((other.flags ^ member.flags) & kAttribute) == 0;
      if (other.kind == NodeKind::member && same) return child;
    }
    return kNone;
  }

  const Shape& base_;
  const Shape& extra_;
  Index before_;
  Shape to_;
};

}  // namespace

std::string_view without_procedure(std::string_view origin, std::string_view about) {
  if (!about.empty() && origin.size() > about.size() && origin.substr(0, about.size()) == about && origin[about.size()] == '.')
    return origin.substr(about.size() + 1);
  return origin;
}

std::string constant_text(const Module& module, Index constant) {
  if (constant >= module.constants.size()) return {};
  const Constant& c = module.constants[constant];
  switch (c.kind) {
    case Kind::integer:
    case Kind::duration:
    case Kind::time: return std::to_string(c.integer);
    case Kind::boolean: return c.integer != 0 ? "true" : "false";
    case Kind::decimal:
    case Kind::money: return to_text(Decimal{c.integer, c.scale});
    case Kind::currency: return unpack_currency(c.currency);
    default: return std::string(module.text(c.text));
  }
}

std::vector<MirrorHole> mirror_holes(const Module& module, const Shape& shape, std::string_view about) {
  std::vector<MirrorHole> out(shape.holes.size());
  describe(module, shape, 0, shape.root, "", about, out, 0);
  return out;
}

Shape readable(const Shape& built) {
  Shape shape = built;
  for (Hole& hole : shape.holes) {
    Reader reader = reader_of(hole.type.kind);
    hole.reader = static_cast<uint32_t>(reader);
    hole.type.kind = reader == Reader::text ? Kind::text : hole.type.kind;
    hole.argument = kNone;
    hole.equal = false;
  }
  return shape;
}

Shape writable(Module& module, const Shape& matched) { return Writing(module, matched).run(); }

Shape merged(const Shape& base, const Shape& extra) {
  if (base.root != extra.root || base.format != extra.format || base.nodes.empty()) return base;
  return Merging(base, extra).run();
}

}  // namespace tollgate::peer
