// multipart bodies, form-data by the name of each part. The boundary is read off the body itself: its first line that begins with two dashes.
#include "runtime/shapes/multipart.h"
#include "runtime/shapes/scan.h"
#include "runtime/shapes/text_check.h"

namespace tollgate {
namespace {

constexpr size_t kPartHeaderMax = 8 * 1024;
constexpr size_t kBoundaryMax = 70;  // RFC 2046

bool same_word(std::string_view a, std::string_view lower) {
  if (a.size() != lower.size()) return false;
  for (size_t i = 0; i < a.size(); i++)
    if ((a[i] >= 'A' && a[i] <= 'Z' ? a[i] | 32 : a[i]) != lower[i]) return false;
  return true;
}

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\r')) s.remove_suffix(1);
  return s;
}

// What the headers of one part say.
struct PartHead {
  std::string_view name, filename, type;
  bool named = false, has_filename = false, has_type = false, encoded = false;
};

// `form-data; name="a"; filename="b"`: quoted or a token. Browsers write a quote inside as %22; nothing else is escaped.
void disposition(std::string_view value, PartHead& head) {
  while (!value.empty()) {
    size_t end = value.find(';');
    std::string_view piece = trimmed(value.substr(0, end));
    size_t equals = piece.find('=');
    size_t used = end == std::string_view::npos ? value.size() : end + 1;
    if (equals != std::string_view::npos && equals + 1 < piece.size() && piece[equals + 1] == '"') {
      size_t open = static_cast<size_t>(piece.data() - value.data()) + equals + 1;
      size_t close = value.find('"', open + 1);
      if (close == std::string_view::npos) return;
      piece = value.substr(static_cast<size_t>(piece.data() - value.data()), close + 1 - static_cast<size_t>(piece.data() - value.data()));
      end = value.find(';', close);
      used = end == std::string_view::npos ? value.size() : end + 1;
    }
    std::string_view said = equals == std::string_view::npos ? std::string_view() : trimmed(piece.substr(equals + 1));
    if (said.size() >= 2 && said.front() == '"') said = said.substr(1, said.size() - 2);
    std::string_view key = equals == std::string_view::npos ? piece : trimmed(piece.substr(0, equals));
    if (same_word(key, "name")) head.name = said, head.named = true;
    if (same_word(key, "filename")) head.filename = said, head.has_filename = true;
    value.remove_prefix(used);
  }
}

void header_line(std::string_view line, PartHead& head) {
  size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string_view name = trimmed(line.substr(0, colon)), value = trimmed(line.substr(colon + 1));
  if (same_word(name, "content-disposition")) disposition(value, head);
  if (same_word(name, "content-type")) head.type = value, head.has_type = true;
  if (same_word(name, "content-transfer-encoding"))
    head.encoded = !same_word(value, "binary") && !same_word(value, "8bit") && !same_word(value, "7bit");
}

class MultipartScanner {
 public:
  MultipartScanner(Scan& scan, std::string_view body) : scan_(scan), body_(body), boundary_(boundary_of(body)) {}

  bool document(uint32_t node) {
    if (boundary_.empty() || boundary_.size() > kBoundaryMax + 2) return scan_.fail("no boundary", 0);
    if (!scan_.fill(node, {TokenKind::object, 0, 1, {}, nullptr})) return false;
    size_t at = static_cast<size_t>(boundary_.data() - body_.data());
    if (boundary_.size() > 2 && boundary_.substr(boundary_.size() - 2) == "--") return true;  // closed at once: no part
    at = std::min(body_.find('\n', at), body_.size() - 1) + 1;
    bool closed = false;
    while (!closed)
      if (!part(node, at, closed)) return false;
    return true;
  }

 private:
  // The end of the content that begins at `from`, and where the line after its delimiter begins.
  bool delimiter(size_t from, size_t& end, size_t& next, bool& closed) const {
    for (size_t at = from;; at++) {
      at = body_.find(boundary_, at);
      if (at == std::string_view::npos) return false;
      if (at < from + 2 || body_.substr(at - 2, 2) != "--" || (at - 2 > from && body_[at - 3] != '\n')) continue;
      size_t after = at + boundary_.size();
      closed = body_.substr(after, 2) == "--";
      if (!closed && after < body_.size() && body_[after] != '\r' && body_[after] != '\n' && body_[after] != ' ' && body_[after] != '\t') continue;
      end = at - 2;
      if (end > from && body_[end - 1] == '\n') end--;
      if (end > from && body_[end - 1] == '\r') end--;
      next = std::min(body_.find('\n', after), body_.size() - 1) + 1;
      return closed || next < body_.size();
    }
  }

  bool part(uint32_t node, size_t& at, bool& closed) {
    PartHead head;
    size_t begun = at;
    for (;;) {
      size_t end = body_.find('\n', at);
      if (end == std::string_view::npos || end - begun > kPartHeaderMax) return scan_.fail("a part without an end of its headers", begun);
      std::string_view line = trimmed(body_.substr(at, end - at));
      at = end + 1;
      if (line.empty()) break;
      header_line(line, head);
    }
    size_t end = 0, next = 0;
    if (!delimiter(at, end, next, closed)) return scan_.fail("a part that does not end", begun);
    if (!take(node, head, body_.substr(at, end - at), at)) return false;
    at = next;
    return true;
  }

  bool take(uint32_t node, const PartHead& head, std::string_view content, size_t at) {
    if (!head.named) return true;
    for (const TrieEdge& e : scan_.trie[node].edges) {
      if (e.name != head.name) continue;
      if (head.encoded) return scan_.fail("a part in a transfer encoding", at);
      bool looked_into = !scan_.trie[e.to].codecs.empty();
      if (!looked_into && !valid_utf8(content)) return scan_.fail("a part that is not UTF-8", at);
      if (!scan_.text(e.to, content, at) || !inside(e.to, head, content, at)) return false;
    }
    return true;
  }

  bool inside(uint32_t part, const PartHead& head, std::string_view content, size_t at) {
    for (const TrieEdge& e : scan_.trie[part].edges) {
      if (!e.attribute && !scan_.text(e.to, content, at)) return false;
      if (e.attribute && e.name == "filename" && head.has_filename && !said(e.to, head.filename, at)) return false;
      if (e.attribute && e.name == "type" && head.has_type && !said(e.to, head.type, at)) return false;
    }
    return true;
  }
  bool said(uint32_t to, std::string_view value, size_t at) {
    return valid_utf8(value) ? scan_.text(to, value, at) : scan_.fail("a header of a part that is not UTF-8", at);
  }

  Scan& scan_;
  std::string_view body_, boundary_;
};

}  // namespace

bool scan_multipart(Scan& scan, std::string_view body, uint32_t node) { return MultipartScanner(scan, body).document(node); }

}  // namespace tollgate
