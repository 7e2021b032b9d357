#include "runtime/value/decimal_picture.h"

namespace tollgate {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool separates_digits(char c) { return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f && !digit(c) && c != '-' && c != '+'; }

// Groups of exactly three behind a first one of one to three.
bool ungroup(std::string_view whole, char group, std::string& out) {
  if (whole.find(group) == std::string_view::npos) return out += whole, true;
  for (bool first = true;; first = false) {
    size_t n = std::min(whole.find(group), whole.size());
    if (first ? n < 1 || n > 3 : n != 3) return false;
    out += whole.substr(0, n);
    if (n == whole.size()) return true;
    whole.remove_prefix(n + 1);
  }
}

}  // namespace

std::optional<DecimalPicture> parse_decimal_picture(std::string_view text) {
  DecimalPicture p;
  if (text.substr(0, 4) == "1234") {
    text.remove_prefix(4);
  } else {
    if (text.size() < 5 || text[0] != '1' || !separates_digits(text[1]) || text.substr(2, 3) != "234") return std::nullopt;
    p.group = text[1];
    text.remove_prefix(5);
  }
  if (text.empty()) return p;
  p.point = text[0];
  p.decimals = static_cast<uint8_t>(text.size() - 1);
  if (!separates_digits(p.point) || p.point == p.group || text.size() < 2 || text.size() > 1u + Decimal::kScaleMax) return std::nullopt;
  for (char c : text.substr(1))
    if (!digit(c)) return std::nullopt;
  return p;
}

std::optional<Decimal> parse_decimal_like(std::string_view text, const DecimalPicture& p) {
  std::string plain;
  if (!text.empty() && text[0] == '-') plain = "-", text.remove_prefix(1);
  size_t point = p.point == 0 ? std::string_view::npos : text.find(p.point);
  std::string_view whole = text.substr(0, point);
  if (p.group == 0) plain += whole;
  else if (!ungroup(whole, p.group, plain)) return std::nullopt;
  if (point != std::string_view::npos) plain += '.', plain += text.substr(point + 1);
  else if (p.point != '.' && text.find('.') != std::string_view::npos && p.group != '.') return std::nullopt;
  return parse_decimal(plain);
}

std::optional<std::string> decimal_like(Decimal value, const DecimalPicture& p) {
  std::optional<Decimal> scaled = rescale(value, p.decimals);
  if (!scaled) return std::nullopt;
  std::string text = to_text(*scaled);
  size_t start = text[0] == '-' ? 1 : 0, point = std::min(text.find('.'), text.size());
  if (point < text.size()) text[point] = p.point;
  if (p.group != 0)
    for (size_t end = point; end > start + 3;) text.insert(end -= 3, 1, p.group);
  return text;
}

}  // namespace tollgate
