#include "peer/scenario.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

namespace tollgate::peer {
namespace {

using Json = nlohmann::json;
constexpr size_t kScenarioBytesMax = 64 * 1024;
constexpr int64_t kUsPerMs = 1000;
constexpr int64_t kLongestMs = 7ll * 24 * 3600 * 1000;

Error wrong(const std::string& where, const std::string& why) { return Error{"scenario", "scenario member `" + where + "`: " + why}; }

// Reads members of one object, remembering the first trouble; `finish` refuses members that nobody asked for.
class Reader {
 public:
  Reader(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object_.is_object()) fail("", "must be an object");
  }

  void share(const char* name, Share& out) {
    const Json* member = find(name);
    if (member == nullptr) return;
    if (!member->is_number()) return fail(name, "must be a number between 0 and 1");
    double given = member->get<double>();
    if (!(given >= 0.0 && given <= 1.0)) return fail(name, "must be a number between 0 and 1");
    out = static_cast<Share>(std::lround(given * kWhole));
  }

  void milliseconds(const char* name, int64_t& out_us) {
    int64_t ms = 0;
    if (whole(name, ms, kLongestMs)) out_us = ms * kUsPerMs;
  }

  bool whole(const char* name, int64_t& out, int64_t most) {
    const Json* member = find(name);
    if (member == nullptr) return false;
    if (!member->is_number_unsigned() || member->get<uint64_t>() > static_cast<uint64_t>(most)) {
      fail(name, "must be a whole number of at most " + std::to_string(most));
      return false;
    }
    out = static_cast<int64_t>(member->get<uint64_t>());
    return true;
  }

  void distribution(const char* name, Distribution& out) {
    const Json* member = find(name);
    if (member == nullptr) return;
    if (!member->is_object() || member->size() != 1) return fail(name, "must be one of {\"fixed_ms\": n}, {\"uniform_ms\": [a, b]}, {\"tail_ms\": [a, b]}");
    const std::string& kind = member->begin().key();
    const Json& value = member->begin().value();
    if (kind == "fixed_ms" && length(value)) {
      out = {Distribution::Kind::fixed, value.get<int64_t>() * kUsPerMs, value.get<int64_t>() * kUsPerMs};
      return;
    }
    bool pair = value.is_array() && value.size() == 2 && length(value[0]) && length(value[1]) && value[0] <= value[1];
    if (!pair || (kind != "uniform_ms" && kind != "tail_ms"))
      return fail(name, "must be one of {\"fixed_ms\": n}, {\"uniform_ms\": [a, b]}, {\"tail_ms\": [a, b]}");
    out.kind = kind == "tail_ms" ? Distribution::Kind::tail : Distribution::Kind::uniform;
    out.from_us = value[0].get<int64_t>() * kUsPerMs;
    out.upto_us = value[1].get<int64_t>() * kUsPerMs;
  }

  const Json* find(const char* name) {
    known_.push_back(name);
    if (!object_.is_object()) return nullptr;
    auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }

  void fail(const std::string& name, const std::string& why) {
    if (!error_.message.empty()) return;
    error_ = wrong(where_ + (where_.empty() || name.empty() ? "" : ".") + name, why);
  }

  Status finish() {
    if (object_.is_object())
      for (auto& [name, value] : object_.items())
        if (std::find(known_.begin(), known_.end(), name) == known_.end()) fail(name, "is not one that scenarios have");
    if (!error_.message.empty()) return error_;
    return Done{};
  }

 private:
  static bool length(const Json& value) { return value.is_number_unsigned() && value.get<uint64_t>() <= static_cast<uint64_t>(kLongestMs); }

  const Json& object_;
  std::string where_;
  std::vector<std::string> known_;
  Error error_;
};

Status read_reasons(const Json& object, const std::string& where, Verdict::Kind kind, std::vector<OutcomeShare>& out) {
  if (!object.is_object()) return wrong(where, "must be an object of reasons and shares");
  for (auto& [reason, value] : object.items()) {
    OutcomeShare row{{kind, reason}, 0};
    Reader reader(object, where);
    reader.share(reason.c_str(), row.share);
    for (auto& [other, ignored] : object.items()) reader.find(other.c_str());
    Status done = reader.finish();
    if (!done) return done;
    out.push_back(row);
  }
  return Done{};
}

Status read_outcomes(const Json& object, Scenario& scenario) {
  Reader reader(object, "outcomes");
  Share succeeded = 0;
  reader.share("succeeded", succeeded);
  std::vector<OutcomeShare> rows;
  if (succeeded > 0) rows.push_back({{Verdict::Kind::succeeded, ""}, succeeded});
  if (const Json* declined = reader.find("declined")) {
    Status done = read_reasons(*declined, "outcomes.declined", Verdict::Kind::declined, rows);
    if (!done) return done;
  }
  if (const Json* failed = reader.find("failed")) {
    Status done = read_reasons(*failed, "outcomes.failed", Verdict::Kind::failed, rows);
    if (!done) return done;
  }
  uint64_t sum = 0;
  for (const OutcomeShare& row : rows) sum += row.share;
  if (sum > kWhole) reader.fail("", "shares add up to more than 1");
  scenario.outcomes = std::move(rows);
  return reader.finish();
}

Status read_faults(const Json& object, Faults& faults) {
  Reader reader(object, "faults");
  reader.share("lost_reply", faults.lost_reply);
  reader.share("lost_request", faults.lost_request);
  reader.share("error_before", faults.error_before);
  reader.share("error_after", faults.error_after);
  reader.share("malformed", faults.malformed);
  reader.share("slow", faults.slow);
  reader.share("expired_token", faults.expired_token);
  reader.milliseconds("slow_ms", faults.slow_us);
  return reader.finish();
}

Status read_callbacks(const Json& object, CallbackManners& manners) {
  Reader reader(object, "callbacks");
  reader.share("early", manners.early);
  reader.share("late", manners.late);
  reader.share("never", manners.never);
  reader.share("twice", manners.twice);
  reader.share("immediate", manners.immediate);
  reader.share("redelivered", manners.redelivered);
  reader.distribution("delay", manners.delay);
  reader.distribution("late_delay", manners.late_delay);
  reader.distribution("twice_delay", manners.twice_delay);
  reader.distribution("redelivery_delay", manners.redelivery_delay);
  if (uint64_t{manners.early} + manners.late + manners.never > kWhole) reader.fail("", "early, late and never add up to more than 1");
  return reader.finish();
}

}  // namespace

int64_t Distribution::draw(Seeded& seeded) const {
  int64_t span = upto_us - from_us;
  if (kind == Kind::fixed || span <= 0) {
    seeded.next();
    return from_us;
  }
  if (kind == Kind::uniform) return from_us + static_cast<int64_t>(seeded.below(static_cast<uint64_t>(span) + 1));
  // The cube of a uniform draw: half of all are in the first eighth of the span.
  double u = static_cast<double>(seeded.next() >> 11) * 0x1.0p-53;
  return from_us + static_cast<int64_t>(u * u * u * static_cast<double>(span));
}

std::string words_of(const Verdict& verdict) {
  switch (verdict.kind) {
    case Verdict::Kind::succeeded: return "succeeded";
    case Verdict::Kind::declined: return "declined " + verdict.reason;
    case Verdict::Kind::failed: return "failed " + verdict.reason;
  }
  return {};
}

Scenario calm_scenario() {
  Scenario scenario;
  scenario.latency = {Distribution::Kind::fixed, 5 * kUsPerMs, 5 * kUsPerMs};
  scenario.decision = {Distribution::Kind::fixed, 200 * kUsPerMs, 200 * kUsPerMs};
  scenario.callbacks.delay = {Distribution::Kind::fixed, 10 * kUsPerMs, 10 * kUsPerMs};
  scenario.callbacks.late_delay = {Distribution::Kind::fixed, 60'000 * kUsPerMs, 60'000 * kUsPerMs};
  scenario.callbacks.twice_delay = {Distribution::Kind::fixed, 1000 * kUsPerMs, 1000 * kUsPerMs};
  scenario.callbacks.redelivery_delay = {Distribution::Kind::fixed, 5000 * kUsPerMs, 5000 * kUsPerMs};
  return scenario;
}

Result<Scenario> parse_scenario(std::string_view text) {
  if (text.size() > kScenarioBytesMax) return Error{"scenario", "the scenario is larger than 64 KiB"};
  Json json = Json::parse(text, nullptr, false, true);
  if (json.is_discarded()) return Error{"scenario", "the scenario is not valid JSON"};
  Scenario scenario = calm_scenario();
  Reader reader(json, "");
  int64_t seed = 0;
  if (reader.whole("seed", seed, INT64_MAX)) scenario.seed = static_cast<uint64_t>(seed);
  reader.share("immediate", scenario.immediate);
  reader.distribution("latency", scenario.latency);
  reader.distribution("decision", scenario.decision);
  reader.whole("token_seconds", scenario.token_seconds, 24 * 3600);
  const Json* outcomes = reader.find("outcomes");
  const Json* faults = reader.find("faults");
  const Json* callbacks = reader.find("callbacks");
  Status done = reader.finish();
  if (done && outcomes != nullptr) done = read_outcomes(*outcomes, scenario);
  if (done && faults != nullptr) done = read_faults(*faults, scenario.faults);
  if (done && callbacks != nullptr) done = read_callbacks(*callbacks, scenario.callbacks);
  if (!done) return done.error();
  return scenario;
}

Result<Scenario> load_scenario(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{"scenario", "cannot read the scenario " + path};
  std::string text;
  text.resize(kScenarioBytesMax + 1);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  Result<Scenario> scenario = parse_scenario(text);
  if (!scenario) return std::move(scenario).error().within(path);
  return scenario;
}

}  // namespace tollgate::peer
