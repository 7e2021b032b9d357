#include "runtime/api/submit_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/api/digest.h"

namespace tollgate {
namespace {

using nlohmann::json;
using Named = std::vector<std::pair<std::string, std::string>>;

bool name_char(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// nlohmann's event interface; every refusal stops the parse. Names are checked before they enter a path, so messages repeat no user's data.
class Events : public json::json_sax_t {
 public:
  explicit Events(Command& command) : command_(command) {}
  BodyTrouble trouble;
  bool has_carrier = false, has_action = false, has_arguments = false;

  bool null() override { return refuse("body_invalid", "null is no value: leave the member out"); }
  bool boolean(bool value) override { return scalar(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return scalar(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(std::to_string(value)); }
  bool number_float(number_float_t, const string_t&) override { return refuse("body_invalid", "is a JSON number with a point or an exponent, which programs round: write it as a text, \"5000.00\"; whole numbers may stay numbers"); }
  bool string(string_t& value) override { return scalar(std::move(value)); }
  bool binary(binary_t&) override { return refuse("body_invalid", "binary is no value"); }
  bool start_array(size_t) override { return refuse("body_invalid", "a list is no value"); }
  bool end_array() override { return true; }
  bool start_object(size_t) override;
  bool end_object() override;
  bool key(string_t& name) override;
  bool parse_error(size_t position, const std::string&, const json::exception&) override {
    trouble = {400, "body_invalid", fmt::format("the body is not JSON at byte {}", position), ""};
    return false;
  }

 private:
  bool refuse(std::string code, std::string message) {
    trouble = {400, std::move(code), std::move(message), path()};
    return false;
  }
  std::string path() const { return fmt::format("{}", fmt::join(names_, ".")); }
  bool scalar(std::string value);

  Command& command_;
  size_t depth_ = 0;
  std::vector<std::string> names_;
};

bool Events::start_object(size_t) {
  if (depth_ == 1 && names_.back() != "arguments") return refuse("body_invalid", "must be a text");
  if (depth_ == 1) has_arguments = true;
  return ++depth_ <= kArgumentDepthMax + 1 || refuse("body_invalid", "is nested too deeply");
}

bool Events::end_object() {
  --depth_;
  if (!names_.empty()) names_.pop_back();
  return true;
}

bool Events::key(string_t& name) {
  const bool clean = !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), name_char);
  if (!clean) return refuse("body_invalid", "a member's name is not letters, digits and _");
  if (depth_ == 1 && name != "carrier" && name != "action" && name != "arguments")
    return refuse("body_invalid", fmt::format("`{}` is unknown: a body has carrier, action and arguments", name));
  names_.push_back(std::move(name));
  return true;
}

bool Events::scalar(std::string value) {
  if (depth_ == 0) return refuse("body_invalid", "the body must be an object");
  if (value.size() > kArgumentBytesMax) return refuse("body_invalid", fmt::format("is over {} bytes", kArgumentBytesMax));
  if (depth_ == 1) {
    if (names_[0] == "arguments") return refuse("body_invalid", "must be an object");
    bool& seen = names_[0] == "carrier" ? has_carrier : has_action;
    if (seen) return refuse("body_invalid", "is given twice");
    seen = true;
    (names_[0] == "carrier" ? command_.carrier : command_.action) = std::move(value);
  } else {
    if (command_.arguments.size() == kArgumentsMax) return refuse("body_invalid", fmt::format("there are more than {} arguments", kArgumentsMax));
    command_.arguments.emplace_back(path().substr(std::string_view("arguments.").size()), std::move(value));
  }
  names_.pop_back();
  return true;
}

bool currency_code(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// {"amount": {"value": "5000", "currency": "UGX"}}: the engine knows `amount` and `amount.currency`.
BodyTrouble fold_money(Named& arguments) {
  constexpr std::string_view kValue = ".value", kCurrency = ".currency";
  for (auto& [name, value] : arguments) {
    if (name.ends_with(kCurrency) && !currency_code(value)) return {422, "currency_invalid", "must be three capital letters, as ISO 4217 has them", "arguments." + name};
    if (!name.ends_with(kValue)) continue;
    const std::string base = name.substr(0, name.size() - kValue.size());
    const std::string currency = base + std::string(kCurrency);
    const bool beside = std::any_of(arguments.begin(), arguments.end(), [&](const auto& other) { return other.first == currency; });
    if (!beside) return {422, "currency_missing", "an amount needs its currency", "arguments." + currency};
    name = base;
  }
  return {};
}

BodyTrouble twice(const Named& sorted) {
  const auto same = std::adjacent_find(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
  if (same == sorted.end()) return {};
  return {400, "body_invalid", "is given twice", "arguments." + same->first};
}

Hash hash_of_meaning(const Command& command) {
  std::string bytes;
  const auto add = [&](std::string_view text) { bytes.append(std::to_string(text.size())).append(":").append(text); };
  add(command.carrier);
  add(command.action);
  for (const auto& [name, value] : command.arguments) {
    add(name);
    add(value);
  }
  return sha256(bytes);
}

}  // namespace

BodyTrouble read_submit_body(std::string_view body, Command& command) {
  Events events(command);
  if (!json::sax_parse(body.begin(), body.end(), &events)) return events.trouble;
  for (const auto& [present, name] : {std::pair(events.has_carrier, "carrier"), std::pair(events.has_action, "action"), std::pair(events.has_arguments, "arguments")})
    if (!present) return {400, "body_invalid", fmt::format("`{}` is missing", name), name};
  if (BodyTrouble trouble = fold_money(command.arguments); trouble.status != 0) return trouble;
  std::sort(command.arguments.begin(), command.arguments.end());
  if (BodyTrouble trouble = twice(command.arguments); trouble.status != 0) return trouble;
  command.body_hash = hash_of_meaning(command);
  return {};
}

}  // namespace tollgate
