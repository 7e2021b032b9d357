// JSON, strictly RFC 8259: the whole body is checked, also where nothing is of interest.
#include "runtime/shapes/scan.h"
#include "runtime/shapes/shapes.h"
#include "runtime/shapes/text_check.h"

namespace tollgate {
namespace {

constexpr uint32_t kNowhere = 0xffffffffu;

class JsonScanner {
 public:
  JsonScanner(Scan& scan, std::string_view body) : scan_(scan), begin_(body.data()), p_(begin_), end_(begin_ + body.size()) {}

  bool document(uint32_t node) {
    blanks();
    if (!value(node, 0)) return false;
    blanks();
    return p_ == end_ || fail("something follows the value");
  }

 private:
  bool fail(std::string_view why) { return scan_.fail(why, static_cast<size_t>(p_ - begin_)); }
  uint32_t here() const { return static_cast<uint32_t>(p_ - begin_); }

  void blanks() {
    while (p_ < end_ && (*p_ == ' ' || *p_ == '\n' || *p_ == '\r' || *p_ == '\t')) p_++;
  }

  bool value(uint32_t node, int depth) {
    if (p_ == end_) return fail("ends where a value should be");
    uint32_t at = here();
    switch (*p_) {
      case '{': return object(node, depth);
      case '[': return list(node, depth);
      case '"': {
        std::string_view text;
        if (!string(text, node != kNowhere)) return false;
        if (node == kNowhere) return true;
        if (!scan_.fill(node, {TokenKind::text, at, 1, text, nullptr})) return false;
        scan_.follow_codecs(node);
        return true;
      }
      case 't': return word("true", TokenKind::boolean, node);
      case 'f': return word("false", TokenKind::boolean, node);
      case 'n': return word("null", TokenKind::null, node);
      default: return number(node);
    }
  }

  bool word(std::string_view spelling, TokenKind kind, uint32_t node) {
    if (std::string_view(p_, static_cast<size_t>(end_ - p_)).substr(0, spelling.size()) != spelling) return fail("not a value");
    uint32_t at = here();
    p_ += spelling.size();
    return node == kNowhere || scan_.fill(node, {kind, at, 1, spelling, nullptr});
  }

  bool digits() {
    if (p_ == end_ || *p_ < '0' || *p_ > '9') return fail("not a value");
    while (p_ < end_ && *p_ >= '0' && *p_ <= '9') p_++;
    return true;
  }

  bool number(uint32_t node) {
    const char* start = p_;
    if (p_ < end_ && *p_ == '-') p_++;
    if (p_ < end_ && *p_ == '0') p_++;
    else if (!digits()) return false;
    if (p_ < end_ && *p_ == '.') {
      p_++;
      if (!digits()) return false;
    }
    if (p_ < end_ && (*p_ == 'e' || *p_ == 'E')) {
      p_++;
      if (p_ < end_ && (*p_ == '+' || *p_ == '-')) p_++;
      if (!digits()) return false;
    }
    Token token{TokenKind::number, static_cast<uint32_t>(start - begin_), 1, {start, static_cast<size_t>(p_ - start)}, nullptr};
    return node == kNowhere || scan_.fill(node, token);
  }

  bool hex4(uint32_t& code) {
    if (end_ - p_ < 4) return fail("ends inside an escape");
    code = 0;
    for (int i = 0; i < 4; i++, p_++) {
      char c = *p_;
      uint32_t digit = c >= '0' && c <= '9' ? static_cast<uint32_t>(c - '0')
                       : c >= 'a' && c <= 'f' ? static_cast<uint32_t>(c - 'a' + 10)
                       : c >= 'A' && c <= 'F' ? static_cast<uint32_t>(c - 'A' + 10) : 16;
      if (digit == 16) return fail("an escape needs four hexadecimal digits");
      code = code * 16 + digit;
    }
    return true;
  }

  // p_ is behind the backslash; writes at most 4 bytes.
  bool escape(char*& out) {
    if (p_ == end_) return fail("ends inside a string");
    char c = *p_++;
    static constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
    size_t known = kFrom.find(c);
    if (known != std::string_view::npos) return *out++ = kTo[known], true;
    uint32_t code, low;
    if (c != 'u') return fail("an escape that JSON does not have");
    if (!hex4(code)) return false;
    if (code >= 0xdc00 && code <= 0xdfff) return fail("half of a surrogate pair");
    if (code >= 0xd800 && code <= 0xdbff) {
      if (end_ - p_ < 2 || p_[0] != '\\' || p_[1] != 'u') return fail("half of a surrogate pair");
      p_ += 2;
      if (!hex4(low)) return false;
      if (low < 0xdc00 || low > 0xdfff) return fail("half of a surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    out += put_utf8(code, out);
    return true;
  }

  // The decoded text: a view of the body if nothing is escaped, else in the arena. Unwanted text is checked and not kept.
  bool string(std::string_view& text, bool wanted) {
    const char* start = ++p_;
    while (p_ < end_ && *p_ != '"' && *p_ != '\\' && static_cast<unsigned char>(*p_) >= 0x20) p_++;
    if (p_ < end_ && *p_ == '"') return text = {start, static_cast<size_t>(p_++ - start)}, true;
    return escaped(start, text, wanted);
  }

  bool escaped(const char* start, std::string_view& text, bool wanted) {
    char scratch[4];
    char* buffer = nullptr;
    char* out = nullptr;
    if (wanted) {
      const char* close = p_;  // a string cannot grow by unescaping, so its raw length is room enough
      while (close < end_ && *close != '"') close += *close == '\\' && close + 1 < end_ ? 2 : 1;
      size_t before = static_cast<size_t>(p_ - start);
      buffer = out = scan_.arena.allocate(static_cast<size_t>(close - start) + 4, 1);
      if (buffer == nullptr) return fail("too large for memory");
      std::memcpy(out, start, before);
      out += before;
    }
    while (p_ < end_ && *p_ != '"') {
      if (static_cast<unsigned char>(*p_) < 0x20) return fail("a control character in a string");
      char* to = wanted ? out : scratch;
      if (*p_ == '\\') {
        p_++;
        if (!escape(to)) return false;
      } else {
        *to++ = *p_++;
      }
      if (wanted) out = to;
    }
    if (p_ == end_) return fail("ends inside a string");
    p_++;
    if (wanted) text = {buffer, static_cast<size_t>(out - buffer)};
    return true;
  }

  static uint32_t edge(const TrieNode& node, std::string_view name) {
    for (const TrieEdge& e : node.edges)
      if (e.name == name) return e.to;
    return kNowhere;
  }

  // One member's name and colon; the name is decoded only when asked for.
  bool label(std::string_view& name, bool wanted) {
    if (p_ == end_ || *p_ != '"') return fail("a member needs a name in quotes");
    if (!string(name, wanted)) return false;
    blanks();
    if (p_ == end_ || *p_ != ':') return fail("a colon is missing");
    p_++;
    blanks();
    return true;
  }

  // After an element or member: true to go on, false with `closed` set at the end, false without at an error.
  bool more(char close, bool& closed) {
    blanks();
    if (p_ == end_) return fail("ends inside an object or list");
    if (*p_ == close) return p_++, closed = true, false;
    if (*p_ != ',') return fail("a comma is missing");
    p_++;
    blanks();
    return true;
  }

  template <class F>
  bool members(bool names, F&& each) {
    p_++;
    blanks();
    if (p_ < end_ && *p_ == '}') return p_++, true;
    bool closed = false;
    do {
      std::string_view name;
      if (!label(name, names) || !each(name)) return false;
    } while (more('}', closed));
    return closed;
  }

  bool object(uint32_t node, int depth) {
    if (depth >= kShapeDepthMax) return fail("nested too deeply");
    const char* start = p_;
    if (node == kNowhere) return members(false, [&](std::string_view) { return value(kNowhere, depth + 1); });
    if (!scan_.fill(node, {TokenKind::object, here(), 1, {}, nullptr})) return false;
    const TrieNode& here = scan_.trie[node];
    if (!members(!here.edges.empty(), [&](std::string_view name) { return value(edge(here, name), depth + 1); })) return false;
    return pairs(here, start, depth);
  }

  bool list(uint32_t node, int depth) {
    if (depth >= kShapeDepthMax) return fail("nested too deeply");
    uint32_t at = here(), count = 0;
    const TrieNode* trie = node == kNowhere ? nullptr : &scan_.trie[node];
    p_++;
    blanks();
    bool closed = p_ < end_ && *p_ == ']';
    if (closed) p_++;
    while (!closed) {
      const char* start = p_;
      if (!value(element(trie, count), depth + 1)) return false;
      if (trie != nullptr && *start == '{' && !pairs(*trie, start, depth + 1)) return false;
      if (trie != nullptr && !search(*trie, start, depth + 1)) return false;
      count++;
      if (!more(']', closed) && !closed) return false;
    }
    return node == kNowhere || scan_.fill(node, {TokenKind::list, at, count, {}, nullptr});
  }

  static uint32_t element(const TrieNode* trie, uint32_t position) {
    if (trie != nullptr)
      for (const ElementEdge& e : trie->elements)
        if (e.position == position) return e.to;
    return kNowhere;
  }

  // An element of a searched list, already checked: read again for each pattern that looks for it.
  bool search(const TrieNode& trie, const char* start, int depth) {
    const char* after = p_;
    for (const SearchEdge& e : trie.searches) {
      p_ = start;
      if (!value(e.to, depth) || !scan_.settle(e)) return false;
    }
    p_ = after;
    return true;
  }

  // An item of a name/value list, already checked: read again for its key and, if the key is of interest, for its value.
  bool pairs(const TrieNode& trie, const char* start, int depth) {
    const char* after = p_;
    for (const PairsEdge& e : trie.pairs) {
      std::string_view key;
      const char* at = nullptr;
      p_ = start;
      bool read = members(true, [&](std::string_view name) {
        if (name == e.key && *p_ == '"') return string(key, true);
        if (name == e.value) at = p_;
        return value(kNowhere, depth + 1);
      });
      if (!read) return false;
      uint32_t to = key.data() == nullptr ? kNowhere : edge(scan_.trie[e.group], key);
      if (to == kNowhere || at == nullptr) continue;
      p_ = at;
      if (!value(to, depth + 1)) return false;
    }
    p_ = after;
    return true;
  }

  Scan& scan_;
  const char* begin_;
  const char* p_;
  const char* end_;
};

}  // namespace

bool scan_json(Scan& scan, std::string_view body, uint32_t node) { return JsonScanner(scan, body).document(node); }

}  // namespace tollgate
