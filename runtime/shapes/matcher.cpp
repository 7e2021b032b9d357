// One scan per root and format fills the slots of a trie shared by all shapes of that root; then each candidate's selectors are tested in order
// against the slots; then the readers of the chosen one run, and nobody else's.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/shapes/codec.h"
#include "runtime/shapes/csv.h"
#include "runtime/shapes/reader.h"
#include "runtime/shapes/scan.h"
#include "runtime/shapes/shapes.h"
#include "runtime/shapes/text_parts.h"
#include "runtime/value/decimal.h"

namespace tollgate {
namespace {

constexpr size_t kPartsMax = 64;

struct Compiled {
  const Module* module;       // for texts; outlives the matcher
  const Shape* shape;
  const Trie* trie;
  ShapeRoot root;             // form stands for query too
  uint32_t body;              // which of the matcher's bodies: a root and a format
  std::vector<uint32_t> where;  // trie node of each shape node
  Index row = kNone;          // the pattern of a row
};

struct Bound {
  Token token;
  Index label = kNone;   // the member it stood in
  bool present = false;
};

// Selectors of one shape over filled slots. Binds tokens to holes on the way; converts nothing.
class Selector {
 public:
  Selector(const Compiled& c, std::span<Token> slots, std::span<Bound> bound, Arena& arena)
      : c_(c), m_(*c.module), slots_(slots), bound_(bound), arena_(arena) {}

  bool run() { return selects(0, c_.root, kNone); }
  // Only one element of a list.
  bool run(const SearchEdge& edge) { return selects(edge.node, edge.root, kNone); }
  // Only one row, whose tokens are in their places.
  bool run_row(const SearchEdge& edge) { return selects(c_.row, edge.root, kNone); }

 private:
  const ShapeNode& node(Index i) const { return c_.shape->nodes[i]; }
  const Token& slot(Index i) const { return slots_[c_.where[i]]; }

  bool selects(Index i, ShapeRoot root, Index label) {
    const ShapeNode& n = node(i);
    const Token& token = slot(i);
    switch (n.kind) {
      case NodeKind::object: return object(n, token, root);
      case NodeKind::member: return n.children.empty() || selects(n.children[0], root, n.name);
      case NodeKind::list: return list(n, token, root, label);
      case NodeKind::pairs:
        return (token.kind == TokenKind::list || token.kind == TokenKind::object) && members(n, root);
      case NodeKind::literal: return equals(m_.constants[n.value], token);
      case NodeKind::null: return token.kind == TokenKind::null;
      case NodeKind::missing: return token.kind == TokenKind::missing;
      case NodeKind::any: return token.kind != TokenKind::missing && token.kind != TokenKind::null;
      case NodeKind::hole: return bind(n.value, token, label);
      case NodeKind::alternatives: return alternatives(n, token, root, label);
      case NodeKind::codec:
        return !n.children.empty() && slot(n.children[0]).kind != TokenKind::missing && selects(n.children[0], n.root, label);
      case NodeKind::text: return text(n, token, root, label);
      case NodeKind::setting:
      case NodeKind::repeat: return false;
    }
    return false;
  }

  bool object(const ShapeNode& n, const Token& token, ShapeRoot root) {
    // In xml an element with only attributes, or with none of the wanted children, is still an element; a part of a multipart is one too.
    bool element = root == ShapeRoot::xml || root == ShapeRoot::multipart;
    if (token.kind != TokenKind::object && !(element && token.kind == TokenKind::bare)) return false;
    return members(n, root);
  }
  bool members(const ShapeNode& n, ShapeRoot root) {
    for (Index child : n.children) {
      const ShapeNode& m = node(child);
      if ((m.flags & kOptional) && slot(child).kind == TokenKind::missing) continue;
      if (!selects(child, root, m.name)) return false;
    }
    return true;
  }
  bool list(const ShapeNode& n, const Token& token, ShapeRoot root, Index label) {
    bool repeats = root == ShapeRoot::xml || root == ShapeRoot::form || root == ShapeRoot::query;  // what occurs once is a list of one
    bool many = token.kind == TokenKind::list || (repeats && token.kind != TokenKind::missing);
    size_t wanted = n.children.size();
    if (n.flags & kEach) return many;
    for (Index child : n.children)
      if (node(child).kind == NodeKind::repeat) return many || repeats;  // there, none is nothing
    if (many && (n.flags & kFront)) return found(n, token, root, label);
    if (!many || token.count < wanted || (token.count > wanted && !(n.flags & kOpen))) return false;
    for (Index child : n.children)
      if (!selects(child, root, label)) return false;
    return true;
  }

  // `[.., p, ..]`: exactly one element fits; `[.., p]`: the last one does. Its slots are put back.
  bool found(const ShapeNode& n, const Token& token, ShapeRoot root, Index label) {
    auto list = static_cast<uint32_t>(&token - slots_.data());
    const SearchEdge* edge = c_.trie->search(list, c_.where[n.children[0]]);
    if (edge == nullptr || slots_[edge->state].count != 1) return false;
    const Token* kept = slots_[edge->state].found;
    std::copy(kept, kept + (edge->end - edge->to), slots_.begin() + edge->to);
    return selects(n.children[0], root, label);
  }

  bool equals(const Constant& c, const Token& token) const {
    bool bare = token.kind == TokenKind::bare;
    switch (c.kind) {
      case Kind::boolean: return (bare || token.kind == TokenKind::boolean) && token.text == (c.integer != 0 ? "true" : "false");
      case Kind::integer: return (bare || token.kind == TokenKind::number) && token.text == fmt::format_int(c.integer).c_str();
      case Kind::decimal: {
        if (!bare && token.kind != TokenKind::number) return false;
        auto d = parse_decimal(token.text);
        return d && compare(*d, Decimal{c.integer, c.scale}) == 0;
      }
      default: return token.scalar() && token.text == m_.text(c.text);
    }
  }

  bool bind(Index hole, const Token& token, Index label) {
    const Hole& h = c_.shape->holes[hole];
    if (!reader_takes(static_cast<Reader>(h.reader), token.kind)) return false;
    bound_[hole] = {token, label, true};
    return true;
  }

  bool alternatives(const ShapeNode& n, const Token& token, ShapeRoot root, Index label) {
    for (Index child : n.children) {
      if (!selects(child, root, label)) continue;
      bool holds = n.value != kNone && token.kind != TokenKind::missing && token.kind != TokenKind::null;
      return !holds || bind(n.value, token, label);
    }
    return false;
  }

  bool text(const ShapeNode& n, const Token& token, ShapeRoot root, Index label) {
    if (!token.scalar() || n.children.size() > kPartsMax) return false;
    TextPart parts[kPartsMax];
    for (size_t i = 0; i < n.children.size(); i++) {
      const ShapeNode& part = node(n.children[i]);
      parts[i].literal = part.kind == NodeKind::literal;
      if (parts[i].literal) parts[i].text = m_.text(m_.constants[part.value].text);
      else parts[i].width = part.size;
    }
    bool segments = root == ShapeRoot::path;
    std::string_view whole = root == ShapeRoot::fixed ? without_line_end(token.text) : token.text;
    if (!split_text(whole, segments, {parts, n.children.size()})) return false;
    for (size_t i = 0; i < n.children.size(); i++) {
      if (parts[i].literal) continue;
      std::string_view inner = parts[i].text;
      if (segments && !decode_segment(inner, arena_, inner)) return false;
      if (root == ShapeRoot::fixed) inner = without_padding(inner, c_.shape->holes[node(n.children[i]).value]);
      auto at = static_cast<uint32_t>(token.at + (parts[i].text.data() - token.text.data()));
      if (!bind(node(n.children[i]).value, {TokenKind::bare, at, 1, inner}, label)) return false;
    }
    return true;
  }

  // Text is followed by blanks; what is read as a number or an amount of time has zeros or blanks before it.
  static std::string_view without_padding(std::string_view text, const Hole& hole) {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (!padded_left(static_cast<Reader>(hole.reader))) return text;
    while (text.size() > 1 && (text.front() == ' ' || (text.front() == '0' && text[1] >= '0' && text[1] <= '9'))) text.remove_prefix(1);
    return text;
  }

  const Compiled& c_;
  const Module& m_;
  std::span<Token> slots_;
  std::span<Bound> bound_;
  Arena& arena_;
};

// Bodies that the shapes of a matcher begin with.
struct Body {
  ShapeRoot root;
  std::string_view format;
  uint32_t node;            // of the trie
};
struct Scanned {
  bool done = false, formed = false;
};

std::string_view spoken(Arena& arena, const std::string& line) { return arena.copy(line); }

}  // namespace

struct Matcher::Program {
  const Module* module;
  Trie trie;
  std::vector<Compiled> shapes;
  std::vector<Body> bodies;
  size_t holes_most = 0;

  void convert(const Compiled& shape, std::span<const Bound> bound, Selection& out, Arena& arena) const;
};

namespace {

// Elements are judged while the list is scanned; what they bind is not kept yet.
struct Jury final : Judge {
  const std::vector<Compiled>& shapes;
  std::span<Bound> room;
  Arena& arena;
  Jury(const std::vector<Compiled>& shapes, std::span<Bound> room, Arena& arena) : shapes(shapes), room(room), arena(arena) {}
  bool selects(const Scan& scan, const SearchEdge& edge) const override {
    return Selector(shapes[edge.shape], scan.slots, room, arena).run(edge);
  }
};

}  // namespace

// The readers of the chosen shape. The first that fails is the breach; whose row it is comes before that.
void Matcher::Program::convert(const Compiled& c, std::span<const Bound> bound, Selection& out, Arena& arena) const {
  const auto& holes = c.shape->holes;
  out.holes = arena.array<Value>(holes.size());
  if (out.holes == nullptr) {
    out.breach = true;
    out.why = "the answer does not fit the arena";
    return;
  }
  auto read = [&](size_t i) {
    const Hole& hole = holes[i];
    std::string_view argument;
    if (hole.argument < module->constants.size()) argument = module->text(module->constants[hole.argument].text);
    const bool good = read_value(static_cast<Reader>(hole.reader), argument, bound[i].token, arena, out.holes[i]);
    out.holes[i].labels = join(out.holes[i].labels, hole.type.labels);
    return good;
  };
  for (size_t i = 0; i < holes.size(); i++)
    if (holes[i].finds && bound[i].present && !read(i)) {
      out.foreign = true;
      return;
    }
  for (size_t i = 0; i < holes.size(); i++) {
    const Hole& hole = holes[i];
    if (hole.finds || !bound[i].present || read(i)) continue;
    out.breach = true;
    out.why = spoken(arena, fmt::format("member {}: not {}, at byte {}", module->text(bound[i].label), kReaders[hole.reader].spelling,
                                        bound[i].token.at));
    return;
  }
}

Matcher::Matcher(const Module& module, std::vector<Index> shapes) : program_(std::make_unique<Program>()) {
  Program& p = *program_;
  p.module = &module;
  for (Index i : shapes) {
    const Shape& shape = module.shapes[i];
    ShapeRoot root = shape.root == ShapeRoot::query ? ShapeRoot::form : shape.root;
    std::string_view format = module.text(shape.format);
    uint32_t node = p.trie.root(root, format), body = 0;
    while (body < p.bodies.size() && p.bodies[body].node != node) body++;
    if (body == p.bodies.size()) p.bodies.push_back({root, format, node});
    p.shapes.push_back({&module, &shape, &p.trie, root, body, p.trie.add(module, shape)});
    for (const ShapeNode& n : shape.nodes)
      if (n.kind == NodeKind::list && (n.flags & kEach) && !n.children.empty()) p.shapes.back().row = n.children[0];
    p.holes_most = std::max(p.holes_most, shape.holes.size());
  }
  p.trie.finish();
}
Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;

Selection Matcher::match(std::string_view body, std::span<const bool> candidates, Arena& arena, std::span<const Value> settings) const {
  const Program& p = *program_;
  Selection out;
  if (body.empty()) return out.why = "an empty body", out;
  if (body.size() > kBodyMax) return out.why = "a body over 256 KiB", out;
  Token* slots = arena.array<Token>(p.trie.size());
  Bound* bound = arena.array<Bound>(p.holes_most);
  if (slots == nullptr || bound == nullptr) return out.why = "the answer does not fit the arena", out;
  Jury jury(p.shapes, {bound, p.holes_most}, arena);
  Scan scan{p.trie, {slots, p.trie.size()}, arena, jury, settings};
  Scanned* scanned = arena.array<Scanned>(p.bodies.size());
  if (scanned == nullptr) return out.why = "the answer does not fit the arena", out;
  for (size_t i = 0; i < p.shapes.size() && i < candidates.size(); i++) {
    if (!candidates[i]) continue;
    const Compiled& c = p.shapes[i];
    Scanned& s = scanned[c.body];
    if (!s.done) {
      const Body& read = p.bodies[c.body];
      scan.why = {};
      s.done = true;
      s.formed = scan_body(scan, read.root, read.format, body, read.node);
      if (!s.formed && out.why.empty())
        out.why = spoken(arena, fmt::format("not well-formed: {}, at byte {}", scan.why, scan.at));
    }
    if (!s.formed) continue;
    out.decoded = true;
    std::fill(bound, bound + p.holes_most, Bound{});
    if (!Selector(c, scan.slots, {bound, p.holes_most}, arena).run()) continue;
    out.chosen = static_cast<int>(i);
    out.why = {};
    p.convert(c, {bound, p.holes_most}, out, arena);
    return out;
  }
  if (out.decoded) out.why = "no shape fits";
  return out;
}

namespace {

// One body's rows, put to the shapes of a matcher one by one.
class RowReading {
 public:
  RowReading(const std::vector<Compiled>& shapes, const SearchEdge& edge, std::span<Token> slots, std::span<Bound> bound, Arena& arena)
      : shapes_(shapes), edge_(edge), slots_(slots), bound_(bound), arena_(arena) {}

  // The first of `candidates` that selects the row; -1: none. `bound` holds what it binds.
  int choose(const Token* row, std::span<const bool> candidates) {
    for (size_t i = 0; i < edge_.places.size(); i++) slots_[edge_.places[i]] = row[i];
    for (size_t i = 0; i < shapes_.size() && i < candidates.size(); i++) {
      if (!candidates[i] || shapes_[i].row == kNone || shapes_[i].where[shapes_[i].row] != edge_.to) continue;
      std::fill(bound_.begin(), bound_.end(), Bound{});
      if (Selector(shapes_[i], slots_, bound_, arena_).run_row(edge_)) return static_cast<int>(i);
    }
    return -1;
  }

 private:
  const std::vector<Compiled>& shapes_;
  const SearchEdge& edge_;
  std::span<Token> slots_;
  std::span<Bound> bound_;
  Arena& arena_;
};

size_t first_of(std::span<const bool> candidates) { return static_cast<size_t>(std::find(candidates.begin(), candidates.end(), true) - candidates.begin()); }

}  // namespace

RowsFound Matcher::rows(std::string_view body, std::span<const bool> candidates, std::span<const bool> ends, Arena& arena, std::span<const Value> settings) const {
  const Program& p = *program_;
  RowsFound out;
  const size_t first = first_of(candidates);
  if (first >= p.shapes.size()) return out.why = "nothing reads rows", out;
  if (body.size() > kBodyMax) return out.why = "a body over 256 KiB", out;
  Token* slots = arena.array<Token>(p.trie.size());
  Bound* bound = arena.array<Bound>(p.holes_most);
  if (slots == nullptr || bound == nullptr) return out.why = "the answer does not fit the arena", out;
  const std::span<Bound> room{bound, p.holes_most};
  const Compiled& c = p.shapes[first];
  const Body& read = p.bodies[c.body];
  Jury jury(p.shapes, room, arena);
  RowTokens tokens;
  Scan scan{p.trie, {slots, p.trie.size()}, arena, jury, settings, &tokens};
  if (!scan_body(scan, read.root, read.format, body, read.node))
    return out.why = spoken(arena, fmt::format("not well-formed: {}, at byte {}", scan.why, scan.at)), out;
  if (!Selector(c, scan.slots, room, arena).run()) return out.why = "no rows where they should be", out;
  out.decoded = true;
  Selection* found = arena.array<Selection>(tokens.rows.size());
  if (found == nullptr) return out.decoded = false, out.why = "the answer does not fit the arena", out;
  out.rows = {found, tokens.rows.size()};
  out.ended = !tokens.rows.empty() && first_of(ends) < ends.size();
  for (size_t i = 0; i < tokens.rows.size(); i++) {
    const bool last = out.ended && i + 1 == tokens.rows.size();
    RowReading reading(p.shapes, *tokens.edge, scan.slots, room, arena);
    found[i].decoded = true;
    found[i].chosen = reading.choose(tokens.rows[i], last ? ends : candidates);
    if (found[i].chosen < 0) found[i].why = "no shape fits";
    else p.convert(p.shapes[static_cast<size_t>(found[i].chosen)], room, found[i], arena);
  }
  return out;
}

}  // namespace tollgate
