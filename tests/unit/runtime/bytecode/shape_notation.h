// Shapes for tests, written as they read: shape(m, ShapeRoot::json, object({member("status", literal("OK")), member("ref", hole("ref"))})).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/bytecode/intern.h"
#include "runtime/bytecode/module.h"
#include "runtime/bytecode/wire.h"

namespace tollgate::notation {

struct Node {
  NodeKind kind = NodeKind::object;
  uint8_t flags = 0;
  ShapeRoot root = ShapeRoot::json;
  Codec codec = Codec::base64;
  std::string name, ns, text;   // hole: name; literal: text
  Kind constant = Kind::text;
  int64_t number = 0;
  uint8_t scale = 0;
  bool bound = false;           // alternatives with a hole of their own
  Reader reader = Reader::text;
  Labels labels = kPublic;
  uint32_t width = 0;           // of a hole in a text
  bool plain = false;           // codec: the bytes themselves
  bool finds = false;           // a hole that tells whose row it is
  std::vector<Node> children;
};

inline Node of(NodeKind kind, std::vector<Node> children = {}) {
  Node n;
  n.kind = kind;
  n.children = std::move(children);
  return n;
}
inline Node object(std::vector<Node> members) { return of(NodeKind::object, std::move(members)); }
inline Node member(std::string name, Node child, uint8_t flags = 0, std::string ns = "") {
  Node n = of(NodeKind::member, {std::move(child)});
  n.name = std::move(name);
  n.ns = std::move(ns);
  n.flags = flags;
  return n;
}
inline Node optional(std::string name, Node child) { return member(std::move(name), std::move(child), kOptional); }
inline Node list(std::vector<Node> elements, bool open = false) {
  Node n = of(NodeKind::list, std::move(elements));
  n.flags = open ? kOpen : 0;
  return n;
}
inline Node pairs(std::string key, std::string value, std::vector<Node> members) {
  Node n = of(NodeKind::pairs, std::move(members));
  n.name = std::move(key);
  n.ns = std::move(value);
  return n;
}
inline Node literal(std::string text) {
  Node n = of(NodeKind::literal);
  n.text = std::move(text);
  return n;
}
inline Node literal_number(int64_t number, uint8_t scale = 0) {
  Node n = of(NodeKind::literal);
  n.constant = scale == 0 ? Kind::integer : Kind::decimal;
  n.number = number;
  n.scale = scale;
  return n;
}
inline Node literal_bool(bool b) {
  Node n = of(NodeKind::literal);
  n.constant = Kind::boolean;
  n.number = b;
  return n;
}
inline Node hole(std::string name, Reader reader = Reader::text, Labels labels = kPublic, std::string argument = "") {
  Node n = of(NodeKind::hole);
  n.name = std::move(name);
  n.reader = reader;
  n.labels = labels;
  n.text = std::move(argument);
  return n;
}
inline Node alternatives(std::vector<Node> choices) { return of(NodeKind::alternatives, std::move(choices)); }
inline Node bound_alternatives(std::string name, std::vector<Node> choices) {
  Node n = alternatives(std::move(choices));
  n.bound = true;
  n.name = std::move(name);
  return n;
}
inline Node codec(Codec codec, ShapeRoot root, Node child) {
  Node n = of(NodeKind::codec, {std::move(child)});
  n.codec = codec;
  n.root = root;
  return n;
}
// A message inside a message, without a codec that wraps it.
inline Node inside(ShapeRoot root, Node child, std::string format = "") {
  Node n = codec(Codec::base64, root, std::move(child));
  n.plain = true;
  n.ns = std::move(format);
  return n;
}
inline Node wide(Node hole, uint32_t width) {
  hole.width = width;
  return hole;
}
// `[.., p, ..]`; the last element: `[.., p]`.
inline Node search(Node element, bool last = false) {
  Node n = list({std::move(element)}, !last);
  n.flags |= kFront;
  return n;
}
// `[for x in xs …]`: what is repeated has holes that are filled anew in each round.
inline Node again(Node pattern) {
  Node n = of(NodeKind::repeat, {std::move(pattern)});
  n.name = "xs";
  return n;
}
inline Node finding(Node hole) {
  hole.finds = true;
  return hole;
}
// Rows: the list that `each` reads.
inline Node each(Node row) {
  Node n = list({std::move(row)});
  n.flags = kEach;
  return n;
}
inline Node text(std::vector<Node> parts) { return of(NodeKind::text, std::move(parts)); }
inline Node any() { return of(NodeKind::any); }
inline Node null() { return of(NodeKind::null); }
inline Node missing() { return of(NodeKind::missing); }

class ShapeWriter {
 public:
  ShapeWriter(Interner& pool, ShapeRoot root, const std::string& format) : pool_(pool) {
    shape_.root = root;
    if (!format.empty()) shape_.format = pool_.text(format);
  }

  Index add(const Node& n) {
    Index at = static_cast<Index>(shape_.nodes.size());
    shape_.nodes.emplace_back();
    ShapeNode out;
    out.kind = n.kind;
    out.flags = n.flags;
    out.root = n.root;
    if (n.kind == NodeKind::member || n.kind == NodeKind::pairs) out.name = pool_.text(n.name);
    if (n.kind == NodeKind::codec) out.name = n.plain ? kNone : static_cast<Index>(n.codec);
    out.size = n.width;
    if (n.kind == NodeKind::repeat) out.value = driver();
    if (!n.ns.empty()) out.ns = pool_.text(n.ns);
    if (n.kind == NodeKind::literal) out.value = constant(n);
    if (n.kind == NodeKind::hole || n.bound) out.value = hole(n);
    const bool outside = std::exchange(again_, again_ || n.kind == NodeKind::repeat);
    for (const Node& child : n.children) out.children.push_back(add(child));
    again_ = outside;
    shape_.nodes[at] = out;
    return at;
  }
  Shape take() { return std::move(shape_); }

 private:
  Index constant(const Node& n) {
    Constant c;
    c.kind = n.constant;
    if (c.kind == Kind::text) c.text = pool_.text(n.text);
    else c.integer = n.number;
    c.scale = n.scale;
    return pool_.constant(c);
  }
  // The list that a repetition follows.
  Index driver() {
    Hole h;
    h.name = pool_.text("xs");
    h.type = {Kind::list, false, kPublic, Kind::text};
    shape_.holes.push_back(h);
    return static_cast<Index>(shape_.holes.size() - 1);
  }
  Index hole(const Node& n) {
    Hole h;
    h.name = pool_.text(n.name);
    h.reader = static_cast<Index>(n.reader);
    h.type.kind = kReaders[h.reader].kind;
    h.type.labels = n.labels;
    h.equal = h.finds = n.finds;
    h.each = again_;
    if (!n.text.empty()) h.argument = pool_.constant_text(n.text);
    shape_.holes.push_back(h);
    return static_cast<Index>(shape_.holes.size() - 1);
  }

  Interner& pool_;
  Shape shape_;
  bool again_ = false;
};

inline Index shape(Module& m, Interner& pool, ShapeRoot root, const Node& top, const std::string& format = "") {
  ShapeWriter w(pool, root, format);
  w.add(top);
  m.shapes.push_back(w.take());
  return static_cast<Index>(m.shapes.size() - 1);
}

}  // namespace tollgate::notation
