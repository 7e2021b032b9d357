#include "runtime/codecs/json_text.h"

#include <algorithm>
#include <set>

#include "runtime/value/codec.h"
#include "runtime/value/utf8.h"

namespace tollgate {
namespace {

constexpr int kDepthMax = 32;

// One pass: checks the grammar, and hands out tokens and members as it meets them.
class Walk {
 public:
  Walk(std::string_view text, std::string* minified, TextPairs* pairs) : text_(text), minified_(minified), pairs_(pairs) {}

  bool run() {
    if (!is_utf8(text_)) return false;
    blanks();
    if (pairs_ != nullptr && !next_is('{')) return false;
    if (!value("", 0)) return false;
    blanks();
    return at_ == text_.size();
  }

 private:
  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }
  void token(size_t from) {
    if (minified_ != nullptr) minified_->append(text_.substr(from, at_ - from));
  }
  bool symbol(char c) {
    blanks();
    if (!next_is(c)) return false;
    token_of_one();
    return true;
  }
  void token_of_one() {
    ++at_;
    token(at_ - 1);
  }
  // A short text can have long names for each of its many values, so what is made of it is bounded by itself.
  bool found(const std::string& path, std::string value) {
    if (pairs_ == nullptr) return true;
    flat_ += path.size() + value.size() + 2;
    if (flat_ > kFlatBytesMax) return false;
    pairs_->emplace_back(path, std::move(value));
    return true;
  }

  bool value(const std::string& path, int depth) {
    blanks();
    if (at_ == text_.size() || depth >= kDepthMax) return false;
    switch (text_[at_]) {
      case '{': return object(path, depth);
      case '[': return list(path, depth);
      case '"': {
        std::string content;
        if (!string(content)) return false;
        return found(path, std::move(content));
      }
      default: return word(path);
    }
  }

  bool object(const std::string& path, int depth) {
    token_of_one();
    if (symbol('}')) return true;
    std::set<std::string> names;
    do {
      blanks();
      std::string name;
      if (!next_is('"') || !string(name) || !names.insert(name).second || !symbol(':')) return false;
      if (!value(path.empty() ? name : path + "." + name, depth + 1)) return false;
    } while (symbol(','));
    return symbol('}');
  }

  bool list(const std::string& path, int depth) {
    token_of_one();
    if (symbol(']')) return true;
    size_t i = 0;
    do {
      if (!value(path + "." + std::to_string(i++), depth + 1)) return false;
    } while (symbol(','));
    return symbol(']');
  }

  bool string(std::string& content) {
    const size_t from = at_++;
    while (at_ < text_.size() && text_[at_] != '"') {
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte < 0x20) return false;
      if (byte != '\\') content += text_[at_++];
      else if (!escape(content)) return false;
    }
    if (at_ == text_.size()) return false;
    ++at_;
    token(from);
    return true;
  }

  bool escape(std::string& content) {
    if (++at_ == text_.size()) return false;
    const char c = text_[at_++];
    constexpr std::string_view kShort = "\"\\/bfnrt", kMeans = "\"\\/\b\f\n\r\t";
    if (const size_t i = kShort.find(c); i != std::string_view::npos) return content += kMeans[i], true;
    uint32_t unit = 0, low = 0;
    if (c != 'u' || !four_digits(unit)) return false;
    if (unit < 0xd800 || unit > 0xdfff) return append_utf8(unit, content), true;
    if (unit > 0xdbff || text_.substr(at_, 2) != "\\u") return false;
    at_ += 2;
    if (!four_digits(low) || low < 0xdc00 || low > 0xdfff) return false;
    append_utf8(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), content);
    return true;
  }

  bool four_digits(uint32_t& unit) {
    const auto bytes = decode_hex(text_.substr(at_, 4));
    if (!bytes || bytes->size() != 2) return false;
    at_ += 4;
    unit = static_cast<uint32_t>(static_cast<uint8_t>((*bytes)[0])) << 8 | static_cast<uint8_t>((*bytes)[1]);
    return true;
  }

  size_t digits() {
    const size_t from = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return at_ - from;
  }

  bool number() {
    if (next_is('-')) ++at_;
    const bool zero = next_is('0');
    const size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (next_is('.') && (++at_, digits() == 0)) return false;
    if (!next_is('e') && !next_is('E')) return true;
    ++at_;
    if (next_is('+') || next_is('-')) ++at_;
    return digits() > 0;
  }

  bool word(const std::string& path) {
    const size_t from = at_;
    for (std::string_view name : {"true", "false", "null"}) {
      if (text_.substr(at_, name.size()) != name) continue;
      at_ += name.size();
      token(from);
      return found(path, name == "null" ? std::string() : std::string(name));
    }
    if (!number()) return false;
    token(from);
    return found(path, std::string(text_.substr(from, at_ - from)));
  }

  std::string_view text_;
  std::string* minified_;
  TextPairs* pairs_;
  size_t at_ = 0, flat_ = 0;
};

std::optional<std::string> field_text(std::string_view written) {
  std::string blanks(written);
  std::replace(blanks.begin(), blanks.end(), '+', ' ');
  auto text = decode_percent(blanks);
  return text && is_utf8(*text) ? text : std::nullopt;
}

}  // namespace

std::optional<std::string> minified_json(std::string_view text) {
  std::string out;
  return Walk(text, &out, nullptr).run() ? std::optional<std::string>(std::move(out)) : std::nullopt;
}

std::optional<TextPairs> flat_json(std::string_view text) {
  TextPairs out;
  return Walk(text, nullptr, &out).run() ? std::optional<TextPairs>(std::move(out)) : std::nullopt;
}

std::optional<TextPairs> flat_form(std::string_view text) {
  TextPairs out;
  while (!text.empty()) {
    const size_t end = text.find('&');
    const std::string_view field = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (field.empty()) continue;
    const size_t equals = field.find('=');
    auto name = field_text(field.substr(0, equals));
    auto value = field_text(equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    out.emplace_back(std::move(*name), std::move(*value));
  }
  return out;
}

}  // namespace tollgate
