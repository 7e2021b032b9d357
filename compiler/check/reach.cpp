// Reach and overlap of arms, by the algebra of selectors: statuses, literals, kinds, presence. Finite, because conversions do not select.
#include <algorithm>
#include <map>
#include <string>

#include "compiler/check/rules.h"

namespace tollgate::hir {
namespace {

// What may stand at one path: any of the literals, or any value of a kind in the mask.
enum Wire : uint8_t { kString = 1, kInteger = 2, kFraction = 4, kBool = 8, kObject = 16, kList = 32, kNull = 64, kAbsent = 128 };
struct Choice {
  uint8_t mask = 0;
  std::vector<std::string> literals;  // with a letter for the kind before them
};
using Selectors = std::map<std::string, Choice>;

constexpr std::string_view kReaders[] = {
#define TG_READER(name, spelling, kind, doc) spelling,
#include "runtime/catalog/readers.def"
#undef TG_READER
};

uint8_t mask_of(const Hole& hole, ShapeRoot root) {
  uint8_t absent = hole.type.optional ? kAbsent : 0;
  if (root != ShapeRoot::json) return kString | absent;
  std::string_view reader = hole.reader < std::size(kReaders) ? kReaders[hole.reader] : "Text";
  if (reader == "Int" || reader == "Time.epoch" || reader == "Time.epoch_ms" || reader == "Duration.seconds" || reader == "Money.minor") return kInteger | absent;
  if (reader == "Decimal") return kInteger | kFraction | absent;
  if (reader == "Bool") return kBool | absent;
  if (reader.ends_with(".loose")) return kString | kInteger | (reader == "Int.loose" ? 0 : kFraction) | absent;
  return kString | absent;
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

void add_choice(const ShapeNode& node, const Shape& shape, Choice& out) {
  switch (node.kind) {
    case NodeKind::literal: out.literals.push_back(literal_key(node.literal)); break;
    case NodeKind::null: out.mask |= kNull; break;
    case NodeKind::missing: out.mask |= kAbsent; break;
    case NodeKind::hole: out.mask |= mask_of(shape.holes[node.hole], shape.root); break;
    case NodeKind::object: case NodeKind::pairs: out.mask |= kObject; break;
    case NodeKind::list: out.mask |= kList; break;
    case NodeKind::codec: case NodeKind::text: out.mask |= kString; break;
    case NodeKind::any: out.mask |= static_cast<uint8_t>(~(kNull | kAbsent)); break;
    case NodeKind::alternatives: for (const ShapeNode& child : node.children) add_choice(child, shape, out); break;
    case NodeKind::member: break;
  }
}

void collect(const ShapeNode& node, const Shape& shape, const std::string& path, bool optional, Selectors& out) {
  Choice choice;
  add_choice(node, shape, choice);
  if (optional) choice.mask |= kAbsent;
  out[path] = std::move(choice);
  if (optional) return;
  if (node.kind == NodeKind::object || node.kind == NodeKind::pairs) {
    for (const ShapeNode& member : node.children) {
      if (member.kind != NodeKind::member || member.children.empty()) continue;
      collect(member.children[0], shape, path + "/" + member.name, (member.flags & kOptional) != 0, out);
    }
  }
}

Selectors selectors(const Arm& arm) {
  Selectors out;
  if (arm.shape) collect(arm.shape->node, *arm.shape, "body:" + std::to_string(static_cast<int>(arm.shape->root)), false, out);
  for (const HeaderPattern& header : arm.headers) collect(header.shape.node, header.shape, "header:" + header.name, header.optional, out);
  return out;
}

bool takes(const Choice& choice, const std::string& literal) {
  return (choice.mask & kind_mask(literal)) || std::find(choice.literals.begin(), choice.literals.end(), literal) != choice.literals.end();
}
// Every value of `a` is one of `b`.
bool within(const Choice& a, const Choice& b) {
  if (a.mask & ~b.mask) return false;
  return std::all_of(a.literals.begin(), a.literals.end(), [&](const std::string& l) { return takes(b, l); });
}
bool apart(const Choice& a, const Choice& b) {
  if (a.mask & b.mask) return false;
  auto taken_by = [](const Choice& c) { return [&c](const std::string& l) { return takes(c, l); }; };
  return std::none_of(a.literals.begin(), a.literals.end(), taken_by(b)) && std::none_of(b.literals.begin(), b.literals.end(), taken_by(a));
}
bool by_literal(const Choice& c) { return !c.literals.empty() && c.mask == 0; }

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
  if (earlier.repeat != later.repeat || earlier.first_only || !earlier.guard.empty() || earlier.empty_body) return false;
  if (!statuses_within(later, earlier)) return false;
  return std::all_of(wide.begin(), wide.end(), [&](const auto& entry) {
    auto it = narrow.find(entry.first);
    if (it == narrow.end()) return entry.second.mask == 0xff || false;
    return within(it->second, entry.second);
  });
}

bool disjoint(const Arm& a, const Selectors& sa, const Arm& b, const Selectors& sb) {
  if (a.repeat != b.repeat || a.first_only || b.first_only || a.empty_body != b.empty_body || statuses_apart(a, b)) return true;
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
  for (size_t j = 1; j < arms.size(); ++j) {
    if (arms[j].of_link) continue;  // a link's arms are for what a send does not say itself
    for (size_t i = 0; i < j; ++i) {
      if (covers(arms[i], all[i], arms[j], all[j])) {
        sink.report(Diag::arm_unreachable, arms[j].span).label("an earlier arm takes all of it").also(arms[i].span, "this one")
            .help(Grade::example, "put the more specific arm first", {});
        break;
      }
      if (disjoint(arms[i], all[i], arms[j], all[j])) continue;
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

void check_table(const Table& table, Sink& sink) {
  auto low = [](const Row& row) { return row.key.integer; };
  auto high = [](const Row& row) { return row.range ? row.upto.integer : row.key.integer; };
  for (size_t j = 0; j < table.rows.size(); ++j) {
    const Row& row = table.rows[j];
    if (row.range && (table.key != Kind::integer || low(row) > high(row))) {
      sink.report(Diag::duplicate_code, row.span).arg("code", "range").label("a range goes from the smaller number to the larger");
      continue;
    }
    for (size_t i = 0; i < j; ++i) {
      const Row& other = table.rows[i];
      bool same = table.key == Kind::integer ? low(row) <= high(other) && low(other) <= high(row) : row.key.text == other.key.text;
      if (!same) continue;
      std::string code = table.key == Kind::integer ? std::to_string(row.key.integer) : "\"" + row.key.text + "\"";
      sink.report(Diag::duplicate_code, row.span).arg("code", code).label("has a meaning already").also(other.span, "given here");
      break;
    }
  }
}

// G1: several callbacks whose key is in the content share an endpoint's URL; `match` says whose a message is.
void check_dispatch(const Carrier& carrier, Sink& sink) {
  for (uint32_t e = 0; e < carrier.endpoints.size(); ++e) {
    std::vector<Arm> matches;
    for (const Callback& callback : carrier.callbacks) {
      if (callback.endpoint != e || callback.url_keyed || !callback.match) continue;
      Arm& arm = matches.emplace_back();
      arm.shape = callback.match;
      arm.span = callback.match->span;
    }
    check_list(matches, sink);
  }
}

}  // namespace

void check_arms(const Carrier& carrier, Sink& sink) {
  for (const ArmList& list : arm_lists(carrier)) check_list(*list.arms, sink);
  for (const Table& table : carrier.tables) check_table(table, sink);
  check_dispatch(carrier, sink);
}

}  // namespace tollgate::hir
