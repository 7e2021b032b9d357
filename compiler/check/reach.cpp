// Reach and overlap of arms, by the algebra of selectors: statuses, literals, kinds, presence. Finite, because conversions do not select.
#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "compiler/check/rules.h"
#include "runtime/bytecode/format.h"
#include "runtime/bytecode/wire.h"
#include "runtime/bytecode/limits.h"

namespace tollgate::hir {
namespace {

// What may stand at one path: any of the literals, or any value of a kind in the mask.
enum Wire : uint8_t { kString = 1, kInteger = 2, kFraction = 4, kBool = 8, kObject = 16, kList = 32, kNull = 64, kAbsent = 128 };
// "OK:{id}.": a text with holes, by what it begins and ends with. `whole` tells two of them apart.
struct TextPattern {
  std::string prefix, suffix, whole;
};
struct Choice {
  uint8_t mask = 0;
  std::vector<std::string> literals;  // with a letter for the kind before them
  std::vector<TextPattern> texts;
  bool length = false;                // how many elements a list has: keeps lists apart, and is no word that an arm insists on
};
using Selectors = std::map<std::string, Choice>;

// Whether it may be missing is said by the member, or by the header.
uint8_t mask_of(const Hole& hole, ShapeRoot root) {
  if (root != ShapeRoot::json) return kString;
  Reader reader = static_cast<Reader>(hole.reader);
  switch (wire_kind(reader)) {
    case WireKind::any: return kString | kInteger | kBool;
    case WireKind::number: return reader == Reader::decimal ? kInteger | kFraction : kInteger;
    case WireKind::boolean: return kBool;
    case WireKind::string_or_number: return reader == Reader::integer_loose ? kString | kInteger : kString | kInteger | kFraction;
    case WireKind::string: return kString;
  }
  return kString;
}

uint8_t kind_mask(std::string_view literal) { return literal[0] == 'n' ? kInteger : literal[0] == 'd' ? kFraction : literal[0] == 'b' ? kBool : kString; }

std::string literal_key(const Constant& c) {
  switch (c.kind) {
    case Kind::integer: return "n" + std::to_string(c.integer);
    case Kind::decimal: return "d" + std::to_string(c.integer) + "e" + std::to_string(c.scale);
    case Kind::boolean: return c.integer ? "b1" : "b0";
    default: return "t" + c.text;
  }
}

TextPattern text_pattern(const ShapeNode& node) {
  TextPattern out;
  for (const ShapeNode& part : node.children)
    out.whole += part.kind == NodeKind::literal ? "t" + part.literal.text : "h" + std::to_string(part.size);
  if (node.children.empty()) return out;
  if (node.children.front().kind == NodeKind::literal) out.prefix = node.children.front().literal.text;
  if (node.children.back().kind == NodeKind::literal) out.suffix = node.children.back().literal.text;
  return out;
}

void add_choice(const ShapeNode& node, const Shape& shape, Choice& out) {
  switch (node.kind) {
    case NodeKind::literal: out.literals.push_back(literal_key(node.literal)); break;
    case NodeKind::null: out.mask |= kNull; break;
    case NodeKind::missing: out.mask |= kAbsent; break;
    case NodeKind::hole: out.mask |= mask_of(shape.holes[node.hole], shape.root); break;
    case NodeKind::object: case NodeKind::pairs: out.mask |= kObject; break;
    case NodeKind::list: out.mask |= shape.root == ShapeRoot::json ? kList : kList | kObject | kString; break;  // elsewhere what occurs once is a list of one
    case NodeKind::codec: out.mask |= kString; break;
    case NodeKind::text: out.texts.push_back(text_pattern(node)); break;
    case NodeKind::any: out.mask |= static_cast<uint8_t>(~(kNull | kAbsent)); break;
    case NodeKind::alternatives: for (const ShapeNode& child : node.children) add_choice(child, shape, out); break;
    case NodeKind::member: case NodeKind::setting: case NodeKind::repeat: break;
  }
}

void collect_list(const ShapeNode& node, const Shape& shape, const std::string& path, Selectors& out);

void collect(const ShapeNode& node, const Shape& shape, const std::string& path, bool optional, Selectors& out) {
  Choice choice;
  add_choice(node, shape, choice);
  if (optional) choice.mask |= kAbsent;
  out[path] = std::move(choice);
  if (optional) return;
  if (node.kind == NodeKind::codec) return collect(node.children[0], shape, path + "/<" + node.name + "." + std::to_string(static_cast<int>(node.root)) + ">", false, out);
  if (node.kind == NodeKind::list) return collect_list(node, shape, path, out);
  if (node.kind == NodeKind::object || node.kind == NodeKind::pairs) {
    for (const ShapeNode& member : node.children) {
      if (member.kind != NodeKind::member || member.children.empty()) continue;
      std::string name = (member.flags & kAttribute ? "/@" : "/") + member.name;
      collect(member.children[0], shape, path + name, (member.flags & kOptional) != 0, out);
    }
  }
}

// What a pattern asks for, in one text.
std::string spelled(const ShapeNode& node, const Shape& shape) {
  std::string out = "(" + std::to_string(static_cast<int>(node.kind)) + "." + std::to_string(node.flags) + " " + node.name + " " + node.ns;
  if (node.kind == NodeKind::literal) out += literal_key(node.literal);
  if (node.kind == NodeKind::hole) out += std::to_string(shape.holes[node.hole].reader);
  for (const ShapeNode& child : node.children) out += spelled(child, shape);
  return out + ")";
}

// Elements by position, and how many there are: of `[a, ..]` at least one. In xml one element is a list of one.
void collect_list(const ShapeNode& node, const Shape& shape, const std::string& path, Selectors& out) {
  constexpr size_t kLengthMax = 64;
  if (node.flags & kEach) return collect(node.children[0], shape, path + "/[each]", false, out);
  if (node.flags & kFront) {  // which element it is, nobody knows yet: only the same search is sure to find the same
    out[path + "/[..]" + spelled(node, shape)].literals.push_back("t");
    return;
  }
  for (size_t i = 0; i < node.children.size(); ++i) collect(node.children[i], shape, path + "/[" + std::to_string(i) + "]", false, out);
  Choice length;
  length.length = true;
  size_t most = node.flags & kOpen ? std::max(kLengthMax, node.children.size()) : node.children.size();
  for (size_t n = node.children.size(); n <= most; ++n) length.literals.push_back("n" + std::to_string(n));
  out[path + "/[]"] = std::move(length);
}

Selectors selectors(const Arm& arm) {
  Selectors out;
  if (arm.shape) collect(arm.shape->node, *arm.shape, "body:" + std::to_string(static_cast<int>(arm.shape->root)), false, out);
  for (const HeaderPattern& header : arm.headers) collect(header.shape.node, header.shape, "header:" + header.name, header.optional, out);
  return out;
}

bool fits(const TextPattern& pattern, std::string_view text) {
  return text.size() >= pattern.prefix.size() + pattern.suffix.size() && text.starts_with(pattern.prefix) && text.ends_with(pattern.suffix);
}
bool takes(const Choice& choice, const std::string& literal) {
  if ((choice.mask & kind_mask(literal)) || std::find(choice.literals.begin(), choice.literals.end(), literal) != choice.literals.end()) return true;
  return literal[0] == 't' &&
         std::any_of(choice.texts.begin(), choice.texts.end(), [&](const TextPattern& p) { return fits(p, std::string_view(literal).substr(1)); });
}
// Every text of `a` is one of `b`, as far as can be told: the same pattern, or one that only begins or ends as `a` does too.
bool within(const TextPattern& a, const TextPattern& b) {
  if (a.whole == b.whole) return true;
  bool loose = b.whole == (b.prefix.empty() ? "" : "t" + b.prefix) + "h0" + (b.suffix.empty() ? "" : "t" + b.suffix);
  return loose && a.prefix.starts_with(b.prefix) && a.suffix.ends_with(b.suffix);
}
bool apart(const TextPattern& a, const TextPattern& b) {
  bool prefixes = !a.prefix.starts_with(b.prefix) && !b.prefix.starts_with(a.prefix);
  return prefixes || (!a.suffix.ends_with(b.suffix) && !b.suffix.ends_with(a.suffix));
}
// Every value of `a` is one of `b`.
bool within(const Choice& a, const Choice& b) {
  if (a.mask & ~b.mask) return false;
  bool texts = (b.mask & kString) || std::all_of(a.texts.begin(), a.texts.end(), [&](const TextPattern& p) {
    return std::any_of(b.texts.begin(), b.texts.end(), [&](const TextPattern& q) { return within(p, q); });
  });
  return texts && std::all_of(a.literals.begin(), a.literals.end(), [&](const std::string& l) { return takes(b, l); });
}
bool apart(const Choice& a, const Choice& b) {
  if (a.mask & b.mask) return false;
  if ((!a.texts.empty() && (b.mask & kString)) || (!b.texts.empty() && (a.mask & kString))) return false;
  for (const TextPattern& p : a.texts)
    for (const TextPattern& q : b.texts) if (!apart(p, q)) return false;
  auto taken_by = [](const Choice& c) { return [&c](const std::string& l) { return takes(c, l); }; };
  return std::none_of(a.literals.begin(), a.literals.end(), taken_by(b)) && std::none_of(b.literals.begin(), b.literals.end(), taken_by(a));
}
bool by_literal(const Choice& c) { return !c.length && (!c.literals.empty() || !c.texts.empty()) && c.mask == 0; }

bool status_in(const StatusRange& range, const Arm& arm) {
  return std::any_of(arm.statuses.begin(), arm.statuses.end(), [&](const StatusRange& r) { return r.from <= range.from && range.upto <= r.upto; });
}
bool statuses_within(const Arm& a, const Arm& b) {
  if (b.head == ArmHead::other || (b.statuses.empty() && a.statuses.empty())) return true;
  if (a.head == ArmHead::other) return false;
  return std::all_of(a.statuses.begin(), a.statuses.end(), [&](const StatusRange& r) { return status_in(r, b); });
}
bool statuses_apart(const Arm& a, const Arm& b) {
  if (a.head == ArmHead::other || b.head == ArmHead::other || (a.statuses.empty() && b.statuses.empty())) return false;
  for (const StatusRange& x : a.statuses) for (const StatusRange& y : b.statuses) if (x.from <= y.upto && y.from <= x.upto) return false;
  return true;
}

bool covers(const Arm& earlier, const Selectors& wide, const Arm& later, const Selectors& narrow) {
  if (earlier.reads != later.reads && earlier.reads != ArmReads::whole) return false;
  if (earlier.repeat != later.repeat || earlier.first_only || !earlier.guard.empty() || earlier.empty_body) return false;
  if (!statuses_within(later, earlier)) return false;
  return std::all_of(wide.begin(), wide.end(), [&](const auto& entry) {
    auto it = narrow.find(entry.first);
    if (it == narrow.end()) return entry.second.mask == 0xff || false;
    return within(it->second, entry.second);
  });
}

// Rows that stand in one place.
bool same_rows(const Selectors& a, const Selectors& b) {
  return std::any_of(a.begin(), a.end(), [&](const auto& entry) { return entry.first.ends_with("/[each]") && b.contains(entry.first); });
}

bool disjoint(const Arm& a, const Selectors& sa, const Arm& b, const Selectors& sb) {
  if (a.reads != b.reads || (a.reads != ArmReads::whole && a.shape && b.shape && !same_rows(sa, sb))) return true;
  if (a.repeat != b.repeat && (a.head == ArmHead::other || b.head == ArmHead::other)) return true;
  if (a.first_only || b.first_only || a.empty_body != b.empty_body || statuses_apart(a, b)) return true;
  if (a.shape && b.shape && a.shape->root != b.shape->root) return true;
  for (const auto& [path, choice] : sa) {
    auto it = sb.find(path);
    if (it != sb.end() && apart(choice, it->second)) return true;
  }
  return false;
}

// `a` insists on a literal where `b` takes more.
bool pickier(const Selectors& a, const Selectors& b) {
  return std::any_of(a.begin(), a.end(), [&](const auto& entry) {
    if (!by_literal(entry.second)) return false;
    auto it = b.find(entry.first);
    return it == b.end() || !within(it->second, entry.second);
  });
}

void check_list(const std::vector<Arm>& arms, Sink& sink) {
  std::vector<Selectors> all;
  for (const Arm& arm : arms) all.push_back(selectors(arm));
  // Each is compared with all before it; a list beyond the limit of a module is refused for that.
  const size_t compared = std::min(arms.size(), limits::kArms);
  for (size_t j = 1; j < compared; ++j) {
    if (arms[j].of_link) continue;  // a link's arms are for what a send does not say itself
    for (size_t i = 0; i < j; ++i) {
      if (covers(arms[i], all[i], arms[j], all[j])) {
        sink.report(Diag::arm_unreachable, arms[j].span).label("an earlier arm takes all of it").also(arms[i].span, "this one")
            .help(Grade::example, "put the more specific arm first", {});
        break;
      }
      if (disjoint(arms[i], all[i], arms[j], all[j])) continue;
      if (arms[i].repeat != arms[j].repeat) {
        sink.report(Diag::arms_overlap, arms[j].span).label("some answers fit both").also(arms[i].span, "and this one")
            .because("the status that answers a repeat must not be one that answers the first request too")
            .help(Grade::example, "if a repeat is answered as the first request was, the promise is `repeat answers original`", {});
        break;
      }
      bool narrower_status = !statuses_within(arms[j], arms[i]);  // the earlier one leaves statuses to the later
      bool earlier_picky = pickier(all[i], all[j]) || narrower_status;
      bool later_picky = pickier(all[j], all[i]) || !statuses_within(arms[i], arms[j]);
      if (earlier_picky && later_picky) {
        sink.report(Diag::arms_overlap, arms[j].span).label("some answers fit both").also(arms[i].span, "and this one")
            .because("a specific arm may stand before a more general one; here each insists on something the other does not");
        break;
      }
    }
  }
}

// Could a text fit both patterns? Judged by what they begin and end with, and place by place when both have one length.
bool patterns_meet(std::string_view a, std::string_view b) {
  auto fixed = [](std::string_view p) { return p.find(kAnyText) == std::string_view::npos; };
  auto meet = [](char x, char y) { return x == y || x == kAnyCharacter || y == kAnyCharacter; };
  if (fixed(a) && fixed(b) && a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size() && i < b.size() && a[i] != kAnyText && b[i] != kAnyText; ++i)
    if (!meet(a[i], b[i])) return false;
  for (size_t i = 1; i <= a.size() && i <= b.size() && a[a.size() - i] != kAnyText && b[b.size() - i] != kAnyText; ++i)
    if (!meet(a[a.size() - i], b[b.size() - i])) return false;
  return true;
}

int64_t low(const Row& row) { return row.key.integer; }
int64_t high(const Row& row) { return row.range ? row.upto.integer : row.key.integer; }

// Codes that have a meaning already. Readings may have thousands of rows, so each one is looked up, not compared with all before it.
class Meanings {
 public:
  explicit Meanings(const Table& table) : integers_(table.key == Kind::integer) {}

  // The row that means this code, or one in its range, already; else null, and the row is kept.
  const Row* take(const Row& row) {
    if (row.pattern) return take_pattern(row);  // a code that is written out is a special case of a pattern
    if (!integers_) {
      const auto [at, fresh] = texts_.emplace(row.key.text, &row);
      return fresh ? nullptr : at->second;
    }
    // Kept ranges never overlap, so only the last one that begins before this one ends can meet it.
    auto after = ranges_.upper_bound(high(row));
    if (after != ranges_.begin() && high(*std::prev(after)->second) >= low(row)) return std::prev(after)->second;
    ranges_.emplace(low(row), &row);
    return nullptr;
  }

 private:
  const Row* take_pattern(const Row& row) {
    for (const Row* other : patterns_)
      if (patterns_meet(row.key.text, other->key.text)) return other;
    patterns_.push_back(&row);
    return nullptr;
  }

  bool integers_;
  std::vector<const Row*> patterns_;
  std::unordered_map<std::string_view, const Row*> texts_;
  std::map<int64_t, const Row*> ranges_;  // by where they begin
};

void check_table(const Table& table, Sink& sink) {
  Meanings meanings(table);
  for (const Row& row : table.rows) {
    if (row.range && (table.key != Kind::integer || low(row) > high(row))) {
      sink.report(Diag::duplicate_code, row.span).arg("code", "range").label("a range goes from the smaller number to the larger");
      continue;
    }
    const Row* other = meanings.take(row);
    if (other == nullptr) continue;
    std::string code = table.key == Kind::integer ? std::to_string(row.key.integer) : row.pattern ? "that fits two patterns" : "\"" + row.key.text + "\"";
    sink.report(Diag::duplicate_code, row.span).arg("code", code).label(row.pattern ? "some codes fit both" : "has a meaning already").also(other->span, "given here");
  }
}

}  // namespace

void check_arms(const Carrier& carrier, Sink& sink) {
  for (const ArmList& list : arm_lists(carrier)) check_list(*list.arms, sink);
  for (const Table& table : carrier.tables) check_table(table, sink);
}

}  // namespace tollgate::hir
