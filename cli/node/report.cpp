#include "cli/node/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tollgate::cli {
namespace {

using json = nlohmann::ordered_json;

// Columns as wide as their widest cell; the first to the left, numbers to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> heads) : columns_(heads.size()) { add(std::move(heads)); }

  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string text() const {
    std::vector<size_t> widths(columns_, 0);
    for (const auto& row : rows_)
      for (size_t i = 0; i < columns_; ++i) widths[i] = std::max(widths[i], row[i].size());
    std::string out;
    for (const auto& row : rows_) {
      std::string line = fmt::format("  {:<{}}", row[0], widths[0]);
      for (size_t i = 1; i < columns_; ++i) line += fmt::format("  {:>{}}", row[i], widths[i]);
      out += line + "\n";
    }
    return out;
  }

 private:
  size_t columns_;
  std::vector<std::vector<std::string>> rows_;
};

template <class... Cells>
std::vector<std::string> cells(const Cells&... each) { return {fmt::format("{}", each)...}; }

size_t by(const CarrierRow& row, const char* evidence) {
  auto found = row.resolved_by.find(evidence);
  return found == row.resolved_by.end() ? 0 : found->second;
}

std::string percentile_ms(std::vector<int64_t> values, double share) {
  if (values.empty()) return "-";
  size_t at = std::min(values.size() - 1, static_cast<size_t>(share * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<long>(at), values.end());
  return fmt::format("{:.1f}", static_cast<double>(values[at]) / 1000);
}

// {"method": "POST", "transmission": 1} as "method POST, transmission 1"; what is nested stands in parentheses.
std::string words_of(const json& detail) {
  std::string out;
  for (const auto& [name, value] : detail.items()) {
    std::string said = value.is_string() ? value.get<std::string>() : value.is_object() ? "(" + words_of(value) + ")" : value.dump();
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, said);
  }
  return out;
}

// "2026-11-24T11:07:49.287637Z" without its day.
std::string time_of_day(const std::string& instant) { return instant.size() < 27 ? instant : instant.substr(11, 12); }

}  // namespace

std::string outcomes_of(const Reckoning& reckoning) {
  Table table(cells("carrier", "charges", "succeeded", "declined", "failed", "person", "waiting", "user", "open"));
  for (const CarrierRow& r : reckoning.rows) table.add(cells(r.carrier, r.charges, r.succeeded, r.declined, r.failed, r.person, r.awaiting, r.prompted, r.open));
  return "Outcomes (person: every proof is spent, nothing is claimed; waiting: only a message of the carrier can tell; user: who would go to a page or type something)\n" + table.text();
}

std::string doubts_of(const Reckoning& reckoning) {
  Table table(cells("carrier", "in doubt", "resolved", "by enquiry", "by callback", "otherwise", "to a person", "waiting", "of those never arrived"));
  for (const CarrierRow& r : reckoning.rows) {
    const size_t asked = by(r, "enquiry"), told = by(r, "callback");
    table.add(cells(r.carrier, r.doubted, r.resolved, asked, told, r.resolved - asked - told, r.person, r.awaiting, r.unheard));
  }
  return "In doubt at some time, and what ended it\n" + table.text();
}

std::string latencies_of(const Reckoning& reckoning) {
  Table table(cells("carrier", "p50 ms", "p95 ms", "p99 ms", "max ms"));
  for (const CarrierRow& r : reckoning.rows)
    table.add({r.carrier, percentile_ms(r.latencies_us, 0.5), percentile_ms(r.latencies_us, 0.95), percentile_ms(r.latencies_us, 0.99), percentile_ms(r.latencies_us, 1)});
  return "Latency, from the merchant's call to the outcome\n" + table.text();
}

std::string wire_of(const Reckoning& reckoning) {
  Table table(cells("carrier", "requests", "repeats", "faults", "callbacks", "sent again", "given up"));
  for (const CarrierRow& r : reckoning.rows) table.add(cells(r.carrier, r.requests, r.repeats, r.faults, r.callbacks, r.redelivered, r.undelivered));
  return "What the carriers saw and played (a callback that we did not take is sent again if the file says that this carrier does)\n" + table.text();
}

std::string ledgers_of(const Reckoning& reckoning) {
  Table table({"carrier", "carrier's ledger", "our ledger", "lost", "doubled", "wrong", "agree"});
  for (const CarrierRow& r : reckoning.rows) {
    table.add({r.carrier, fmt::format("{:.2f} {}", r.theirs, r.currency), fmt::format("{:.2f} {}", r.ours, r.currency), std::to_string(r.lost), std::to_string(r.doubled),
               std::to_string(r.wrong), r.agrees() ? "yes" : "NO"});
  }
  return "Both ledgers, compared reference by reference (what a person or a message still decides may be in the carrier's alone)\n" + table.text();
}

std::string timeline_of(Merchant& merchant, const std::string& id) {
  json body = json::parse(merchant.get("/v1/procedures/" + id), nullptr, false);
  if (!body.is_object()) return "";
  std::string text = fmt::format("Procedure {} ({}, {}); the user's number, bodies and secrets are sealed and in no answer\n", id, body.value("carrier", ""), body.value("state", ""));
  for (const json& event : body["timeline"])
    text += fmt::format("  {}  {:<9} {}\n", time_of_day(event.value("at", "")), event.value("kind", ""), event.contains("detail") ? words_of(event["detail"]) : "");
  for (const json& row : body["ledger"])
    text += fmt::format("  {}  {:<9} {} {} {}\n", time_of_day(row.value("at", "")), "ledger", row.value("account", ""), row.value("value", ""), row.value("currency", ""));
  return text;
}

}  // namespace tollgate::cli
