#include "cli/node/reckoning.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace tollgate::cli {
namespace {

using nlohmann::json;

constexpr size_t kOpenShown = 5, kListed = 500;

struct Booked {
  uint32_t times = 0;
  std::string amount;
};
using Books = std::map<std::string, Booked>;  // by our reference

// "5000" and "5000.00" are the same amount.
std::string normal(std::string amount) {
  if (amount.find('.') == std::string::npos) return amount;
  while (amount.ends_with('0')) amount.pop_back();
  if (amount.ends_with('.')) amount.pop_back();
  return amount;
}

Books books_of(Merchant& merchant, const std::string& url) {
  Books books;
  json body = json::parse(merchant.get(url), nullptr, false);
  if (!body.is_object()) return books;
  for (const json& row : body["payments"]) {
    Booked& entry = books[row.value("reference", "")];
    entry.times += row.value("booked", 0u);
    entry.amount = row.value("amount", "");
  }
  return books;
}

// In doubt, and the declared proof that is waited for is a message of the carrier.
bool awaits_callback(const json& procedure) {
  if (procedure.value("state", "") != "in_doubt") return false;
  std::string proof;
  for (const json& event : procedure["timeline"])
    if (event.value("kind", "") == "doubt" && event.contains("detail")) proof = event["detail"].value("proof", "");
  return proof == "callback";
}

struct Ours {
  std::set<std::string> references;
  std::string state, paid, asked;
  bool doubted = false, awaiting = false;
  size_t events = 0;
};

Ours ours_of(Merchant& merchant, const Order& order) {
  Ours ours;
  json body = json::parse(merchant.get("/v1/procedures/" + order.id), nullptr, false);
  if (!body.is_object()) return ours;
  ours.state = body.value("state", "");
  ours.asked = body.contains("amount") ? body["amount"].value("value", "") : "";
  if (body.contains("outcome") && body["outcome"].contains("paid")) ours.paid = body["outcome"]["paid"].value("value", "");
  for (const json& attempt : body["attempts"]) ours.references.insert(attempt.value("reference", ""));
  ours.events = body["timeline"].size();
  ours.awaiting = awaits_callback(body);
  ours.doubted = body["timeline"].dump().find("\"in_doubt\"") != std::string::npos;
  return ours;
}

std::map<std::string, std::string> ids_by_key(Merchant& merchant) {
  std::map<std::string, std::string> ids;
  for (std::string after;;) {
    json body = json::parse(merchant.get(fmt::format("/v1/procedures?limit={}{}", kListed, after)), nullptr, false);
    if (!body.is_object()) return ids;
    for (const json& row : body["procedures"]) ids[row.value("idempotency_key", "")] = row.value("id", "");
    if (!body.contains("next")) return ids;
    after = "&after=" + body.value("next", "");
  }
}

class Comparison {
 public:
  Comparison(Merchant& merchant, CarrierRow& row, Reckoning& all) : merchant_(merchant), row_(row), all_(all) {}

  void run(Books books) {
    books_ = std::move(books);
    for (const Order& order : merchant_.orders())
      if (order.carrier == row_.carrier) one(order);
    for (const auto& [reference, entry] : books_) {
      row_.theirs += entry.times * std::atof(entry.amount.c_str());
      if (entry.times > 1) ++row_.doubled, complain(fmt::format("{} was taken {} times", reference, entry.times));
      if (entry.times > 0 && known_.count(reference) == 0) ++row_.lost, complain(fmt::format("{} was taken and is in none of our attempts", reference));
    }
  }

 private:
  void one(const Order& order) {
    ++row_.charges;
    row_.currency = order.currency;
    if (order.id.empty()) {   // the run ended before its first answer: it may have been taken all the same
      auto found = all_.ids.find(order.key);
      if (found == all_.ids.end()) {
        ++row_.open;
        if (order.settled) complain(fmt::format("order {} has no procedure: {}", order.key, order.state));
        return;
      }
      Order known = order;
      known.id = found->second;
      return compare(known);
    }
    compare(order);
  }

  void compare(const Order& order) {
    Ours ours = ours_of(merchant_, order);
    known_.insert(ours.references.begin(), ours.references.end());
    if (ours.doubted) ++row_.doubted, row_.resolved += ours.state == "succeeded" || ours.state == "declined" || ours.state == "failed";
    if (order.settled) row_.latencies_us.push_back(order.settled_us - order.started_us);
    count(order, ours);
  }

  void count(const Order& order, const Ours& ours) {
    uint32_t taken = 0;
    std::string amount;
    for (const std::string& reference : ours.references) {
      auto found = books_.find(reference);
      if (found == books_.end()) continue;
      taken += found->second.times;
      if (found->second.times > 0) amount = found->second.amount;
    }
    if (ours.state == "succeeded") {
      ++row_.succeeded;
      row_.ours += std::atof(ours.paid.c_str());
      if (taken == 0) ++row_.wrong, complain(fmt::format("procedure {} succeeded, and the carrier took nothing", order.id));
      else if (normal(amount) != normal(ours.paid)) ++row_.wrong, complain(fmt::format("procedure {}: the carrier took {}, we say {}", order.id, amount, ours.paid));
      if (ours.events > all_.example_events) all_.example_events = ours.events, all_.example = order.id;
    } else if (ours.state == "declined" || ours.state == "failed") {
      ++(ours.state == "declined" ? row_.declined : row_.failed);
      if (taken > 0) ++row_.lost, complain(fmt::format("procedure {} is {}, and the carrier took {}", order.id, ours.state, amount));
    } else if (ours.state == "suspended") {
      ++row_.person;  // nobody can know yet: whichever the carrier did, nothing is claimed
    } else if (ours.awaiting) {
      ++row_.awaiting;
    } else {
      ++row_.open;
      if (all_.open.size() < kOpenShown) all_.open.push_back(order.id);
    }
  }

  void complain(std::string line) { all_.complaints.push_back(fmt::format("{}: {}", row_.carrier, line)); }

  Merchant& merchant_;
  CarrierRow& row_;
  Reckoning& all_;
  Books books_;
  std::set<std::string> known_;
};

double percentile_ms(std::vector<int64_t> values, double share) {
  if (values.empty()) return 0;
  size_t at = std::min(values.size() - 1, static_cast<size_t>(share * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<long>(at), values.end());
  return static_cast<double>(values[at]) / 1000;
}

}  // namespace

Reckoning reckon(Merchant& merchant, const std::string& carriers_url, const std::vector<std::string>& carriers) {
  Reckoning reckoning;
  reckoning.ids = ids_by_key(merchant);
  for (const std::string& carrier : carriers) {
    CarrierRow row;
    row.carrier = carrier;
    Comparison(merchant, row, reckoning).run(books_of(merchant, fmt::format("{}/{}/_ledger", carriers_url, carrier)));
    reckoning.rows.push_back(std::move(row));
  }
  return reckoning;
}

size_t awaiting_callback(Merchant& merchant) {
  json body = json::parse(merchant.get(fmt::format("/v1/procedures?state=in_doubt&limit={}", kListed)), nullptr, false);
  if (!body.is_object()) return 0;
  size_t count = 0;
  for (const json& row : body["procedures"]) {
    json whole = json::parse(merchant.get("/v1/procedures/" + row.value("id", "")), nullptr, false);
    count += whole.is_object() && awaits_callback(whole);
  }
  return count;
}

std::string table_of(const Reckoning& reckoning) {
  std::string text = fmt::format("{:<12} {:>7} {:>9} {:>8} {:>6} {:>7} {:>5}  {:>14}  {:>8} {:>8} {:>8}  {:>16} {:>16}  {}\n", "carrier", "charges", "succeeded",
                                 "declined", "failed", "person", "open", "doubt: resolved", "p50 ms", "p95 ms", "p99 ms", "carrier's ledger", "our ledger", "agree");
  for (const CarrierRow& row : reckoning.rows) {
    text += fmt::format("{:<12} {:>7} {:>9} {:>8} {:>6} {:>7} {:>5}  {:>7}: {:>6}  {:>8.1f} {:>8.1f} {:>8.1f}  {:>12.2f} {} {:>12.2f} {}  {}\n", row.carrier, row.charges,
                        row.succeeded, row.declined, row.failed, row.person, row.open, row.doubted, row.resolved, percentile_ms(row.latencies_us, 0.5),
                        percentile_ms(row.latencies_us, 0.95), percentile_ms(row.latencies_us, 0.99), row.theirs, row.currency, row.ours, row.currency,
                        row.agrees() ? "yes" : "NO");
  }
  return text;
}

std::string timeline_of(Merchant& merchant, const std::string& id) {
  json body = json::parse(merchant.get("/v1/procedures/" + id), nullptr, false);
  if (!body.is_object()) return "";
  std::string text = fmt::format("procedure {} ({}, {})\n", id, body.value("carrier", ""), body.value("state", ""));
  for (const json& event : body["timeline"])
    text += fmt::format("  {}  v{:<2} {:<10} {}\n", event.value("at", ""), event.value("version", 0), event.value("kind", ""),
                        event.contains("detail") ? event["detail"].dump() : "");
  for (const json& row : body["ledger"])
    text += fmt::format("  ledger  {:<20} {:>12} {}\n", row.value("account", ""), row.value("value", ""), row.value("currency", ""));
  return text;
}

}  // namespace tollgate::cli
