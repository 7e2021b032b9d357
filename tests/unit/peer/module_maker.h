// Modules by hand, for tests of the peer: shapes as nested expressions, slices as lists of instructions.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/bytecode/instruction.h"
#include "runtime/bytecode/intern.h"
#include "runtime/bytecode/module.h"
#include "runtime/catalog/builtins.h"
#include "runtime/bytecode/wire.h"

namespace tollgate::peer::making {

struct N {   // one node of a shape
  NodeKind kind = NodeKind::object;
  std::string name, literal, origin, ns;
  int64_t number = 0;
  Kind literal_kind = Kind::text;
  Kind type = Kind::text;
  Reader reader = Reader::text;
  bool equal = false;
  uint8_t flags = 0;
  uint32_t width = 0;   // of a hole in a text
  std::vector<N> children;
};

inline N lit(std::string text) { N n; n.kind = NodeKind::literal; n.literal = std::move(text); return n; }
inline N num(int64_t number) { N n; n.kind = NodeKind::literal; n.literal_kind = Kind::integer; n.number = number; return n; }
inline N any() { N n; n.kind = NodeKind::any; return n; }
inline N null() { N n; n.kind = NodeKind::null; return n; }
inline N absent() { N n; n.kind = NodeKind::missing; return n; }
inline N obj(std::vector<N> members) { N n; n.kind = NodeKind::object; n.children = std::move(members); return n; }
inline N text(std::vector<N> parts) { N n; n.kind = NodeKind::text; n.children = std::move(parts); return n; }
inline N either(std::vector<N> of) { N n; n.kind = NodeKind::alternatives; n.children = std::move(of); return n; }
inline N pairs(std::string key, std::string value, std::vector<N> members) {
  N n; n.kind = NodeKind::pairs; n.name = std::move(key); n.ns = std::move(value); n.children = std::move(members); return n;
}
inline N mem(std::string name, N child, uint8_t flags = 0) {
  N n; n.kind = NodeKind::member; n.name = std::move(name); n.flags = flags; n.children.push_back(std::move(child)); return n;
}
// Built from `origin`.
inline N from(std::string origin, Kind type = Kind::text) { N n; n.kind = NodeKind::hole; n.origin = std::move(origin); n.type = type; return n; }
// Matched by `reader`, bound.
inline N read(std::string name, Reader reader = Reader::text) {
  N n; n.kind = NodeKind::hole; n.name = std::move(name); n.reader = reader; n.type = kReaders[static_cast<size_t>(reader)].kind; return n;
}
// Matched and compared with `origin`.
inline N same_as(std::string origin, Reader reader = Reader::text) { N n = read("", reader); n.origin = std::move(origin); n.equal = true; return n; }

class ModuleMaker {
 public:
  Module m;
  Interner in{m};

  Index t(std::string_view s) { return in.text(s); }
  Index shape(ShapeRoot root, const N& top) {
    Shape s;
    s.root = root;
    add(s, top);
    m.shapes.push_back(std::move(s));
    return static_cast<Index>(m.shapes.size() - 1);
  }
  Index slice(SliceKind kind, Slice::FrameOf frame, Index owner, std::vector<Instruction> code, uint8_t registers = 40, bool impure = false) {
    Slice s;
    s.kind = kind;
    s.frame = frame;
    s.owner = owner;
    s.registers = registers;
    s.impure = impure;
    s.begin = static_cast<uint32_t>(m.code.size());
    for (Instruction i : code) m.code.push_back(i.word);
    s.end = static_cast<uint32_t>(m.code.size());
    m.slices.push_back(s);
    return static_cast<Index>(m.slices.size() - 1);
  }
  Index target(Target target) {
    m.targets.push_back(std::move(target));
    return static_cast<Index>(m.targets.size() - 1);
  }
  Target plain(TargetKind kind, std::string_view reason = "") {
    Target target;
    target.kind = kind;
    if (!reason.empty()) target.reason = t(reason);
    return target;
  }
  // An arm whose slice is `code` and then `end` of its target.
  Arm arm(std::vector<StatusRange> statuses, Index body, Slice::FrameOf frame, Index owner, std::vector<Instruction> code, Target ends) {
    Arm a;
    a.statuses = std::move(statuses);
    a.shape = body;
    a.target = target(std::move(ends));
    code.push_back(Instruction::ai(Op::end, 0, a.target));
    a.slice = slice(SliceKind::arm, frame, owner, std::move(code));
    return a;
  }
  Field field(std::string_view name, Kind kind, Labels labels = kPublic) { return {t(name), Type{kind, false, labels, Kind::missing}}; }

 private:
  Index add(Shape& s, const N& n) {
    Index at = static_cast<Index>(s.nodes.size());
    ShapeNode node;
    node.kind = n.kind;
    node.flags = n.flags;
    node.size = n.width;
    if (n.kind == NodeKind::member || n.kind == NodeKind::pairs) node.name = t(n.name);
    if (!n.ns.empty()) node.ns = t(n.ns);
    if (n.kind == NodeKind::literal) node.value = n.literal_kind == Kind::integer ? in.constant_integer(n.number) : in.constant_text(n.literal);
    if (n.kind == NodeKind::hole) {
      Hole hole;
      if (!n.name.empty()) hole.name = t(n.name);
      hole.type.kind = n.type;
      hole.reader = static_cast<uint32_t>(n.reader);
      if (!n.origin.empty()) hole.origin = t(n.origin);
      hole.equal = n.equal;
      node.value = static_cast<Index>(s.holes.size());
      s.holes.push_back(hole);
    }
    s.nodes.push_back(node);
    for (const N& child : n.children) {
      Index made = add(s, child);
      s.nodes[at].children.push_back(made);
    }
    return at;
  }
};

}  // namespace tollgate::peer::making
