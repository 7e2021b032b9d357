// V3 and V4: shapes are trees whose nodes stand where builder and matcher expect them.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/names.h"
#include "runtime/bytecode/verify.h"
#include "runtime/bytecode/wire.h"

namespace tollgate::verifying {
namespace {

constexpr size_t kTextParts = 64;

// Where a node stands, from its ancestors.
struct Place {
  ShapeRoot root = ShapeRoot::json;
  int depth = 0, codecs = 0, pairs = 0;
  bool top = false;        // the whole body, or the whole content of a codec
  bool of_member = false;  // directly below a member
  bool attribute = false;
  bool scalar_only = false;
};

class ShapeCheck {
 public:
  ShapeCheck(Verification& v, Index shape) : v_(v), s_(v.m.shapes[shape]), index_(shape) {}

  void run() {
    if (!must(!s_.nodes.empty(), "has no nodes")) return;
    if (!tree() || !holes()) return;
    Place place;
    place.root = s_.root;
    place.top = true;
    node(0, place);
    for (size_t h = 0; h < s_.holes.size(); h++)
      if (v_.ok()) v_.must(filled_[h] == 1, "V4", fmt::format("shape {}: hole {} is filled by {} nodes", index_, h, filled_[h]));
  }

 private:
  bool must(bool condition, const std::string& what) { return v_.must(condition, "V3", fmt::format("shape {}: {}", index_, what)); }

  bool tree() {
    std::vector<uint8_t> parents(s_.nodes.size(), 0);
    for (size_t i = 0; i < s_.nodes.size(); i++)
      for (Index child : s_.nodes[i].children) {
        if (!must(child > i && child < s_.nodes.size(), fmt::format("node {} has a child that does not come after it", i))) return false;
        if (!must(parents[child]++ == 0, fmt::format("node {} has two parents", child))) return false;
      }
    for (size_t i = 1; i < s_.nodes.size(); i++)
      if (!must(parents[i] == 1, fmt::format("node {} hangs in the air", i))) return false;
    return true;
  }

  bool holes() {
    filled_.assign(s_.holes.size(), 0);
    for (const Hole& h : s_.holes) {
      if (!v_.must(h.reader < kReaderCount, "V4", fmt::format("shape {}: unknown reader {}", index_, h.reader))) return false;
      bool pattern = static_cast<Reader>(h.reader) == Reader::time_format;
      if (!v_.must(!pattern || h.argument != kNone, "V4", fmt::format("shape {}: Time.format without a pattern", index_))) return false;
      bool textual = h.argument == kNone || v_.m.constants[h.argument].kind == Kind::text;
      if (!v_.must(textual, "V4", fmt::format("shape {}: a reader's argument is no text", index_))) return false;
    }
    return true;
  }

  static bool scalar(NodeKind kind) {
    return kind == NodeKind::literal || kind == NodeKind::hole || kind == NodeKind::any || kind == NodeKind::missing ||
           kind == NodeKind::alternatives || kind == NodeKind::codec || kind == NodeKind::text || kind == NodeKind::null;
  }
  static bool whole_text(ShapeRoot root) { return root == ShapeRoot::text || root == ShapeRoot::path || root == ShapeRoot::bytes; }

  void fill(Index hole) {
    if (must(hole < s_.holes.size(), "a node fills a hole that is not there")) filled_[hole] = static_cast<uint8_t>(std::min(filled_[hole] + 1, 9));
  }

  void node(Index i, Place place) {
    if (!v_.ok()) return;
    const ShapeNode& n = s_.nodes[i];
    if (!must(place.depth < limits::kShapeDepth, "nested too deeply")) return;
    if (place.top && !must(top_fits(n, place.root), fmt::format("{} cannot begin with {}", name_of(place.root), name_of(n.kind)))) return;
    if (place.scalar_only && !must(scalar(n.kind), "something nested where one text must stand")) return;
    if (!arity(n)) return;
    switch (n.kind) {
      case NodeKind::object: return members(n, place);
      case NodeKind::pairs: return pairs(n, place);
      case NodeKind::list: return list(n, place);
      case NodeKind::alternatives: return alternatives(n, place);
      case NodeKind::codec: return codec(n, place);
      case NodeKind::text: return text(n, place);
      case NodeKind::literal: must(n.value != kNone, "a literal without a constant"); return;
      case NodeKind::null: must(place.root == ShapeRoot::json, "null exists only in json"); return;
      case NodeKind::missing: must(place.of_member, "`missing` needs a member"); return;
      case NodeKind::hole: return fill(n.value);
      case NodeKind::member: must(false, "a member outside of an object"); return;
      case NodeKind::any: return;
    }
  }

  static bool top_fits(const ShapeNode& n, ShapeRoot root) {
    switch (root) {
      case ShapeRoot::json: return n.kind != NodeKind::member && n.kind != NodeKind::missing;
      case ShapeRoot::form:
      case ShapeRoot::query:
      case ShapeRoot::xml: return n.kind == NodeKind::object;
      case ShapeRoot::path: return n.kind == NodeKind::text || n.kind == NodeKind::literal;
      case ShapeRoot::text: return scalar(n.kind) && n.kind != NodeKind::missing && n.kind != NodeKind::null;
      case ShapeRoot::bytes: return n.kind == NodeKind::hole || n.kind == NodeKind::codec || n.kind == NodeKind::literal || n.kind == NodeKind::any;
      case ShapeRoot::multipart: return false;
    }
    return false;
  }

  bool arity(const ShapeNode& n) {
    bool inner = n.kind == NodeKind::object || n.kind == NodeKind::list || n.kind == NodeKind::pairs || n.kind == NodeKind::alternatives ||
                 n.kind == NodeKind::text;
    bool one = n.kind == NodeKind::member || n.kind == NodeKind::codec;
    if (one) return must(n.children.size() == 1, "a member or codec needs one child");
    return must(inner || n.children.empty(), "a leaf with children");
  }

  static bool xml_name(std::string_view name) {
    if (name.empty()) return false;
    for (size_t i = 0; i < name.size(); i++) {
      auto c = static_cast<unsigned char>(name[i]);
      bool start = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c >= 0x80;
      if (!start && (i == 0 || !((c >= '0' && c <= '9') || c == '-' || c == '.'))) return false;
    }
    return true;
  }

  bool label(const ShapeNode& parent, const ShapeNode& m, const Place& place) {
    if (!must(m.kind == NodeKind::member, "an object holds something that is no member")) return false;
    if (!must(m.name != kNone && m.children.size() == 1, "a member without name or child")) return false;
    bool foreign = place.root != ShapeRoot::xml && ((m.flags & (kAttribute | kAnyNamespace)) != 0 || m.ns != kNone);
    if (!must(!foreign, "attributes and namespaces exist only in xml")) return false;
    std::string_view name = v_.m.text(m.name);
    bool own_text = name.empty() && !place.top && !(m.flags & kAttribute);
    if (place.root == ShapeRoot::xml && parent.kind == NodeKind::object && !must(own_text || xml_name(name), "a label that is no xml name")) return false;
    for (Index other : parent.children) {
      const ShapeNode& o = s_.nodes[other];
      bool twice = &o != &m && o.name == m.name && o.ns == m.ns && ((o.flags ^ m.flags) & (kAttribute | kAnyNamespace)) == 0;
      if (!must(!twice, fmt::format("the label {} twice in one object", name))) return false;
    }
    return true;
  }

  void members(const ShapeNode& n, Place place) {
    bool xml_top = place.root == ShapeRoot::xml && place.top;
    if (xml_top && !must(n.children.size() == 1, "an xml document has one root element")) return;
    for (Index child : n.children) {
      const ShapeNode& m = s_.nodes[child];
      if (!label(n, m, place)) return;
      if (xml_top && !must(!(m.flags & (kAttribute | kOptional)), "the root element is neither attribute nor optional")) return;
      Place below = place;
      below.depth++;
      below.top = false;
      below.of_member = true;
      below.attribute = (m.flags & kAttribute) != 0;
      below.scalar_only = below.attribute || v_.m.text(m.name).empty() || place.root == ShapeRoot::form || place.root == ShapeRoot::query;
      node(m.children[0], below);
    }
  }

  void pairs(const ShapeNode& n, Place place) {
    if (!must(n.name != kNone && n.ns != kNone && n.name != n.ns, "pairs need two different field names")) return;
    if (!must(place.root == ShapeRoot::json || (place.root == ShapeRoot::xml && place.of_member), "pairs where no list can stand")) return;
    if (!must(place.pairs < limits::kPairsDepth, "pairs nested too deeply")) return;
    if (place.root == ShapeRoot::xml && !must(xml_name(v_.m.text(n.name)) && xml_name(v_.m.text(n.ns)), "a label that is no xml name")) return;
    for (Index child : n.children) {
      const ShapeNode& m = s_.nodes[child];
      if (!must(m.ns == kNone && !(m.flags & (kAttribute | kAnyNamespace)), "names of pairs have no namespace") || !label(n, m, place)) return;
      Place below = place;
      below.depth += 2;
      below.pairs++;
      below.top = false;
      below.of_member = true;
      below.scalar_only = place.root == ShapeRoot::xml;
      node(m.children[0], below);
    }
  }

  void list(const ShapeNode& n, Place place) {
    bool xml = place.root == ShapeRoot::xml;
    if (!must(place.root == ShapeRoot::json || (xml && place.of_member && !place.attribute), "a list where none can stand")) return;
    for (Index child : n.children) {
      Place below = place;
      below.depth++;
      below.top = below.of_member = false;
      NodeKind kind = s_.nodes[child].kind;
      if (xml && !must(kind != NodeKind::list && kind != NodeKind::pairs, "a list of lists in xml")) return;
      node(child, below);
    }
  }

  void alternatives(const ShapeNode& n, Place place) {
    if (!must(!n.children.empty(), "alternatives without any")) return;
    if (n.value != kNone) fill(n.value);
    for (size_t i = 0; i < n.children.size(); i++) {
      NodeKind kind = s_.nodes[n.children[i]].kind;
      bool fits = kind == NodeKind::literal || kind == NodeKind::null || kind == NodeKind::missing || kind == NodeKind::any ||
                  (kind == NodeKind::hole && i + 1 == n.children.size() && n.value == kNone);
      if (!must(fits, "alternatives hold literals, null, missing, and a hole last")) return;
      place.top = false;
      node(n.children[i], place);
    }
  }

  void codec(const ShapeNode& n, Place place) {
    if (!must(n.name < kCodecCount, "an unknown codec") || !must(place.codecs < limits::kCodecDepth, "codecs nested too deeply")) return;
    bool inside = n.root != ShapeRoot::path && n.root != ShapeRoot::multipart;
    if (!must(inside, "a codec cannot hold that")) return;
    Place below;
    below.root = n.root;
    below.depth = place.depth + 1;
    below.codecs = place.codecs + 1;
    below.pairs = place.pairs;
    below.top = true;
    node(n.children[0], below);
  }

  void text(const ShapeNode& n, const Place&) {
    if (!must(!n.children.empty() && n.children.size() <= kTextParts, "a text has 1 to 64 parts")) return;
    bool after_hole = false;
    for (Index child : n.children) {
      const ShapeNode& part = s_.nodes[child];
      bool hole = part.kind == NodeKind::hole;
      if (!must(hole || part.kind == NodeKind::literal, "a text holds literals and holes")) return;
      if (!must(part.children.empty(), "a leaf with children") || !must(!(hole && after_hole), "two holes side by side in a text")) return;
      if (hole) fill(part.value);
      else if (!must(part.value != kNone && v_.m.constants[part.value].kind == Kind::text, "a part of a text that is no text")) return;
      if (!hole && !must(!v_.m.text(v_.m.constants[part.value].text).empty(), "an empty literal in a text")) return;
      after_hole = hole;
    }
  }

  Verification& v_;
  const Shape& s_;
  Index index_;
  std::vector<uint8_t> filled_;
};

void mark_optional(const Shape& s, Index i, bool optional, std::vector<bool>& may_miss) {
  const ShapeNode& n = s.nodes[i];
  if (n.kind == NodeKind::member && (n.flags & kOptional)) optional = true;
  if (n.kind == NodeKind::hole) may_miss[n.value] = optional;
  if (n.kind == NodeKind::alternatives) {
    bool gaps = optional;
    for (Index child : n.children) {
      NodeKind kind = s.nodes[child].kind;
      gaps |= kind == NodeKind::missing || kind == NodeKind::null;
    }
    if (n.value != kNone) may_miss[n.value] = gaps;
    optional |= n.children.size() > 1;
  }
  for (Index child : n.children) mark_optional(s, child, optional, may_miss);
}

void add_holes(const Shape& s, bool optional, std::vector<SeenHole>& out) {
  std::vector<bool> may_miss(s.holes.size(), false);
  mark_optional(s, 0, optional, may_miss);
  for (size_t i = 0; i < s.holes.size(); i++) out.push_back({&s.holes[i], may_miss[i]});
}

}  // namespace

void check_shapes(Verification& v) {
  for (Index i = 0; i < v.m.shapes.size() && v.ok(); i++) ShapeCheck(v, i).run();
}

std::vector<SeenHole> seen_holes(const Module& m, const SliceUse& use) {
  std::vector<SeenHole> out;
  if (use.kind == SliceKind::key && use.frame == Slice::FrameOf::callback && m.callbacks[use.owner].match_shape != kNone)
    add_holes(m.shapes[m.callbacks[use.owner].match_shape], false, out);
  if (use.matched != nullptr && use.matched->match_shape != kNone) add_holes(m.shapes[use.matched->match_shape], false, out);
  if (use.arm == nullptr) return out;
  if (use.arm->shape != kNone) add_holes(m.shapes[use.arm->shape], false, out);
  for (const HeaderPattern& h : use.arm->headers) add_holes(m.shapes[h.shape], h.optional, out);
  return out;
}

}  // namespace tollgate::verifying
