#include "runtime/shapes/trie.h"

namespace tollgate {

struct Trie::Placing {
  const Module& module;
  const Shape& shape;
  std::vector<uint32_t> where;
};

uint32_t Trie::fresh() {
  nodes_.emplace_back();
  return static_cast<uint32_t>(nodes_.size() - 1);
}

uint32_t Trie::root(ShapeRoot root) {
  if (root == ShapeRoot::query) root = ShapeRoot::form;  // one syntax, one scan
  for (auto& [known, at] : roots_)
    if (known == root) return at;
  uint32_t at = fresh();
  roots_.emplace_back(root, at);
  return at;
}

std::vector<uint32_t> Trie::add(const Module& module, const Shape& shape) {
  Placing p{module, shape, std::vector<uint32_t>(shape.nodes.size(), 0)};
  if (!shape.nodes.empty()) place(p, 0, root(shape.root));
  return std::move(p.where);
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
    case NodeKind::list:
      nodes_[at].listed = true;
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
      break;
    case NodeKind::pairs: place_pairs(p, node, at); break;
    case NodeKind::alternatives:
      for (Index child : node.children) place(p, child, at);
      break;
    case NodeKind::codec: {
      uint32_t to = 0;
      auto codec = static_cast<Codec>(node.name);
      ShapeRoot root = node.root == ShapeRoot::query ? ShapeRoot::form : node.root;
      for (const CodecEdge& e : nodes_[at].codecs)
        if (e.codec == codec && e.root == root) to = e.to;
      if (to == 0) {
        to = fresh();
        nodes_[at].codecs.push_back({codec, root, to});
      }
      if (!node.children.empty()) place(p, node.children[0], to);
      break;
    }
    default: break;
  }
}

}  // namespace tollgate
