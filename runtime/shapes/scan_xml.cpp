// XML 1.0 with namespaces, the part that messages need: elements, attributes, CDATA, comments, character references and the five named
// entities. A DTD, other entities and processing instructions are refused; an encoding declaration may only say UTF-8. Order-free: an
// element is of interest by its name wherever it stands among its siblings.
#include "runtime/shapes/scan.h"
#include "runtime/shapes/shapes.h"
#include "runtime/shapes/text_check.h"

namespace tollgate {
namespace {

constexpr size_t kAttributesMax = 64;
constexpr size_t kWatchersMax = 256;

struct Name { std::string_view prefix, local; };
struct Attribute { Name name; std::string_view value; size_t at = 0; };
struct Binding { std::string_view prefix, uri; const Binding* outer = nullptr; };

// Text of an element, gathered from its chunks; a single chunk without references stays a view.
struct Text {
  std::string_view view;
  char* room = nullptr;
  size_t capacity = 0;
};

// A name/value list's item while it is read.
struct Item { const PairsEdge* edge = nullptr; std::string_view key, value; bool has_value = false; };

// What one element is: the places it fills, the items it may be, the lists that look for it.
struct Roles {
  uint32_t own[kWatchersMax];
  size_t owned = 0;
  Item items[8];
  size_t item_count = 0;
  const SearchEdge* searches[8];
  size_t search_count = 0;

  std::span<const uint32_t> watchers() const { return {own, owned}; }
};

class XmlScanner {
 public:
  XmlScanner(Scan& scan, std::string_view body) : scan_(scan), body_(body) {}

  bool document(uint32_t node) {
    if (body_.substr(0, 3) == "\xef\xbb\xbf") at_ = 3;
    if (!declaration() || !filler()) return false;
    if (!looking_at("<")) return fail("no element");
    if (!scan_.fill(node, {TokenKind::object, static_cast<uint32_t>(at_), 1, {}, nullptr})) return false;
    std::string_view text;
    Name name;
    uint32_t watchers[1] = {node};
    if (!element(watchers, nullptr, 0, name, text) || !filler()) return false;
    return at_ == body_.size() || fail("something follows the root element");
  }

 private:
  bool fail(std::string_view why) { return scan_.fail(why, at_); }
  bool looking_at(std::string_view s) const { return body_.substr(at_, s.size()) == s; }
  static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  bool blanks() {
    size_t from = at_;
    while (at_ < body_.size() && blank(body_[at_])) at_++;
    return at_ > from;
  }

  bool declaration() {
    if (!looking_at("<?xml") || at_ + 5 >= body_.size() || !blank(body_[at_ + 5])) return true;
    size_t end = body_.find("?>", at_);
    if (end == std::string_view::npos) return fail("an unfinished declaration");
    std::string_view inside = body_.substr(at_, end - at_);
    size_t encoding = inside.find("encoding");
    if (encoding != std::string_view::npos) {
      size_t quote = inside.find_first_of("\"'", encoding);
      size_t close = quote == std::string_view::npos ? quote : inside.find(inside[quote], quote + 1);
      if (close == std::string_view::npos) return fail("an encoding without a name");
      std::string_view name = inside.substr(quote + 1, close - quote - 1);
      bool utf8 = name.size() == 5 && (name[0] | 32) == 'u' && (name[1] | 32) == 't' && (name[2] | 32) == 'f' && name.substr(3) == "-8";
      if (!utf8) return fail("an encoding that is not UTF-8");
    }
    at_ = end + 2;
    return true;
  }

  // Blanks and comments, where only they may stand.
  bool filler() {
    for (;;) {
      blanks();
      if (looking_at("<!--")) {
        if (!comment()) return false;
        continue;
      }
      if (looking_at("<!")) return fail("a document type is refused");
      if (looking_at("<?")) return fail("a processing instruction is refused");
      return true;
    }
  }

  bool comment() {
    size_t end = body_.find("--", at_ + 4);
    if (end == std::string_view::npos || body_.substr(end, 3) != "-->") return fail("an unfinished comment");
    at_ = end + 3;
    return true;
  }

  static bool name_start(unsigned char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c >= 0x80; }
  static bool name_part(unsigned char c) { return name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; }

  bool ncname(std::string_view& out) {
    size_t from = at_;
    if (at_ == body_.size() || !name_start(static_cast<unsigned char>(body_[at_]))) return fail("a name is missing");
    while (at_ < body_.size() && name_part(static_cast<unsigned char>(body_[at_]))) at_++;
    out = body_.substr(from, at_ - from);
    return true;
  }
  bool qname(Name& name) {
    name.prefix = {};
    if (!ncname(name.local)) return false;
    if (at_ == body_.size() || body_[at_] != ':') return true;
    at_++;
    name.prefix = name.local;
    return ncname(name.local);
  }

  // At '&': the character it stands for, as UTF-8.
  bool reference(char* out, size_t& length) {
    size_t end = body_.find(';', at_);
    if (end == std::string_view::npos || end - at_ > 12) return fail("an unfinished reference");
    std::string_view name = body_.substr(at_ + 1, end - at_ - 1);
    static constexpr std::pair<std::string_view, char> kNamed[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    for (auto& [known, c] : kNamed)
      if (name == known) return out[0] = c, length = 1, at_ = end + 1, true;
    if (name.size() < 2 || name[0] != '#') return fail("an entity other than the five");
    bool hex = name[1] == 'x';
    uint32_t code = 0;
    if (name.size() == (hex ? 2u : 1u)) return fail("an empty character reference");
    for (char c : name.substr(hex ? 2 : 1)) {
      uint32_t digit = c >= '0' && c <= '9' ? static_cast<uint32_t>(c - '0')
                       : hex && (c | 32) >= 'a' && (c | 32) <= 'f' ? static_cast<uint32_t>((c | 32) - 'a' + 10) : 99;
      if (digit == 99) return fail("a character reference that is no number");
      code = code * (hex ? 16 : 10) + digit;
      if (code > 0x10ffff) return fail("a character that does not exist");
    }
    bool allowed = code == 9 || code == 10 || code == 13 || (code >= 0x20 && code < 0xd800) || (code >= 0xe000 && code < 0xfffe) || code >= 0x10000;
    if (!allowed) return fail("a character that XML does not allow");
    length = put_utf8(code, out);
    at_ = end + 1;
    return true;
  }

  // Adds a chunk; the second one moves all into the arena.
  bool add(Text& text, std::string_view chunk) {
    if (chunk.empty()) return true;
    if (text.view.empty() && text.room == nullptr) return text.view = chunk, true;
    size_t size = text.view.size() + chunk.size();
    if (size > text.capacity) {
      size_t capacity = size * 2;
      char* room = scan_.arena.allocate(capacity, 1);
      if (room == nullptr) return fail("too large for memory");
      std::memcpy(room, text.view.data(), text.view.size());
      text.room = room;
      text.capacity = capacity;
    }
    std::memcpy(text.room + text.view.size(), chunk.data(), chunk.size());
    text.view = {text.room, size};
    return true;
  }
  bool add_copy(Text& text, std::string_view chunk) {
    std::string_view kept = scan_.arena.copy(chunk);
    return kept.data() == nullptr ? fail("too large for memory") : add(text, kept);
  }

  // Plain characters up to one of `stops`, with line ends made "\n" (or a blank inside an attribute).
  bool characters(Text& text, std::string_view stops, bool attribute) {
    while (at_ < body_.size() && stops.find(body_[at_]) == std::string_view::npos) {
      size_t from = at_;
      auto plain = [&](char c) {
        return stops.find(c) == std::string_view::npos && c != '\r' && !(attribute && (c == '\n' || c == '\t')) && static_cast<unsigned char>(c) >= 0x09;
      };
      while (at_ < body_.size() && plain(body_[at_])) {
        auto c = static_cast<unsigned char>(body_[at_]);
        if (c < 0x20 && c != '\t' && c != '\n') return fail("a control character");
        at_++;
      }
      if (!add(text, body_.substr(from, at_ - from))) return false;
      if (at_ == body_.size() || stops.find(body_[at_]) != std::string_view::npos) break;
      char c = body_[at_];
      if (c != '\r' && c != '\n' && c != '\t') return fail("a control character");
      at_ += c == '\r' && body_.substr(at_, 2) == "\r\n" ? 2 : 1;
      if (!add(text, attribute ? " " : "\n")) return false;
    }
    return true;
  }

  bool attribute_value(std::string_view& out) {
    if (at_ == body_.size() || (body_[at_] != '"' && body_[at_] != '\'')) return fail("an attribute needs quotes");
    char stops[3] = {body_[at_++], '&', '<'};
    Text text;
    for (;;) {
      if (!characters(text, {stops, 3}, true)) return false;
      if (at_ == body_.size() || body_[at_] == '<') return fail("an unfinished attribute");
      if (body_[at_] == stops[0]) break;
      char utf8[4];
      size_t length;
      if (!reference(utf8, length) || !add_copy(text, {utf8, length})) return false;
    }
    at_++;
    out = text.view;
    return true;
  }

  bool attributes(Attribute* list, size_t& count) {
    for (;;) {
      bool separated = blanks();
      if (at_ == body_.size()) return fail("ends inside a tag");
      if (body_[at_] == '>' || body_[at_] == '/') return true;
      if (!separated) return fail("a blank is missing between attributes");
      if (count == kAttributesMax) return fail("too many attributes");
      Attribute& a = list[count];
      a.at = at_;
      if (!qname(a.name)) return false;
      blanks();
      if (at_ == body_.size() || body_[at_] != '=') return fail("an attribute without value");
      at_++;
      blanks();
      if (!attribute_value(a.value)) return false;
      for (size_t i = 0; i < count; i++)
        if (list[i].name.local == a.name.local && list[i].name.prefix == a.name.prefix) return fail("the same attribute twice");
      count++;
    }
  }

  bool bind(const Attribute* list, size_t count, const Binding*& scope) {
    for (size_t i = 0; i < count; i++) {
      const Attribute& a = list[i];
      bool plain = a.name.prefix.empty() && a.name.local == "xmlns";
      if (!plain && a.name.prefix != "xmlns") continue;
      if (!plain && (a.value.empty() || a.name.local == "xmlns")) return fail("a prefix bound to nothing");
      Binding* b = scan_.arena.array<Binding>(1);
      if (b == nullptr) return fail("too large for memory");
      *b = {plain ? std::string_view() : a.name.local, a.value, scope};
      scope = b;
    }
    return true;
  }

  bool resolve(const Name& name, const Binding* scope, bool attribute, std::string_view& uri) {
    uri = {};
    if (name.prefix.empty() && attribute) return true;
    if (name.prefix == "xml") return uri = "http://www.w3.org/XML/1998/namespace", true;
    for (const Binding* b = scope; b != nullptr; b = b->outer)
      if (b->prefix == name.prefix) return uri = b->uri, true;
    return name.prefix.empty() || fail("a prefix that is not declared");
  }

  static bool fits(const TrieEdge& e, bool attribute, std::string_view local, std::string_view uri) {
    return e.attribute == attribute && !e.name.empty() && e.name == local && (e.any_namespace || e.ns == uri);
  }

  // One element below the places `parents`; `item` is the name/value list item it may belong to.
  bool element(std::span<const uint32_t> parents, const Binding* scope, int depth, Name& name, std::string_view& text) {
    if (depth >= kShapeDepthMax) return fail("nested too deeply");
    size_t start = at_++;
    Attribute list[kAttributesMax];
    size_t count = 0;
    if (!qname(name) || !attributes(list, count) || !bind(list, count, scope)) return false;
    std::string_view uri;
    if (!resolve(name, scope, false, uri)) return false;
    Roles roles;
    if (!enter(parents, name.local, uri, start, roles) || !attribute_slots(roles.watchers(), list, count, scope)) return false;
    bool has_children = false;
    return content(roles, scope, depth, name, has_children, text) && leave(roles, has_children, text);
  }

  // Which places this element fills. Where it repeats, each occurrence is also an element of the list there.
  bool enter(std::span<const uint32_t> parents, std::string_view local, std::string_view uri, size_t start, Roles& r) {
    for (uint32_t parent : parents) {
      for (const TrieEdge& e : scan_.trie[parent].edges) {
        if (!fits(e, false, local, uri)) continue;
        const TrieNode& node = scan_.trie[e.to];
        Token& slot = scan_.slots[e.to];
        uint32_t position = slot.count;
        if (position == 0) slot = {TokenKind::bare, static_cast<uint32_t>(start), 1, {}, nullptr};
        else if (!node.repeats()) return fail("an element of interest occurs twice");
        else slot.kind = TokenKind::list, slot.count++;
        if (r.owned + 2 + node.searches.size() > kWatchersMax) return fail("too many shapes look at one element");
        if (position == 0) r.own[r.owned++] = e.to;
        for (const ElementEdge& at : node.elements)
          if (at.position == position) take(at.to, start, r);
        for (const PairsEdge& pair : node.pairs) {
          if (r.item_count == std::size(r.items)) return fail("too many shapes look at one element");
          r.items[r.item_count++] = {&pair, {}, {}, false};
        }
        for (const SearchEdge& search : node.searches) {
          if (r.search_count == std::size(r.searches)) return fail("too many shapes look at one element");
          r.searches[r.search_count++] = &search;
          take(search.to, start, r);
        }
      }
    }
    return true;
  }

  void take(uint32_t node, size_t start, Roles& r) {
    scan_.slots[node] = {TokenKind::bare, static_cast<uint32_t>(start), 1, {}, nullptr};
    r.own[r.owned++] = node;
  }

  bool attribute_slots(std::span<const uint32_t> watchers, const Attribute* list, size_t count, const Binding* scope) {
    for (size_t i = 0; i < count; i++) {
      if (list[i].name.prefix == "xmlns" || (list[i].name.prefix.empty() && list[i].name.local == "xmlns")) continue;
      std::string_view uri;
      if (!resolve(list[i].name, scope, true, uri)) return false;
      for (uint32_t at : watchers)
        for (const TrieEdge& e : scan_.trie[at].edges) {
          if (!fits(e, true, list[i].name.local, uri)) continue;
          if (!scan_.text(e.to, list[i].value, list[i].at)) return false;
        }
    }
    return true;
  }

  bool content(Roles& roles, const Binding* scope, int depth, const Name& name, bool& has_children, std::string_view& out) {
    if (body_[at_] == '/') {
      at_++;
      if (at_ == body_.size() || body_[at_] != '>') return fail("an unfinished tag");
      at_++;
      return true;
    }
    at_++;
    Text text;
    for (;;) {
      if (!characters(text, "<&", false)) return false;
      if (at_ == body_.size()) return fail("ends inside an element");
      if (looking_at("</")) break;
      if (!part(roles, scope, depth, has_children, text)) return false;
    }
    out = text.view;
    at_ += 2;
    Name closing;
    if (!qname(closing)) return false;
    if (closing.local != name.local || closing.prefix != name.prefix) return fail("an element is closed by another name");
    blanks();
    if (at_ == body_.size() || body_[at_] != '>') return fail("an unfinished tag");
    at_++;
    return true;
  }

  // One thing between the tags that is not plain text.
  bool part(Roles& roles, const Binding* scope, int depth, bool& has_children, Text& text) {
    if (body_[at_] == '&') {
      char utf8[4];
      size_t length;
      return reference(utf8, length) && add_copy(text, {utf8, length});
    }
    if (looking_at("<!--")) return comment();
    if (looking_at("<![CDATA[")) {
      size_t end = body_.find("]]>", at_);
      if (end == std::string_view::npos) return fail("an unfinished CDATA section");
      std::string_view inside = body_.substr(at_ + 9, end - at_ - 9);
      at_ = end + 3;
      return add(text, inside);
    }
    if (looking_at("<!")) return fail("a declaration is refused");
    if (looking_at("<?")) return fail("a processing instruction is refused");
    has_children = true;
    Name child;
    std::string_view inner;
    if (!element(roles.watchers(), scope, depth + 1, child, inner)) return false;
    for (Item* i = roles.items; i != roles.items + roles.item_count; i++) {
      if (child.local == i->edge->key) i->key = inner;
      if (child.local == i->edge->value) i->value = inner, i->has_value = true;
    }
    return true;
  }

  bool leave(Roles& roles, bool has_children, std::string_view text) {
    for (uint32_t at : roles.watchers()) {
      Token& slot = scan_.slots[at];
      slot.text = text;
      if (has_children) slot.kind = TokenKind::object;
      for (const TrieEdge& e : scan_.trie[at].edges) {
        if (!e.name.empty() || e.attribute) continue;
        if (!scan_.text(e.to, text, slot.at)) return false;
      }
      scan_.follow_codecs(at);
    }
    for (size_t i = 0; i < roles.search_count; i++)
      if (!scan_.settle(*roles.searches[i])) return false;
    for (Item* i = roles.items; i != roles.items + roles.item_count; i++) {
      if (!i->has_value) continue;
      for (const TrieEdge& e : scan_.trie[i->edge->group].edges) {
        if (e.name != i->key) continue;
        if (!scan_.text(e.to, i->value, at_)) return false;
      }
    }
    return true;
  }

  Scan& scan_;
  std::string_view body_;
  size_t at_ = 0;
};

}  // namespace

bool scan_xml(Scan& scan, std::string_view body, uint32_t node) { return XmlScanner(scan, body).document(node); }

}  // namespace tollgate
