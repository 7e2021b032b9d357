// Texts that are taken apart at the other end: what others wrote must not be able to hold the separators, where the amount stands beside it.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/check/carried.h"
#include "compiler/check/rules.h"
#include "compiler/check/words.h"

namespace tollgate::hir {
namespace {

// Characters at which texts are taken apart. A comma and a colon are, too, where nothing else stands between two values.
constexpr std::string_view kSeparators = "|;&=~^#<>\"\t\r\n\x1c\x1d\x1e\x1f", kBareSeparators = ",:/*+ ";

using LetsSeen = std::set<std::pair<uint32_t, uint32_t>>;  // by step

struct TextPiece {
  std::string literal;
  const Expr* value = nullptr;
  Span span;
};

// The characters that take this text apart. A text for people has words and blanks between its values.
std::string separators(const std::vector<TextPiece>& pieces) {
  std::string out;
  for (size_t i = 0; i < pieces.size(); ++i) {
    bool between = i > 0 && i + 1 < pieces.size();
    bool bare = between && words_of(pieces[i].literal).empty() && pieces[i].literal != " ";
    for (char c : pieces[i].literal)
      if ((kSeparators.find(c) != std::string_view::npos || (bare && kBareSeparators.find(c) != std::string_view::npos)) && out.find(c) == std::string::npos) out += c;
  }
  return out;
}

class Separators {
 public:
  Separators(const SendPlace& place, Sink& sink)
      : place_(place), amount_(*place.procedure), step_(static_cast<uint32_t>(place.step - place.procedure->steps.data())), sink_(sink) {}

  void check() {
    message_values(place_, [&](const Expr& value, std::string_view part) { if (part != "path") texts(value, step_); });
    if (place_.send->query) shape(*place_.send->query, step_);
    if (place_.send->body) shape(*place_.send->body, step_);
  }

 private:
  // An encoding leaves no separators, and a digest is not taken apart.
  static bool encodes(const Expr& e) {
    namespace Id = BuiltinIds;
    return is_call(e, {Id::hex_form, Id::base64_form, Id::base64url_form, Id::hex, Id::base64, Id::base64url, Id::percent});
  }

  const std::vector<Let>& lets(uint32_t step) const { return place_.procedure->steps[step].lets; }

  // Each let is looked at once: lets that name each other twice would otherwise double the work with each of them.
  void texts(const Expr& e, uint32_t step) {
    if (loses(e)) return;
    if (e.kind == ExprKind::let && e.index < lets(step).size()) {
      if (seen_.insert({step, e.index}).second) texts(lets(step)[e.index].value, step);
      return;
    }
    if (e.kind == ExprKind::kept) return texts(place_.procedure->keeps[e.index].value, place_.procedure->keeps[e.index].step);
    if (e.kind == ExprKind::join) {
      std::vector<TextPiece> pieces;
      for (const Expr& operand : e.operands) {
        bool literal = operand.kind == ExprKind::constant;
        pieces.push_back({literal ? operand.constant.text : "", literal ? nullptr : &operand, e.span});
      }
      judge(pieces, step);
    }
    if (e.shape) {
      shape(*e.shape, step);
      for (const Hole& hole : e.shape->holes) if (hole.has_value) texts(hole.value, step);
    }
    for (const Expr& operand : e.operands) texts(operand, step);
  }
  void shape(const Shape& shape, uint32_t step) {
    walk(shape.node, [&](const ShapeNode& node) {
      if (node.kind != NodeKind::text || shape.root == ShapeRoot::fixed) return;
      std::vector<TextPiece> pieces;
      for (const ShapeNode& child : node.children) {
        bool hole = child.kind == NodeKind::hole && shape.holes[child.hole].has_value;
        pieces.push_back({child.kind == NodeKind::literal ? child.literal.text : "", hole ? &shape.holes[child.hole].value : nullptr, child.span});
      }
      judge(pieces, step);
    });
  }

  void judge(const std::vector<TextPiece>& pieces, uint32_t step) {
    if (std::none_of(pieces.begin(), pieces.end(), [&](const TextPiece& p) { return p.value && amount_.exact(*p.value, step); })) return;
    const std::string apart = separators(pieces);
    if (apart.empty()) return;
    for (const TextPiece& piece : pieces) {
      if (!piece.value) continue;
      std::string left = apart;
      LetsSeen seen;
      if (!free(*piece.value, step, left, seen) || left.empty()) continue;
      Span at = piece.value->span;
      sink_.report(Diag::separator_in_text, at).arg("value", piece.value->origin).arg("separator", shown(left)).label("may hold `" + shown(left) + "`, and the amount stands beside it")
          .because("`" + place_.procedure->name + "` moves money by this text")
          .help(Grade::example, "encode it: `percent(" + piece.value->origin + ")`, or take the character out: `" + piece.value->origin + ".replace(\"" + shown(left) + "\", \" \")`", {})
          .help(Grade::example, "or write a message that quotes by itself: `json`, `form`, `csv`", {});
      return;
    }
  }
  static std::string shown(const std::string& separators) {
    char c = separators[0];
    return c == '"' ? "\\\"" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : std::string(1, c);
  }

  // A text of the merchant's or the user's. What was replaced in it is out of `left`.
  bool free(const Expr& e, uint32_t step, std::string& left, LetsSeen& seen) const {
    switch (e.kind) {
      case ExprKind::argument: return e.type.kind == Kind::text && !e.name.starts_with("original.");
      case ExprKind::let: return e.index < lets(step).size() && seen.insert({step, e.index}).second && free(lets(step)[e.index].value, step, left, seen);
      case ExprKind::kept: return free(place_.procedure->keeps[e.index].value, place_.procedure->keeps[e.index].step, left, seen);
      case ExprKind::call: break;
      case ExprKind::join: case ExprKind::otherwise: return std::any_of(e.operands.begin(), e.operands.end(), [&](const Expr& part) { return free(part, step, left, seen); });
      default: return false;
    }
    if (encodes(e) || e.operands.empty()) return false;
    if (is_call(e, {BuiltinIds::text_replace}) && e.operands[1].kind == ExprKind::constant && e.operands[1].constant.text.size() == 1)
      left.erase(std::remove(left.begin(), left.end(), e.operands[1].constant.text[0]), left.end());
    return e.type.kind == Kind::text && free(e.operands[0], step, left, seen);
  }

  const SendPlace& place_;
  Amount amount_;
  uint32_t step_;
  LetsSeen seen_;
  Sink& sink_;
};

}  // namespace

void check_separators(const Carrier& carrier, Sink& sink) {
  for (const SendPlace& place : sends(carrier))
    if (place.procedure && place.procedure->moves_money) Separators(place, sink).check();
}

}  // namespace tollgate::hir
