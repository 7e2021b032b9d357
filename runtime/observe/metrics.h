// Metrics: what is counted, as Prometheus text. Labels are carriers that are loaded and words of our own tables, so their number is bounded
// whatever comes in; anything else counts as "other".
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "runtime/ports/ports.h"

namespace tollgate {

constexpr size_t kMetricCarriersMax = 256;

class Metrics final : public Observer {
 public:
  void event(std::string_view carrier, const EventRecord& event) override;
  void trouble(std::string_view where, const Error& error) override;

  // A number that is asked for when somebody looks. `name` is a Prometheus name: "tollgate_open_procedures".
  void gauge(std::string name, std::string help, std::function<int64_t()> read);
  // Answers of our own API, by route and status: "submit", 202.
  void answered(std::string_view route, uint16_t status);

  // Exposition format 0.0.4.
  std::string text() const;

 private:
  struct Gauge { std::string name, help; std::function<int64_t()> read; };

  std::string carrier_label(std::string_view carrier) const;

  std::map<std::tuple<std::string, std::string>, uint64_t> events_;                 // carrier, kind
  std::map<std::tuple<std::string, std::string, std::string>, uint64_t> ends_;      // carrier, state, outcome
  std::map<std::tuple<std::string, uint16_t>, uint64_t> answers_;                   // route, status
  uint64_t troubles_ = 0;
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

 private:
  std::vector<Observer*> all_;
};

}  // namespace tollgate
