#include "runtime/value/msisdn.h"

#include <algorithm>

namespace tollgate {
namespace {

// ITU-T E.164: zones 1 and 7 are one digit; these are two; the rest of the space is three.
constexpr std::string_view kTwoDigitCodes =
    " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 ";

constexpr std::string_view kTel = "tel:+";

}  // namespace

bool is_msisdn(std::string_view digits) {
  return digits.size() >= kMsisdnDigitsMin && digits.size() <= kMsisdnDigitsMax && digits[0] != '0' &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::string_view> parse_msisdn(std::string_view text, MsisdnForm form) {
  const std::string_view prefix = form == MsisdnForm::plus ? "+" : form == MsisdnForm::tel ? kTel : "";
  if (form == MsisdnForm::national || !text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  if (!is_msisdn(text)) return std::nullopt;
  return text;
}

std::string format_msisdn(std::string_view digits, MsisdnForm form) {
  switch (form) {
    case MsisdnForm::digits: break;
    case MsisdnForm::plus: return "+" + std::string(digits);
    case MsisdnForm::tel: return std::string(kTel) + std::string(digits);
    case MsisdnForm::national: return std::string(digits.substr(country_code(digits).size()));
  }
  return std::string(digits);
}

std::string_view country_code(std::string_view digits) {
  if (digits.empty()) return digits;
  if (digits[0] == '1' || digits[0] == '7') return digits.substr(0, 1);
  const std::string two = " " + std::string(digits.substr(0, 2)) + " ";
  return digits.substr(0, kTwoDigitCodes.find(two) != std::string_view::npos ? 2 : 3);
}

}  // namespace tollgate
