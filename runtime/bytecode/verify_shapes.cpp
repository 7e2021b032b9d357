// V3 and V4: shapes are trees whose nodes stand where builder and matcher expect them.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/bytecode/format.h"
#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/names.h"
#include "runtime/bytecode/verify.h"
#include "runtime/bytecode/wire.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::verifying {
namespace {

constexpr size_t kTextParts = 64;

bool each(const ShapeNode& n) { return n.kind == NodeKind::list && (n.flags & kEach) != 0; }

// Where a node stands, from its ancestors.
struct Place {
  ShapeRoot root = ShapeRoot::json;
  int depth = 0, codecs = 0, pairs = 0;
  bool top = false;        // the whole body, or the whole content of a codec
  bool again = false;      // inside of a repetition
  bool repeated = false;   // inside of a list that is searched, of a row, or of pairs
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
    if (!must(format_fits(s_.root, v_.m.text(s_.format)), "a format that its root does not have")) return;
    lone_node(0, s_.root, s_.format);
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
      bool pattern = needs_argument(static_cast<Reader>(h.reader));
      if (!v_.must(!pattern || h.argument != kNone, "V4", fmt::format("shape {}: a reader without its argument", index_))) return false;
      if (!v_.must(!h.finds || (h.equal && reads_rows(s_)), "V4", fmt::format("shape {}: a hole that finds nothing", index_))) return false;
      bool textual = h.argument == kNone || v_.m.constants[h.argument].kind == Kind::text;
      if (!v_.must(textual, "V4", fmt::format("shape {}: a reader's argument is no text", index_))) return false;
    }
    return true;
  }

  // What the format promises of the node that begins the body.
  void lone_node(Index at, ShapeRoot root, Index format) {
    const ShapeNode& n = s_.nodes[at];
    if (root == ShapeRoot::csv) {
      bool header = csv_format(v_.m.text(format)).header;
      const ShapeNode& row = each(n) && !n.children.empty() ? s_.nodes[n.children[0]] : n;
      must(row.kind == (header ? NodeKind::object : NodeKind::list) && !(each(n) && each(row)), "separated values with a header are a record, without one a list");
    }
    if (root == ShapeRoot::lines && n.kind == NodeKind::object) {
      std::string_view separator = v_.m.text(format);
      if (!must(!separator.empty(), "named lines without a separator")) return;
      for (Index child : n.children) {
        std::string_view label = v_.m.text(s_.nodes[child].name);
        must(label.find(separator) == std::string_view::npos && label.find_first_of("\r\n") == std::string_view::npos, "a name that a line cannot begin with");
      }
    }
  }

  static bool scalar(NodeKind kind) {
    return kind == NodeKind::literal || kind == NodeKind::hole || kind == NodeKind::any || kind == NodeKind::missing ||
           kind == NodeKind::alternatives || kind == NodeKind::codec || kind == NodeKind::text || kind == NodeKind::null;
  }
  // Roots whose rows are the whole body.
  static bool line_by_line(ShapeRoot root) { return root == ShapeRoot::csv || root == ShapeRoot::lines || root == ShapeRoot::text || root == ShapeRoot::fixed; }
  static bool whole_text(ShapeRoot root) { return root == ShapeRoot::text || root == ShapeRoot::path || root == ShapeRoot::bytes; }

  void fill(Index hole, bool again = false) {
    if (hole < s_.holes.size() && !must(again || !s_.holes[hole].each, "a hole for each round outside of a repetition")) return;
    if (must(hole < s_.holes.size(), "a node fills a hole that is not there")) filled_[hole] = static_cast<uint8_t>(std::min(filled_[hole] + 1, 9));
  }

  void node(Index i, Place place) {
    if (!v_.ok()) return;
    const ShapeNode& n = s_.nodes[i];
    if (!must(place.depth < limits::kShapeDepth, "nested too deeply")) return;
    if (place.top && !(each(n) && line_by_line(place.root)) && !must(top_fits(n, place.root), fmt::format("{} cannot begin with {}", name_of(place.root), name_of(n.kind)))) return;
    if (place.scalar_only && !must(scalar(n.kind), "something nested where one text must stand")) return;
    if (!arity(n)) return;
    if (!must(n.size == 0, "a width outside of a text")) return;
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
      case NodeKind::hole: return fill(n.value, place.again);
      case NodeKind::member: must(false, "a member outside of an object"); return;
      case NodeKind::setting: must(false, "a setting outside of a codec's arguments"); return;
      case NodeKind::repeat: must(false, "a repetition outside of a list"); return;
      case NodeKind::any: return;
    }
  }

  static bool top_fits(const ShapeNode& n, ShapeRoot root) {
    switch (root) {
      case ShapeRoot::json: return n.kind != NodeKind::member && n.kind != NodeKind::missing;
      case ShapeRoot::form:
      case ShapeRoot::query:
      case ShapeRoot::multipart:
      case ShapeRoot::xml: return n.kind == NodeKind::object;
      case ShapeRoot::csv:
      case ShapeRoot::lines: return n.kind == NodeKind::object || n.kind == NodeKind::list;
      case ShapeRoot::fixed: return n.kind == NodeKind::text;
      case ShapeRoot::path: return n.kind == NodeKind::text || n.kind == NodeKind::literal;
      case ShapeRoot::text: return scalar(n.kind) && n.kind != NodeKind::missing && n.kind != NodeKind::null;
      case ShapeRoot::bytes: return n.kind == NodeKind::hole || n.kind == NodeKind::codec || n.kind == NodeKind::literal || n.kind == NodeKind::any;
    }
    return false;
  }
  // Bodies of names and single texts.
  static bool flat(ShapeRoot root) {
    return root == ShapeRoot::form || root == ShapeRoot::query || root == ShapeRoot::csv || root == ShapeRoot::lines;
  }

  // A name may occur several times in a form: its values are a list.
  static bool named(ShapeRoot root) { return root == ShapeRoot::form || root == ShapeRoot::query; }

  bool arity(const ShapeNode& n) {
    bool inner = n.kind == NodeKind::object || n.kind == NodeKind::list || n.kind == NodeKind::pairs || n.kind == NodeKind::alternatives ||
                 n.kind == NodeKind::text;
    if (n.kind == NodeKind::codec) return must(!n.children.empty(), "a codec needs a child");
    if (n.kind == NodeKind::member) return must(n.children.size() == 1, "a member needs one child");
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
    std::string_view name = v_.m.text(m.name);
    bool part = place.root == ShapeRoot::multipart && !place.top && m.ns == kNone && !(m.flags & kAnyNamespace);
    if (part) return must(m.flags & kAttribute ? name == "filename" || name == "type" : name.empty(), "a part has @filename, @type and its own text") && once(parent, m);
    bool foreign = place.root != ShapeRoot::xml && ((m.flags & (kAttribute | kAnyNamespace)) != 0 || m.ns != kNone);
    if (!must(!foreign, "attributes and namespaces exist only in xml")) return false;
    bool own_text = name.empty() && !place.top && !(m.flags & kAttribute);
    if (place.root == ShapeRoot::multipart && !must(name.find_first_of("\"\\\r\n") == std::string_view::npos, "a name that no part can have")) return false;
    if (place.root == ShapeRoot::xml && parent.kind == NodeKind::object && !must(own_text || xml_name(name), "a label that is no xml name")) return false;
    return once(parent, m);
  }
  bool once(const ShapeNode& parent, const ShapeNode& m) {
    for (Index other : parent.children) {
      const ShapeNode& o = s_.nodes[other];
      bool twice = &o != &m && o.name == m.name && o.ns == m.ns && ((o.flags ^ m.flags) & (kAttribute | kAnyNamespace)) == 0;
      if (!must(!twice, fmt::format("the label {} twice in one object", v_.m.text(m.name)))) return false;
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
      below.scalar_only = below.attribute || v_.m.text(m.name).empty() || (flat(place.root) && !(named(place.root) && s_.nodes[m.children[0]].kind == NodeKind::list));
      if (place.root == ShapeRoot::multipart && !must(place.top || below.scalar_only, "a part inside a part")) return;
      if (place.root == ShapeRoot::multipart && !must(scalar(s_.nodes[m.children[0]].kind) || s_.nodes[m.children[0]].kind == NodeKind::object, "a part that is no text")) return;
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
      below.repeated = true;
      below.top = false;
      below.of_member = true;
      below.scalar_only = place.root == ShapeRoot::xml;
      node(m.children[0], below);
    }
  }

  void list(const ShapeNode& n, Place place) {
    if (each(n)) return rows(n, place);
    bool xml = place.root == ShapeRoot::xml, rows = (place.root == ShapeRoot::csv || place.root == ShapeRoot::lines) && place.top;
    bool repeated = named(place.root) && place.of_member;
    if (!must(place.root == ShapeRoot::json || rows || repeated || (xml && place.of_member && !place.attribute), "a list where none can stand")) return;
    bool front = (n.flags & kFront) != 0;
    if (front && !must(n.children.size() == 1, "a list with `..` at its start has one pattern")) return;
    if (front && !must(place.pairs < limits::kPairsDepth, "searched lists nested too deeply")) return;
    for (Index child : n.children) {
      Place below = place;
      below.depth++;
      below.pairs += front ? 1 : 0;
      below.repeated |= front;
      below.top = below.of_member = false;
      below.scalar_only = rows || repeated;
      if (s_.nodes[child].kind == NodeKind::repeat) {
        if (!must(!front, "a repetition in a list that is searched")) return;
        again(s_.nodes[child], below, xml);
        continue;
      }
      NodeKind kind = s_.nodes[child].kind;
      if (xml && !must(kind != NodeKind::list && kind != NodeKind::pairs, "a list of lists in xml")) return;
      node(child, below);
    }
  }

  // Rows stand once in a shape, and in nothing that is itself repeated. Of a body that is read line by line they are all there is.
  void rows(const ShapeNode& n, Place place) {
    const bool lines = line_by_line(place.root);
    if (!must(n.flags == kEach && n.children.size() == 1, "rows have one pattern")) return;
    if (!must(rows_++ == 0 && !place.repeated, "rows inside of rows")) return;
    const bool placed = lines ? place.top : place.root == ShapeRoot::json || (place.root == ShapeRoot::xml && place.of_member && !place.attribute && place.depth > 1);
    if (!must(placed, "rows where none can stand")) return;
    const NodeKind kind = s_.nodes[n.children[0]].kind;
    if (!must(kind != NodeKind::missing && !(place.root == ShapeRoot::xml && (kind == NodeKind::list || kind == NodeKind::pairs)), "a row that is none")) return;
    const bool line = place.root == ShapeRoot::lines || place.root == ShapeRoot::text;
    if (!must(!line || scalar(kind), "a line that is no text") || !must(place.root != ShapeRoot::fixed || kind == NodeKind::text, "a line without widths")) return;
    place.depth++;
    place.pairs++;
    place.repeated = true;
    place.top = place.root == ShapeRoot::csv;
    place.of_member = false;
    place.scalar_only = line;
    node(n.children[0], place);
  }

  // What is written again and again; not inside of itself.
  void again(const ShapeNode& n, Place place, bool xml) {
    if (!must(n.children.size() == 1 && n.flags == 0 && n.size == 0, "a repetition has one pattern") || !must(!place.again, "a repetition inside of another")) return;
    if (!must(n.value < s_.holes.size() && s_.holes[n.value].type.kind == Kind::list && !s_.holes[n.value].each, "a repetition of no list")) return;
    fill(n.value);
    const NodeKind kind = s_.nodes[n.children[0]].kind;
    if (!must(!xml || (kind != NodeKind::list && kind != NodeKind::pairs), "a list of lists in xml")) return;
    place.depth++;
    place.again = true;
    node(n.children[0], place);
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
    if (!must(n.name == kNone || n.name < kCodecCount, "an unknown codec") || !must(place.codecs < limits::kCodecDepth, "codecs nested too deeply")) return;
    bool inside = n.root != ShapeRoot::path && n.root != ShapeRoot::query;
    if (!must(inside, "a codec cannot hold that")) return;
    if (!must(n.ns == kNone || n.ns < v_.m.texts.size(), "a format that is no text")) return;
    if (!must(format_fits(n.root, v_.m.text(n.ns)), "a format that its root does not have")) return;
    lone_node(n.children[0], n.root, n.ns);
    Place below;
    below.root = n.root;
    below.depth = place.depth + 1;
    below.codecs = place.codecs + 1;
    below.pairs = place.pairs;
    below.repeated = place.repeated;
    below.again = place.again;
    below.top = true;
    node(n.children[0], below);
    if (n.name == kNone) {
      must(n.children.size() == 1, "a message inside a message with arguments");
      return;
    }
    const CodecRow& row = codecs()[n.name];
    if (!must(n.children.size() == 1u + row.parameter_count, "a codec with another number of arguments")) return;
    for (size_t i = 0; i < row.parameter_count && v_.ok(); i++) codec_argument(s_.nodes[n.children[1 + i]], row.parameters[i]);
  }

  // Constants are judged now, settings and what fills a hole by their types.
  void codec_argument(const ShapeNode& n, const Parameter& parameter) {
    if (!must(n.children.empty() && n.value != kNone, "an argument of a codec that is none")) return;
    if (n.kind == NodeKind::literal) {
      const Constant& c = v_.m.constants[n.value];
      const bool text = c.kind == Kind::text && contains(parameter.kinds, Kind::text) && !objection(parameter.meaning, Value::text(v_.m.text(c.text)));
      must(text, "a codec with a constant that it does not take");
    } else if (n.kind == NodeKind::setting) {
      if (!must(n.value < v_.m.settings.size(), "an argument of a codec that is none")) return;
      const Setting& s = v_.m.settings[n.value];
      must(!s.many && parameter.meaning == Meaning::any && contains(other_half(parameter).kinds, s.type.kind), "a codec with a setting that it does not take");
    } else if (must(n.kind == NodeKind::hole && n.value < s_.holes.size(), "an argument of a codec that is none")) {
      fill(n.value);
      must(parameter.meaning == Meaning::any && contains(parameter.kinds, s_.holes[n.value].type.kind), "a codec with an argument that it does not take");
    }
  }

  void text(const ShapeNode& n, const Place& place) {
    if (!must(!n.children.empty() && n.children.size() <= kTextParts, "a text has 1 to 64 parts")) return;
    bool after_hole = false;
    for (Index child : n.children) {
      const ShapeNode& part = s_.nodes[child];
      bool hole = part.kind == NodeKind::hole;
      if (!must(hole || part.kind == NodeKind::literal, "a text holds literals and holes")) return;
      if (!must(part.children.empty(), "a leaf with children") || !must(!(hole && after_hole), "two holes side by side in a text")) return;
      if (!must(part.size == 0 || (hole && part.size <= limits::kWidth), "a width of something else than a hole, or too wide")) return;
      if (place.root == ShapeRoot::fixed && hole && !must(part.size != 0, "a hole without a width in a fixed text")) return;
      if (hole) fill(part.value, place.again);
      else if (!must(part.value != kNone && v_.m.constants[part.value].kind == Kind::text, "a part of a text that is no text")) return;
      if (!hole && !must(!v_.m.text(v_.m.constants[part.value].text).empty(), "an empty literal in a text")) return;
      after_hole = hole && part.size == 0;
    }
  }

  Verification& v_;
  const Shape& s_;
  Index index_;
  std::vector<uint8_t> filled_;
  int rows_ = 0;
};

void mark_optional(const Shape& s, Index i, bool optional, std::vector<bool>& may_miss) {
  const ShapeNode& n = s.nodes[i];
  if ((n.kind == NodeKind::member && (n.flags & kOptional)) || n.kind == NodeKind::repeat) optional = true;
  if (n.kind == NodeKind::repeat) may_miss[n.value] = true;
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

// The number of rows, which only the end of them sees.
const Hole& row_count() {
  static const Hole count = [] {
    Hole hole;
    hole.type.kind = Kind::integer;
    hole.reader = static_cast<Index>(Reader::integer);
    return hole;
  }();
  return count;
}

}  // namespace

bool reads_rows(const Shape& shape) {
  return std::any_of(shape.nodes.begin(), shape.nodes.end(), each);
}

void check_shapes(Verification& v) {
  for (Index i = 0; i < v.m.shapes.size() && v.ok(); i++) ShapeCheck(v, i).run();
}

std::vector<SeenHole> seen_holes(const Module& m, const SliceUse& use) {
  std::vector<SeenHole> out;
  if (use.kind == SliceKind::key && m.callbacks[use.owner].match_shape != kNone)
    add_holes(m.shapes[m.callbacks[use.owner].match_shape], false, out);
  if (use.arm == nullptr) return out;
  if (use.arm->shape != kNone) add_holes(m.shapes[use.arm->shape], false, out);
  for (const HeaderPattern& h : use.arm->headers) add_holes(m.shapes[h.shape], h.optional, out);
  if (use.arm->reads == ArmReads::end) out.push_back({&row_count(), false});
  return out;
}

}  // namespace tollgate::verifying

namespace tollgate {

Kind built_kind(const Shape& shape) {
  if (shape.root != ShapeRoot::bytes) return Kind::text;
  const bool codec = !shape.nodes.empty() && shape.nodes[0].kind == NodeKind::codec && shape.nodes[0].name < codecs().size();
  return codec ? codecs()[shape.nodes[0].name].writes : Kind::bytes;
}

}  // namespace tollgate
