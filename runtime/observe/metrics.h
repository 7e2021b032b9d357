// Metrics: what is counted, as Prometheus text. Labels are carriers that are loaded and words of our own tables, so their number is bounded
// whatever comes in; anything else counts as "other".
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "runtime/ports/ports.h"

namespace tollgate {

constexpr size_t kMetricCarriersMax = 256;

struct MetricRow { std::string_view name, type, labels, sentence; };
// metrics.def, in its order.
std::span<const MetricRow> metric_rows();

class Metrics final : public Observer {
 public:
  void event(std::string_view carrier, const EventRecord& event) override;
  void trouble(std::string_view where, const Error& error) override;
  void opened_case(std::string_view carrier, const CaseRecord& opened) override;
  void message(std::string_view carrier, std::string_view callback, std::string_view fate) override;

  // A number that is asked for when somebody looks. `name` is a gauge of metrics.def.
  void gauge(std::string_view name, std::function<int64_t()> read);
  // Answers of our own API, by route and status: "submit", 202.
  void answered(std::string_view route, uint16_t status);

  // Exposition format 0.0.4.
  std::string text() const;

 private:
  struct Gauge { std::string name; std::function<int64_t()> read; };

  std::string carrier_label(std::string_view carrier) const;

  std::map<std::tuple<std::string, std::string>, uint64_t> events_;                 // carrier, kind
  std::map<std::tuple<std::string, std::string>, uint64_t> states_;                 // carrier, state
  std::map<std::tuple<std::string, std::string>, uint64_t> cases_;                  // carrier, kind
  std::map<std::tuple<std::string, std::string>, uint64_t> messages_;               // carrier, fate
  std::map<std::tuple<std::string, uint16_t>, uint64_t> answers_;                   // route, status
  uint64_t troubles_ = 0, accepted_ = 0, finished_ = 0;
  std::vector<Gauge> gauges_;
  std::map<std::string, uint64_t, std::less<>> carriers_;
};

// Tells several observers, in order. Owns none.
class Observers final : public Observer {
 public:
  explicit Observers(std::vector<Observer*> all) : all_(std::move(all)) {}
  void event(std::string_view carrier, const EventRecord& event) override {
    for (Observer* one : all_) one->event(carrier, event);
  }
  void trouble(std::string_view where, const Error& error) override {
    for (Observer* one : all_) one->trouble(where, error);
  }
  void opened_case(std::string_view carrier, const CaseRecord& opened) override {
    for (Observer* one : all_) one->opened_case(carrier, opened);
  }
  void message(std::string_view carrier, std::string_view callback, std::string_view fate) override {
    for (Observer* one : all_) one->message(carrier, callback, fate);
  }

 private:
  std::vector<Observer*> all_;
};

}  // namespace tollgate
