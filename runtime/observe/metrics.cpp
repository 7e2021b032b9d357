#include "runtime/observe/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtime/base/bug.h"

namespace tollgate {
namespace {

constexpr std::array<std::string_view, 9> kKinds = {"accepted", "sent", "reply", "callback", "hint", "enquiry", "state", "timer", "case"};
constexpr std::array<std::string_view, 5> kCases = {"contradiction", "suspended", "partial", "over_capture", "key_collision"};
constexpr size_t kRoutesMax = 32;

constexpr MetricRow kRows[] = {
#define TG_METRIC(name, type, labels, sentence) {#name, #type, labels, sentence},
#include "runtime/observe/metrics.def"
#undef TG_METRIC
};

constexpr std::string_view kFates[] = {
#define TG_FATE(name, level, sentence) #name,
#include "runtime/ports/message_fates.def"
#undef TG_FATE
};

// The text of a top-level member of an event's detail. Quotes inside values are escaped, so `"name":"` cannot be part of one.
std::string_view member(std::string_view detail, std::string_view name) {
  const std::string key = fmt::format("\"{}\":\"", name);
  const size_t at = detail.find(key);
  if (at == detail.npos) return {};
  const std::string_view rest = detail.substr(at + key.size());
  return rest.substr(0, rest.find('"'));
}

std::string known_state(std::string_view word) {
#define TG_STATE(name, terminal, open, doc) \
  if (word == #name) return #name;
#include "runtime/ports/states.def"
#undef TG_STATE
  return word.empty() ? "" : "other";
}

std::string one_of(std::span<const std::string_view> known, std::string_view word) {
  return std::find(known.begin(), known.end(), word) != known.end() ? std::string(word) : "other";
}

// Carriers' names come from files whose names are words already; this holds for whatever may come.
std::string label(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? '_' : c;
  }
  return out;
}

}  // namespace

std::string Metrics::carrier_label(std::string_view carrier) const {
  return carriers_.contains(carrier) || carriers_.size() < kMetricCarriersMax ? std::string(carrier) : "other";
}

std::span<const MetricRow> metric_rows() { return kRows; }

void Metrics::event(std::string_view carrier, const EventRecord& event) {
  const std::string name = carrier_label(carrier);
  ++carriers_[name];
  ++events_[{name, one_of(kKinds, event.kind)}];
  if (event.kind == "accepted") ++accepted_;
  const std::string_view word = member(event.detail, "state");
  const std::string state = known_state(word);
  if (state.empty()) return;
  ++states_[{name, state}];
  if (const auto entered = parse_state(word); entered && terminal(*entered)) ++finished_;
}

void Metrics::opened_case(std::string_view carrier, const CaseRecord& opened) {
  const std::string name = carrier_label(carrier);
  ++carriers_[name];
  ++cases_[{name, one_of(kCases, opened.kind)}];
}

void Metrics::message(std::string_view carrier, std::string_view, std::string_view fate) {
  const std::string name = carrier_label(carrier);
  ++carriers_[name];
  ++messages_[{name, one_of(kFates, fate)}];
}

void Metrics::trouble(std::string_view, const Error&) { ++troubles_; }

void Metrics::gauge(std::string_view name, std::function<int64_t()> read) { gauges_.push_back({std::string(name), std::move(read)}); }

void Metrics::answered(std::string_view route, uint16_t status) {
  const std::tuple key{std::string(route), status};
  if (answers_.size() < kRoutesMax * 16 || answers_.contains(key)) ++answers_[key];
}

std::string Metrics::text() const {
  std::string out;
  const auto head = [&](std::string_view name) {
    const auto row = std::find_if(std::begin(kRows), std::end(kRows), [&](const MetricRow& r) { return r.name == name; });
    TG_CHECK(row != std::end(kRows), "a metric that is not in metrics.def");
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, row->sentence, name, row->type);
  };
  const auto by_carrier = [&](std::string_view name, std::string_view what, const auto& counted) {
    head(name);
    for (const auto& [key, n] : counted) out += fmt::format("{}{{carrier=\"{}\",{}=\"{}\"}} {}\n", name, label(std::get<0>(key)), what, label(std::get<1>(key)), n);
  };
  by_carrier("tollgate_events_total", "kind", events_);
  by_carrier("tollgate_states_total", "state", states_);
  by_carrier("tollgate_cases_total", "kind", cases_);
  by_carrier("tollgate_messages_total", "fate", messages_);
  head("tollgate_answers_total");
  for (const auto& [key, n] : answers_) out += fmt::format("tollgate_answers_total{{route=\"{}\",status=\"{}\"}} {}\n", label(std::get<0>(key)), std::get<1>(key), n);
  const auto plain = [&](std::string_view name, auto n) {
    head(name);
    out += fmt::format("{} {}\n", name, n);
  };
  plain("tollgate_troubles_total", troubles_);
  plain("tollgate_procedures_accepted_total", accepted_);
  plain("tollgate_procedures_finished_total", finished_);
  for (const Gauge& gauge : gauges_) plain(gauge.name, gauge.read());
  return out;
}

}  // namespace tollgate
