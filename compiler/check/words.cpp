#include "compiler/check/words.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "compiler/check/walk.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::hir {
namespace {

// Headers about the message, the connection or the server. Whatever they say, they say of every answer.
constexpr std::array<std::string_view, 34> kHeadersOfAnyAnswer = {
    "accept-ranges", "age", "allow", "alt-svc", "cache-control", "connection", "content-disposition", "content-encoding", "content-language", "content-length",
    "content-type", "date", "etag", "expires", "keep-alive", "last-modified", "pragma", "proxy-authenticate", "proxy-connection", "retry-after", "server",
    "set-cookie", "strict-transport-security", "trailer", "transfer-encoding", "upgrade", "vary", "via", "warning", "www-authenticate", "x-powered-by",
    "x-request-id", "x-runtime", "x-served-by"};
// The families of headers that proxies, gateways and clouds put on what they pass on and on what they make up.
constexpr std::array<std::string_view, 12> kHeaderFamiliesOfAnyAnswer = {
    "access-control-", "cf-", "sec-", "x-amz", "x-cache", "x-cdn", "x-content-", "x-envoy-", "x-frame-", "x-kong-", "x-ratelimit-", "x-correlation"};

// What servers say of a status by themselves, word by word, in the pages and texts of any of them.
constexpr std::array<std::string_view, 68> kWordsOfAnyServer = {
    "a", "access", "an", "apache", "application", "at", "bad", "body", "busy", "center", "charset", "client", "code", "conflict", "connection", "content", "denied", "doctype",
    "down", "en", "error", "errors", "exception", "forbidden", "found", "gateway", "h1", "h2", "head", "html", "http", "https", "implemented", "internal",
    "is", "lang", "length", "maintenance", "many", "message", "meta", "method", "nginx", "not", "occurred", "page", "please", "proxy", "public", "request", "requests", "required",
    "server", "service", "status", "temporarily", "temporary", "the", "timed", "timeout", "title", "too", "type", "unauthorized", "unavailable", "utf", "xml", "xhtml"};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c); });
  return out;
}

bool of_any_answer(const std::string& header) {
  const std::string name = lower(header);
  return std::find(kHeadersOfAnyAnswer.begin(), kHeadersOfAnyAnswer.end(), name) != kHeadersOfAnyAnswer.end() ||
         std::any_of(kHeaderFamiliesOfAnyAnswer.begin(), kHeaderFamiliesOfAnyAnswer.end(), [&](std::string_view family) { return name.starts_with(family); });
}

bool is_letter(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

bool restates(std::string_view text, const Arm& arm) {
  if (text.size() != 3 || text.find_first_not_of("0123456789") != std::string_view::npos) return false;
  auto status = static_cast<uint16_t>((text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0'));
  return std::any_of(arm.statuses.begin(), arm.statuses.end(), [&](const StatusRange& range) { return range.from <= status && status <= range.upto; });
}

// Without its tags: what stands between `<` and `>`, or behind a `<` that is never closed.
std::string untagged(std::string_view text) {
  std::string out;
  bool tag = false;
  for (char c : text) {
    if (c == '<') tag = true;
    if (!tag) out += c;
    if (c == '>') tag = false, out += ' ';
  }
  return out;
}

// A word of the carrier in a free text: two letters or digits of what no server says by itself. Between two holes stands mere punctuation, which separates
// and says nothing.
bool own_word(std::string_view text, const Arm& arm) {
  size_t letters = 0;
  for (const std::string& word : words_of(untagged(text))) {
    bool any = std::find(kWordsOfAnyServer.begin(), kWordsOfAnyServer.end(), word) != kWordsOfAnyServer.end() || restates(word, arm);
    if (!any) letters += word.size();
  }
  return letters >= 2;
}

// "Service Unavailable": several words, all of which any server says. One alone, `"NOT_FOUND"` or `"FAILED"`, is a code.
bool phrase_of_any_server(const std::string& text, const Arm& arm) { return text.find(' ') != std::string::npos && !own_word(text, arm); }

bool is_boolean(const ShapeNode& node, bool value) {
  return node.kind == NodeKind::literal && node.literal.kind == Kind::boolean && (node.literal.integer != 0) == value;
}
// `true | false` is every Bool.
bool any_boolean(const ShapeNode& node) {
  auto has = [&](bool value) { return std::any_of(node.children.begin(), node.children.end(), [=](const ShapeNode& c) { return is_boolean(c, value); }); };
  return has(true) && has(false);
}

// Roots that are one text: nothing in them has a name, so a literal stands for itself alone.
bool free_text(ShapeRoot root) {
  return root == ShapeRoot::text || root == ShapeRoot::fixed || root == ShapeRoot::bytes || root == ShapeRoot::lines || root == ShapeRoot::csv;
}

class Demand {
 public:
  explicit Demand(const Arm& arm) : arm_(arm) {}

  // A word that must be there. An optional member, an alternative that may be missing and an empty text are met by an answer that says nothing.
  bool word(const ShapeNode& node, bool free) const {
    switch (node.kind) {
      case NodeKind::literal: return literal(node.literal, free);
      case NodeKind::member:
        if (node.flags & kOptional) return false;
        free = false;
        break;
      case NodeKind::alternatives:
        return !node.children.empty() && !any_boolean(node) &&
               std::all_of(node.children.begin(), node.children.end(), [&](const ShapeNode& c) { return word(c, free); });
      case NodeKind::codec: free = free_text(node.root); break;
      case NodeKind::text: free = true; break;
      default: break;
    }
    return std::any_of(node.children.begin(), node.children.end(), [&](const ShapeNode& c) { return word(c, free); });
  }

 private:
  bool literal(const Constant& value, bool free) const {
    if (value.kind == Kind::integer) return !restates(std::to_string(value.integer), arm_);
    if (value.kind != Kind::text) return true;
    return free ? own_word(value.text, arm_) : !value.text.empty() && !restates(value.text, arm_) && !phrase_of_any_server(value.text, arm_);
  }

  const Arm& arm_;
};

// A page for people, whoever wrote it.
bool is_page(const ShapeNode& element) { return element.kind == NodeKind::member && lower(element.name) == "html"; }

// A member or an element that must be there under its name, whatever its value.
bool demands_name(const ShapeNode& node) {
  switch (node.kind) {
    case NodeKind::member: return !(node.flags & kOptional) && !is_page(node);
    case NodeKind::alternatives: return !node.children.empty() && std::all_of(node.children.begin(), node.children.end(), demands_name);
    default: return std::any_of(node.children.begin(), node.children.end(), demands_name);
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

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  bool inside = false;
  for (char c : text) {
    if (is_letter(c) && !inside) out.emplace_back();
    inside = is_letter(c);
    if (inside) out.back() += c;
  }
  for (std::string& word : out) word = lower(word);
  return out;
}

bool doubtful(uint16_t status) { return status >= 500 || status == 407 || status == 408 || status == 409 || status == 425 || status == 429; }

bool says_word(const Arm& arm) {
  const Demand demand(arm);
  if (arm.shape && demand.word(arm.shape->node, free_text(arm.shape->root))) return true;
  for (const HeaderPattern& header : arm.headers)
    if (!header.optional && !of_any_answer(header.name) && demand.word(header.shape.node, header.shape.node.kind == NodeKind::text)) return true;
  return std::any_of(arm.guard.begin(), arm.guard.end(), guard_demands_word);
}

bool speaks(const Arm& arm) { return arm.shape && demands_name(arm.shape->node); }

bool is_fresh(const Keep& keep) {
  constexpr int64_t kLettersMin = 8, kDigitsMin = 10;
  const Expr& e = keep.value;
  if (e.poisoned()) return true;
  if (e.kind == ExprKind::call && !e.operands.empty() && e.name == "text") return e.operands[0].kind == ExprKind::host && e.operands[0].name == "uuid";
  if (e.kind != ExprKind::host) return false;
  return e.name == "uuid" || e.name == "next" || e.name == "counter" || (e.name == "alnum" && e.number >= kLettersMin) || (e.name == "digits" && e.number >= kDigitsMin);
}

std::string_view word_of(const Target& target) {
  switch (target.kind) {
    case TargetKind::succeed: return "succeeded";
    case TargetKind::decline: return "declined";
    case TargetKind::fail: return "failed";
    case TargetKind::pending: return "pending";
    case TargetKind::in_doubt: return "in_doubt";
    case TargetKind::absent: return "absent";
    case TargetKind::step: return "then";
    case TargetKind::again: return "again";
    case TargetKind::await: return "await";
    case TargetKind::renew: return "renew";
    case TargetKind::doubt: return !target.proofs.empty() && target.proofs[0].kind == ProofKind::manual ? "manual" : "ask";
    case TargetKind::nothing: return "ignore";
    case TargetKind::table: return target.name;
    default: return "a value";
  }
}

std::string outcome_words(const Target& target) {
  if (target.kind == TargetKind::table) return target.name + "(…)";
  return std::string(word_of(target)) + (target.reason.empty() ? "" : " " + target.reason);
}

std::vector<std::string> words_of_code(std::string_view code) {
  std::string apart;
  for (size_t i = 0; i < code.size(); ++i) {
    bool small = i > 0 && code[i - 1] >= 'a' && code[i - 1] <= 'z';
    if (small && code[i] >= 'A' && code[i] <= 'Z') apart += ' ';
    apart += code[i] == '_' ? ' ' : code[i];
  }
  return words_of(apart);
}

bool any_begins(const std::vector<std::string>& words, std::initializer_list<std::string_view> beginnings) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return std::any_of(beginnings.begin(), beginnings.end(), [&](std::string_view b) { return std::string_view(word).starts_with(b); });
  });
}

namespace {

const ShapeNode* literal_that(const ShapeNode& node, bool (*says)(std::string_view)) {
  if (node.kind == NodeKind::literal) return node.literal.kind == Kind::text && says(node.literal.text) ? &node : nullptr;
  for (const ShapeNode& child : node.children)
    if (const ShapeNode* found = literal_that(child, says)) return found;
  return nullptr;
}

}  // namespace

const Span* literal_that(const Arm& arm, bool (*says)(std::string_view)) {
  const ShapeNode* node = arm.shape ? literal_that(arm.shape->node, says) : nullptr;
  for (const HeaderPattern& header : arm.headers) if (!node) node = literal_that(header.shape.node, says);
  if (node) return &node->span;
  const Span* at = nullptr;
  for (const Expr& guard : arm.guard)
    walk(guard, [&](const Expr& e) { if (e.kind == ExprKind::constant && e.constant.kind == Kind::text && says(e.constant.text)) at = &e.span; });
  return at;
}

}  // namespace tollgate::hir
