#include "peer/wire_text.h"

#include <cctype>

#include "runtime/value/time_format.h"

namespace tollgate::peer {
namespace {

constexpr uint8_t kMicrosScale = 6;
constexpr int64_t kUsPerSecond = 1'000'000;

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }
bool ends(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && text.substr(text.size() - with.size()) == with;
}

// "whole" and "whole.text" are one form on the wire of a text notation.
std::string_view bare(std::string_view form) { return ends(form, ".text") ? form.substr(0, form.size() - 5) : form; }

std::optional<Decimal> amount_of(std::string_view form, const std::string& value, uint8_t decimals) {
  std::optional<Decimal> number = parse_decimal(value);
  if (!number) return std::nullopt;
  if (form == "minor") return number->scale == 0 ? std::optional<Decimal>(Decimal{number->coefficient, decimals}) : std::nullopt;
  if (form == "micros") return number->scale == 0 ? std::optional<Decimal>(Decimal{number->coefficient, kMicrosScale}) : std::nullopt;
  if (starts(form, "decimal") || form == "whole") return number;
  return std::nullopt;
}

// Without digits after the point if it has none that count.
std::string shortest_whole(const Decimal& amount) {
  std::optional<Decimal> whole = rescale(amount, 0);
  return to_text(whole ? *whole : amount);
}

uint64_t mix(std::string_view text, uint64_t seed) {  // FNV-1a, then one splitmix round
  uint64_t h = 14695981039346656037ull ^ seed;
  for (char c : text) h = (h ^ static_cast<uint8_t>(c)) * 1099511628211ull;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ull;
  return h ^ (h >> 31);
}

std::string hex_digits(uint64_t n, size_t count) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (size_t i = 0; i < count; ++i) out += kHex[(n >> (4 * (i % 16))) & 15];
  return out;
}

std::string uuid_from(uint64_t a, uint64_t b) {
  std::string x = hex_digits(a, 16) + hex_digits(b, 16);
  x[12] = '4';
  x[16] = '8';
  return x.substr(0, 8) + "-" + x.substr(8, 4) + "-" + x.substr(12, 4) + "-" + x.substr(16, 4) + "-" + x.substr(20);
}

bool wordy(std::string label) {
  for (char& c : label) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (std::string_view word : {"message", "desc", "said", "text", "faultstring"})
    if (label.find(word) != std::string::npos) return true;
  return false;
}

std::string identifier(const MirrorHole& hole, const Payment* payment, uint64_t salt) {
  uint64_t number = payment == nullptr ? 0 : payment->number;
  return "C" + std::to_string(number) + "-" + hex_digits(mix(hole.label, salt + number), 8);
}

}  // namespace

std::string read_msisdn(const WireValues& wire) {
  for (const auto& [origin, value] : wire) {
    if (origin.find("user.msisdn") == std::string::npos) continue;   // "tel:{user.msisdn.digits}" too
    std::string digits;
    for (char c : value)
      if (c >= '0' && c <= '9') digits += c;
    if (!digits.empty()) return digits;
  }
  return {};
}

void read_amount(const WireValues& wire, std::string_view market_currency, uint8_t decimals, Payment& payment) {
  payment.currency = std::string(market_currency);
  for (const auto& [origin, value] : wire) {
    if (!starts(origin, "amount.")) continue;
    std::string_view form = bare(std::string_view(origin).substr(7));
    if (form == "currency") payment.currency = value;
    else if (std::optional<Decimal> amount = amount_of(form, value, decimals)) payment.amount = *amount;
  }
}

std::string amount_for(Reader reader, const Decimal& amount, uint8_t decimals) {
  switch (reader) {
    case Reader::money_minor: {
      std::optional<Decimal> minor = rescale(amount, decimals);
      return std::to_string(minor ? minor->coefficient : amount.coefficient);
    }
    case Reader::integer:
    case Reader::integer_text:
    case Reader::integer_loose: return shortest_whole(amount);
    default: return to_text(amount);
  }
}

std::optional<std::string> derived(std::string_view origin, const Payment& payment, uint8_t decimals) {
  if (starts(origin, "amount.")) {
    std::string_view form = bare(origin.substr(7));
    if (form == "currency") return payment.currency;
    if (form == "minor") return amount_for(Reader::money_minor, payment.amount, decimals);
    if (form == "whole") return shortest_whole(payment.amount);
    if (starts(form, "decimal")) return to_text(payment.amount);
    return std::nullopt;
  }
  if (!starts(origin, "user.msisdn")) return std::nullopt;
  std::string digits = read_msisdn(payment.wire);
  if (digits.empty()) return std::nullopt;
  if (ends(origin, ".plus")) return "+" + digits;
  if (ends(origin, ".tel")) return "tel:+" + digits;
  return digits;
}

bool same_on_wire(const std::string& a, const std::string& b) {
  if (a == b) return true;
  std::optional<Decimal> x = parse_decimal(a), y = parse_decimal(b);
  return x && y && compare(*x, *y) == 0;
}

bool identifies(const MirrorHole& hole) {
  bool own = hole.reader == Reader::text || hole.reader == Reader::text_loose || hole.reader == Reader::uuid || hole.reader == Reader::url;
  return own && !hole.equal && !wordy(hole.label);
}

std::string invented(const MirrorHole& hole, const Payment* payment, int64_t now_us, uint64_t salt, uint8_t decimals) {
  switch (hole.reader) {
    case Reader::integer:
    case Reader::integer_text:
    case Reader::integer_loose: return "1";
    case Reader::decimal:
    case Reader::decimal_text:
    case Reader::decimal_loose:
    case Reader::decimal_like:
    case Reader::money_minor: return payment == nullptr ? "1" : amount_for(hole.reader, payment->amount, decimals);
    case Reader::boolean:
    case Reader::boolean_loose:
    case Reader::boolean_text: return "true";
    case Reader::uuid: return uuid_from(mix(hole.label, salt), mix(hole.label, salt + 1 + (payment == nullptr ? 0 : payment->number)));
    case Reader::url: return "https://carrier.test/" + identifier(hole, payment, salt);
    case Reader::currency: return payment == nullptr ? "XXX" : payment->currency;
    case Reader::msisdn_digits:
    case Reader::msisdn_loose: return payment == nullptr ? "10000000" : read_msisdn(payment->wire);
    case Reader::msisdn_plus: return "+" + (payment == nullptr ? "10000000" : read_msisdn(payment->wire));
    case Reader::msisdn_tel: return "tel:+" + (payment == nullptr ? "10000000" : read_msisdn(payment->wire));
    case Reader::time_format: return format_time(now_us, hole.argument).value_or("");
    case Reader::time_rfc3339: return format_rfc3339(now_us);
    case Reader::time_epoch:
    case Reader::time_epoch_text: return std::to_string(now_us / kUsPerSecond);
    case Reader::time_epoch_ms:
    case Reader::time_epoch_ms_text: return std::to_string(now_us / 1000);
    case Reader::duration_ms:
    case Reader::duration_ms_text:
    case Reader::duration_minutes:
    case Reader::duration_minutes_text:
    case Reader::duration_seconds:
    case Reader::duration_seconds_text: return "2";
    default: break;
  }
  if (wordy(hole.label)) return "as the simulated carrier says";
  return identifier(hole, payment, salt);
}

}  // namespace tollgate::peer
