#include "runtime/shapes/trie.h"

namespace tollgate {

struct Trie::Placing {
  const Module& module;
  const Shape& shape;
  std::vector<uint32_t> where;
  ShapeRoot root;   // of the bytes that are being placed
};

namespace {

std::vector<CodecOperand> operands_of(const Module& module, const Shape& shape, const ShapeNode& codec) {
  std::vector<CodecOperand> out;
  for (size_t i = 1; i < codec.children.size(); i++) {
    const ShapeNode& n = shape.nodes[codec.children[i]];
    if (n.kind == NodeKind::setting) out.push_back({{}, n.value});
    else out.push_back({n.kind == NodeKind::literal ? module.text(module.constants[n.value].text) : std::string_view(), kNone});
  }
  return out;
}

}  // namespace

uint32_t Trie::fresh() {
  nodes_.emplace_back();
  return static_cast<uint32_t>(nodes_.size() - 1);
}

uint32_t Trie::root(ShapeRoot root, std::string_view format) {
  if (root == ShapeRoot::query) root = ShapeRoot::form;  // one syntax, one scan
  for (const Root& known : roots_)
    if (known.root == root && known.format == format) return known.at;
  uint32_t at = fresh();
  roots_.push_back({root, format, at});
  return at;
}

std::vector<uint32_t> Trie::add(const Module& module, const Shape& shape) {
  Placing p{module, shape, std::vector<uint32_t>(shape.nodes.size(), 0), shape.root};
  if (!shape.nodes.empty()) place(p, 0, root(shape.root, module.text(shape.format)));
  shapes_++;
  return std::move(p.where);
}

const SearchEdge* Trie::search(uint32_t list, uint32_t element) const {
  for (const SearchEdge& e : nodes_[list].searches)
    if (e.to == element) return &e;
  return nullptr;
}

const SearchEdge* Trie::rows(uint32_t list) const {
  for (const SearchEdge& e : nodes_[list].searches)
    if (e.rows) return &e;
  return nullptr;
}

void Trie::gather(uint32_t at, std::vector<uint32_t>& places) const {
  const TrieNode& node = nodes_[at];
  places.push_back(at);
  for (const TrieEdge& e : node.edges) gather(e.to, places);
  for (const ElementEdge& e : node.elements) gather(e.to, places);
  for (const PairsEdge& e : node.pairs) gather(e.group, places);
  for (const CodecEdge& e : node.codecs) gather(e.to, places);
  for (const SearchEdge& e : node.searches) places.push_back(e.state), gather(e.to, places);
}

void Trie::finish() {
  for (TrieNode& node : nodes_)
    for (SearchEdge& e : node.searches)
      if (e.rows) gather(e.to, e.places);
}

uint32_t Trie::member(uint32_t at, const TrieEdge& wanted) {
  for (const TrieEdge& e : nodes_[at].edges)
    if (e.name == wanted.name && e.ns == wanted.ns && e.attribute == wanted.attribute && e.any_namespace == wanted.any_namespace) return e.to;
  TrieEdge edge = wanted;
  edge.to = fresh();
  nodes_[at].edges.push_back(edge);
  return edge.to;
}

void Trie::place_pairs(Placing& p, const ShapeNode& node, uint32_t at) {
  std::string_view key = p.module.text(node.name), value = p.module.text(node.ns);
  uint32_t group = 0;
  for (const PairsEdge& e : nodes_[at].pairs)
    if (e.key == key && e.value == value) group = e.group;
  if (group == 0) {
    group = fresh();
    nodes_[at].pairs.push_back({key, value, group});
  }
  for (Index child : node.children) {
    const ShapeNode& m = p.shape.nodes[child];
    p.where[child] = member(group, {p.module.text(m.name), {}, false, false, 0});
    if (!m.children.empty()) place(p, m.children[0], p.where[child]);
  }
}

// All shapes that read rows read the same ones.
void Trie::place_rows(Placing& p, const ShapeNode& node, uint32_t at) {
  const SearchEdge* known = rows(at);
  uint32_t to = known != nullptr ? known->to : fresh();
  if (known == nullptr) {
    SearchEdge e;
    e.to = to;
    e.shape = shapes_;
    e.node = node.children[0];
    e.root = p.root;
    e.rows = true;
    nodes_[at].searches.push_back(std::move(e));
  }
  place(p, node.children[0], to);
}

// A list that is searched has places of its own: what one shape looks for there, another would not.
void Trie::place_list(Placing& p, const ShapeNode& node, uint32_t at) {
  nodes_[at].listed = true;
  if (node.flags & kEach) return place_rows(p, node, at);
  for (Index child : node.children)
    if (p.shape.nodes[child].kind == NodeKind::repeat) return;  // how many there are, nobody knows: any list is taken
  if (node.flags & kFront) {
    SearchEdge e;
    e.state = fresh();
    e.to = fresh();
    e.shape = shapes_;
    e.node = node.children[0];
    e.root = p.root;
    e.last = !(node.flags & kOpen);
    place(p, e.node, e.to);
    e.end = static_cast<uint32_t>(nodes_.size());
    nodes_[at].searches.push_back(e);
    return;
  }
  for (uint32_t i = 0; i < node.children.size(); i++) {
    uint32_t to = 0;
    for (const ElementEdge& e : nodes_[at].elements)
      if (e.position == i) to = e.to;
    if (to == 0) {
      to = fresh();
      nodes_[at].elements.push_back({i, to});
    }
    place(p, node.children[i], to);
  }
}

void Trie::place_codec(Placing& p, const ShapeNode& node, uint32_t at) {
  uint32_t to = 0;
  ShapeRoot root = node.root == ShapeRoot::query ? ShapeRoot::form : node.root;
  std::string_view format = p.module.text(node.ns);
  const std::vector<CodecOperand> operands = operands_of(p.module, p.shape, node);
  for (const CodecEdge& e : nodes_[at].codecs)
    if (e.codec == node.name && e.root == root && e.format == format && e.operands == operands) to = e.to;
  if (to == 0) {
    to = fresh();
    nodes_[at].codecs.push_back({node.name, root, format, to, operands});
  }
  ShapeRoot outside = p.root;
  p.root = root;
  if (!node.children.empty()) place(p, node.children[0], to);
  p.root = outside;
}

void Trie::place(Placing& p, Index index, uint32_t at) {
  const ShapeNode& node = p.shape.nodes[index];
  p.where[index] = at;
  switch (node.kind) {
    case NodeKind::object:
      for (Index child : node.children) {
        const ShapeNode& m = p.shape.nodes[child];
        p.where[child] = member(at, {p.module.text(m.name), p.module.text(m.ns), (m.flags & kAttribute) != 0,
                                     (m.flags & kAnyNamespace) != 0, 0});
        if (!m.children.empty()) place(p, m.children[0], p.where[child]);
      }
      break;
    case NodeKind::list: place_list(p, node, at); break;
    case NodeKind::pairs: place_pairs(p, node, at); break;
    case NodeKind::alternatives:
      for (Index child : node.children) place(p, child, at);
      break;
    case NodeKind::codec: place_codec(p, node, at); break;
    default: break;
  }
}

}  // namespace tollgate
