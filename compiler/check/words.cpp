#include "compiler/check/words.h"

#include <algorithm>
#include <array>
#include <string>

#include "runtime/catalog/builtins.h"

namespace tollgate::hir {
namespace {

// Headers about the message, the connection or the server. Whatever they say, they say of every answer.
constexpr std::array<std::string_view, 22> kHeadersOfAnyAnswer = {
    "accept-ranges", "age", "alt-svc", "cache-control", "connection", "content-encoding", "content-language", "content-length", "content-type", "date", "etag",
    "expires", "keep-alive", "last-modified", "pragma", "server", "strict-transport-security", "trailer", "transfer-encoding", "upgrade", "vary", "via"};

bool of_any_answer(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c); });
  return std::find(kHeadersOfAnyAnswer.begin(), kHeadersOfAnyAnswer.end(), name) != kHeadersOfAnyAnswer.end();
}

// Between two holes stands mere punctuation, which separates and says nothing.
bool has_letter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'); });
}

bool is_boolean(const ShapeNode& node, bool value) {
  return node.kind == NodeKind::literal && node.literal.kind == Kind::boolean && (node.literal.integer != 0) == value;
}
// `true | false` is every Bool.
bool any_boolean(const ShapeNode& node) {
  auto has = [&](bool value) { return std::any_of(node.children.begin(), node.children.end(), [=](const ShapeNode& c) { return is_boolean(c, value); }); };
  return has(true) && has(false);
}

// A word that must be there. An optional member, an alternative that may be missing and an empty text are met by an answer that says nothing.
bool demands_word(const ShapeNode& node, bool part_of_text) {
  switch (node.kind) {
    case NodeKind::literal: return node.literal.kind != Kind::text || (part_of_text ? has_letter(node.literal.text) : !node.literal.text.empty());
    case NodeKind::member:
      if (node.flags & kOptional) return false;
      break;
    case NodeKind::alternatives:
      return !node.children.empty() && !any_boolean(node) &&
             std::all_of(node.children.begin(), node.children.end(), [](const ShapeNode& c) { return demands_word(c, false); });
    default: break;
  }
  bool text = node.kind == NodeKind::text;
  return std::any_of(node.children.begin(), node.children.end(), [&](const ShapeNode& c) { return demands_word(c, text); });
}

// Something that must be there, whatever its value.
bool demands_presence(const ShapeNode& node) {
  switch (node.kind) {
    case NodeKind::literal: case NodeKind::hole: case NodeKind::any: return true;
    case NodeKind::null: case NodeKind::missing: return false;
    case NodeKind::member: return !(node.flags & kOptional) && (node.children.empty() || demands_presence(node.children[0]));
    case NodeKind::alternatives: return std::all_of(node.children.begin(), node.children.end(), demands_presence);
    default: return std::any_of(node.children.begin(), node.children.end(), demands_presence);
  }
}

// A guard says something only if it compares what the carrier said with a word of the file.
bool guard_demands_word(const Expr& guard) {
  if (guard.kind != ExprKind::call || guard.operands.size() != 2 || builtin(guard.index)->name != "equal") return false;
  auto word = [](const Expr& e) { return e.kind == ExprKind::constant && (e.constant.kind != Kind::text || !e.constant.text.empty()); };
  const Expr& a = guard.operands[0];
  const Expr& b = guard.operands[1];
  return (a.kind == ExprKind::hole && word(b)) || (word(a) && b.kind == ExprKind::hole);
}

}  // namespace

bool doubtful(uint16_t status) { return status >= 500 || status == 407 || status == 408 || status == 409 || status == 425 || status == 429; }

bool says_word(const Arm& arm) {
  if (arm.shape && demands_word(arm.shape->node, false)) return true;
  for (const HeaderPattern& header : arm.headers)
    if (!header.optional && !of_any_answer(header.name) && demands_word(header.shape.node, false)) return true;
  return std::any_of(arm.guard.begin(), arm.guard.end(), guard_demands_word);
}

bool speaks(const Arm& arm) {
  if (!arm.shape) return false;
  const ShapeNode& root = arm.shape->node;
  bool whole = root.kind == NodeKind::hole || root.kind == NodeKind::any;  // `text`: any body at all
  return !whole && arm.shape->root != ShapeRoot::text && demands_presence(root);
}

bool is_fresh(const Keep& keep) {
  constexpr int64_t kLettersMin = 8, kDigitsMin = 10;
  const Expr& e = keep.value;
  if (e.poisoned()) return true;
  if (e.kind == ExprKind::call && !e.operands.empty() && e.name == "text") return e.operands[0].kind == ExprKind::host && e.operands[0].name == "uuid";
  if (e.kind != ExprKind::host) return false;
  return e.name == "uuid" || e.name == "counter" || (e.name == "alnum" && e.number >= kLettersMin) || (e.name == "digits" && e.number >= kDigitsMin);
}

}  // namespace tollgate::hir
