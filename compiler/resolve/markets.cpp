// Facts of countries, judged where they are declared: a wrong zone or a misspelt picture would otherwise wait for a user's charge.
#include <algorithm>

#include "compiler/resolve/carrier_resolver.h"
#include "runtime/value/currency.h"
#include "runtime/value/decimal.h"
#include "runtime/value/zone.h"

namespace tollgate::hir {
namespace {

constexpr size_t kDigitsMin = 7, kDigitsMax = 15;   // E.164

// "+256 XXX XXX XXX | +256 XX XXX XXXX": plus, the country's digits, then the number's.
std::string_view picture_problem(std::string_view picture) {
  while (true) {
    const size_t bar = picture.find('|');
    std::string digits;
    for (char c : picture.substr(0, bar)) if (c != ' ') digits += c;
    if (digits.empty() || digits[0] != '+') return "a picture begins with + and the country's code";
    digits.erase(0, 1);
    const size_t code = std::min(digits.find('X'), digits.size());
    if (code == 0 || !std::all_of(digits.begin(), digits.begin() + static_cast<std::ptrdiff_t>(code), [](char c) { return c >= '0' && c <= '9'; }))
      return "a picture begins with + and the country's code";
    if (digits.find_first_not_of("0123456789X") != std::string::npos) return "a picture is made of digits, X and blanks";
    if (digits.size() < kDigitsMin || digits.size() > kDigitsMax) return "a number has 7 to 15 digits";
    if (digits.find('X') == std::string::npos) return "one number is no picture";
    if (bar == std::string_view::npos) return {};
    picture.remove_prefix(bar + 1);
  }
}

std::string fact_problem(std::string_view word, NodeRef value, uint8_t decimals) {
  const std::string text = plain_text(value).value_or(std::string(value.text()));
  if (word == "currency") return find_currency(value.text()) ? "" : "ISO 4217 has no such currency";
  if (word == "zone") return find_zone(text) ? "" : "the tz database has no such zone";
  if (word == "numbers") return std::string(picture_problem(text));
  if (word == "decimals") {
    auto digits = value.is(SyntaxKind::integer) ? whole_number(value.text()) : std::nullopt;
    return digits && *digits >= 0 && *digits <= 6 ? "" : "0 to 6 digits after the point";
  }
  if (word == "step") return step_at(text, decimals) == 1 ? "" : "edition 1 knows no other step than the last of its `decimals`";
  return "known are currency, decimals, step, zone, numbers";
}

}  // namespace

std::optional<uint64_t> step_at(std::string_view text, uint8_t decimals) {
  auto written = parse_decimal(text);
  auto exact = written ? rescale(*written, decimals) : std::nullopt;
  if (!exact || exact->coefficient <= 0) return std::nullopt;
  return static_cast<uint64_t>(exact->coefficient);
}

void check_market(NodeRef market, Sink& sink) {
  if (market.has_error()) return;
  uint8_t decimals = 2;
  for (NodeRef fact : market.children(SyntaxKind::fact)) {
    if (fact.child(SyntaxKind::name).text() == "decimals") decimals = static_cast<uint8_t>(std::clamp<int64_t>(whole_number(fact.last().text()).value_or(2), 0, 6));
  }
  for (NodeRef fact : market.children(SyntaxKind::fact)) {
    NodeRef word = fact.child(SyntaxKind::name);
    const std::string problem = fact_problem(word.text(), fact.last(), decimals);
    if (!problem.empty()) sink.report(Diag::bad_market_fact, fact.last().span()).arg("fact", word.text()).label(problem);
  }
  for (std::string_view wanted : {"currency", "zone", "numbers"}) {
    bool there = false;
    for (NodeRef fact : market.children(SyntaxKind::fact)) there = there || fact.child(SyntaxKind::name).text() == wanted;
    if (!there) sink.report(Diag::bad_market_fact, name_span(market)).arg("fact", wanted).label("is not stated");
  }
}

}  // namespace tollgate::hir
