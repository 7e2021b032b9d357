#include "runtime/observe/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tollgate {
namespace {

constexpr std::array<std::string_view, 9> kKinds = {"accepted", "sent", "reply", "callback", "hint", "enquiry", "state", "timer", "case"};
constexpr size_t kRoutesMax = 32;

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

std::string known_outcome(std::string_view word) {
  for (OutcomeClass outcome : {OutcomeClass::succeeded, OutcomeClass::declined, OutcomeClass::failed})
    if (word == outcome_name(outcome)) return std::string(word);
  return word.empty() ? "" : "other";
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

void Metrics::event(std::string_view carrier, const EventRecord& event) {
  const std::string name = carrier_label(carrier);
  ++carriers_[name];
  const bool known = std::find(kKinds.begin(), kKinds.end(), event.kind) != kKinds.end();
  ++events_[{name, known ? event.kind : "other"}];
  const std::string state = known_state(member(event.detail, "state"));
  if (!state.empty()) ++ends_[{name, state, known_outcome(member(event.detail, "outcome"))}];
}

void Metrics::trouble(std::string_view, const Error&) { ++troubles_; }

void Metrics::gauge(std::string name, std::string help, std::function<int64_t()> read) { gauges_.push_back({std::move(name), std::move(help), std::move(read)}); }

void Metrics::answered(std::string_view route, uint16_t status) {
  const std::tuple key{std::string(route), status};
  if (answers_.size() < kRoutesMax * 16 || answers_.contains(key)) ++answers_[key];
}

std::string Metrics::text() const {
  std::string out;
  const auto head = [&](std::string_view name, std::string_view type, std::string_view help) {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  };
  head("tollgate_events_total", "counter", "Events of procedures, by kind.");
  for (const auto& [key, n] : events_) out += fmt::format("tollgate_events_total{{carrier=\"{}\",kind=\"{}\"}} {}\n", label(std::get<0>(key)), label(std::get<1>(key)), n);
  head("tollgate_states_total", "counter", "States that procedures entered, with the outcome if it was an end.");
  for (const auto& [key, n] : ends_)
    out += fmt::format("tollgate_states_total{{carrier=\"{}\",state=\"{}\",outcome=\"{}\"}} {}\n", label(std::get<0>(key)), std::get<1>(key), std::get<2>(key), n);
  head("tollgate_answers_total", "counter", "Answers of the API, by route and status.");
  for (const auto& [key, n] : answers_) out += fmt::format("tollgate_answers_total{{route=\"{}\",status=\"{}\"}} {}\n", label(std::get<0>(key)), std::get<1>(key), n);
  head("tollgate_troubles_total", "counter", "Failures of the world that were reported: store, vault, links.");
  out += fmt::format("tollgate_troubles_total {}\n", troubles_);
  for (const Gauge& gauge : gauges_) {
    head(gauge.name, "gauge", gauge.help);
    out += fmt::format("{} {}\n", gauge.name, gauge.read());
  }
  return out;
}

}  // namespace tollgate
