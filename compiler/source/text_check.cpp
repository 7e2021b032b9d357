#include "compiler/source/text_check.h"

#include <array>

namespace tollgate {
namespace {

constexpr size_t kBinaryHeadBytes = 4096;  // controls this early mean "not a text file"

bool is_bidi_control(uint32_t c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0x061C;
}
bool is_invisible(uint32_t c) {
  return c == 0x200B || c == 0x200C || c == 0x200D || c == 0x2060 || c == 0xFEFF || c == 0x00AD || c == 0x2028 ||
         c == 0x2029;
}
bool is_forbidden_control(unsigned char c) { return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F; }

// Bytes that are legal everywhere and begin or end nothing.
constexpr std::array<bool, 256> dull_bytes() {
  std::array<bool, 256> out = {};
  for (size_t c = 0x20; c < 0x7F; ++c) out[c] = c != '/' && c != '"' && c != '\'' && c != '\\';
  out['\t'] = out['\r'] = true;
  return out;
}
constexpr std::array<bool, 256> kDull = dull_bytes();

// Most files are printable ASCII, in which nothing can be wrong. No early exit: so the compiler makes a loop over whole registers of it.
bool all_plain(std::string_view text) {
  uint8_t odd = 0;
  for (const char c : text) {
    const uint8_t byte = static_cast<uint8_t>(c);
    odd |= static_cast<uint8_t>((byte < 0x20) & (byte != '\t') & (byte != '\n') & (byte != '\r')) | static_cast<uint8_t>(byte >= 0x7F);
  }
  return odd == 0;
}

// Knows just enough of the lexis to tell code from comments and strings.
class Scan {
 public:
  explicit Scan(const SourceFile& file) : file_(file), text_(file.text()) {}

  std::vector<TextProblem> run() {
    size_t at = byte_order_mark(text_);
    if (text_.size() > kSourceBytesMax) {
      add(TextTrouble::too_large, 0, 0, 0, true);
      return problems_;
    }
    if (text_.find_first_not_of(" \t\r\n", at) == std::string_view::npos) {
      add(TextTrouble::empty, text_.size(), text_.size(), 0, true);
      return problems_;
    }
    if (all_plain(text_)) return problems_;
    while (problems_.size() < kTextProblemsMax) {
      while (at < text_.size() && kDull[static_cast<unsigned char>(text_[at])]) ++at;
      if (at >= text_.size() || !step(at)) break;
    }
    return problems_;
  }

 private:
  // Looks at the character at `at` and moves past it; false when the file is not worth reading on.
  bool step(size_t& at) {
    const unsigned char c = static_cast<unsigned char>(text_[at]);
    if (c < 0x80) {
      if (is_forbidden_control(c)) {
        add(TextTrouble::binary, at, at + 1, c, true);
        return false;
      }
      follow_lexis(at);
      ++at;
      return true;
    }
    const CodePoint point = decode_utf8(text_, at);
    if (point.length == 0) {
      const size_t begin = at;
      while (at < text_.size() && static_cast<unsigned char>(text_[at]) >= 0x80 && decode_utf8(text_, at).length == 0) ++at;
      add(TextTrouble::invalid_utf8, begin, at, 0, true);
      return at > kBinaryHeadBytes || problems_.size() < 3;
    }
    const size_t end = at + point.length;
    if (is_bidi_control(point.value)) {
      add(TextTrouble::bidi_control, at, end, point.value, false);
    } else if (is_invisible(point.value)) {
      add(TextTrouble::invisible, at, end, point.value, false);
    } else if (in_ == In::code && is_confusable_quote(point.value)) {
      add(TextTrouble::confusable_quote, at, end, point.value, false);
    }
    at = end;
    return true;
  }

  void follow_lexis(size_t& at) {
    const char c = text_[at];
    if (c == '\n') in_ = In::code;  // neither comments nor strings pass the end of a line
    else if (in_ == In::code && c == '/' && at + 1 < text_.size() && text_[at + 1] == '/') in_ = In::comment;
    else if (in_ == In::code && c == '"') in_ = In::string;
    else if (in_ == In::code && c == '\'') in_ = In::raw;
    else if (in_ == In::string && c == '\\' && at + 1 < text_.size() && text_[at + 1] == '"') ++at;
    else if (in_ == In::string && c == '"') in_ = In::code;
    else if (in_ == In::raw && c == '\'') in_ = In::code;
  }

  void add(TextTrouble trouble, size_t begin, size_t end, uint32_t code_point, bool fatal) {
    problems_.push_back({trouble, file_.span(begin, end), code_point, fatal});
  }

  enum class In { code, comment, string, raw };
  const SourceFile& file_;
  std::string_view text_;
  In in_ = In::code;
  std::vector<TextProblem> problems_;
};

}  // namespace

bool is_confusable_quote(uint32_t c) {
  return (c >= 0x2018 && c <= 0x201F) || c == 0x00AB || c == 0x00BB || c == 0x2032 || c == 0x2033 || c == 0x02BC ||
         c == 0xFF02 || c == 0xFF07 || c == 0x00B4;
}

size_t byte_order_mark(std::string_view text) { return text.starts_with("\xEF\xBB\xBF") ? 3 : 0; }

CodePoint decode_utf8(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  if (at >= text.size()) return {};
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const uint32_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return {};
  uint32_t value = lead & (0x7Fu >> length);
  for (uint32_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return {value, length};
}

std::vector<TextProblem> check_text(const SourceFile& file) { return Scan(file).run(); }

}  // namespace tollgate
