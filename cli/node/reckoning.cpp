#include "cli/node/reckoning.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace tollgate::cli {
namespace {

using nlohmann::json;

constexpr size_t kOpenShown = 5, kListed = 500;
constexpr size_t kDoubtTells = 1000;   // a story with doubt in it before any without

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
  std::string evidence;   // of what settled it
  size_t events = 0;
};

Ours ours_of(Merchant& merchant, const Order& order) {
  Ours ours;
  json body = json::parse(merchant.get("/v1/procedures/" + order.id), nullptr, false);
  if (!body.is_object()) return ours;
  ours.state = body.value("state", "");
  ours.asked = body.contains("amount") ? body["amount"].value("value", "") : "";
  if (body.contains("outcome") && body["outcome"].contains("paid")) ours.paid = body["outcome"]["paid"].value("value", "");
  for (const json& attempt : body["attempts"]) {
    ours.references.insert(attempt.value("reference", ""));
    ours.evidence = attempt.value("evidence", ours.evidence);
  }
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
    const bool ended = ours.state == "succeeded" || ours.state == "declined" || ours.state == "failed";
    if (ours.doubted) ++row_.doubted;
    if (ours.doubted && ended) ++row_.resolved, ++row_.resolved_by[ours.evidence];
    if (order.settled) row_.latencies_us.push_back(order.settled_us - order.started_us);
    count(order, ours);
  }

  void count(const Order& order, const Ours& ours) {
    uint32_t taken = 0;
    bool heard = false;   // by the carrier, whatever became of it
    std::string amount;
    for (const std::string& reference : ours.references) {
      auto found = books_.find(reference);
      if (found == books_.end()) continue;
      heard = true;
      taken += found->second.times;
      if (found->second.times > 0) amount = found->second.amount;
    }
    if (ours.state == "succeeded") {
      ++row_.succeeded;
      row_.ours += std::atof(ours.paid.c_str());
      if (taken == 0) ++row_.wrong, complain(fmt::format("procedure {} succeeded, and the carrier took nothing", order.id));
      else if (normal(amount) != normal(ours.paid)) ++row_.wrong, complain(fmt::format("procedure {}: the carrier took {}, we say {}", order.id, amount, ours.paid));
      const size_t story = ours.events + (ours.doubted ? kDoubtTells : 0);
      if (story > all_.example_events) all_.example_events = story, all_.example = order.id;
    } else if (ours.state == "declined" || ours.state == "failed") {
      ++(ours.state == "declined" ? row_.declined : row_.failed);
      if (taken > 0) ++row_.lost, complain(fmt::format("procedure {} is {}, and the carrier took {}", order.id, ours.state, amount));
    } else if (ours.state == "suspended") {
      ++row_.person;  // nobody can know yet: whichever the carrier did, nothing is claimed
    } else if (ours.awaiting) {
      ++row_.awaiting;
      if (!heard) ++row_.unheard;
    } else if (order.prompted) {
      ++row_.prompted;
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

void read_stats(Merchant& merchant, const std::string& url, CarrierRow& row) {
  json body = json::parse(merchant.get(url), nullptr, false);
  if (!body.is_object()) return;
  row.requests = body["requests"].value("all", uint64_t{0});
  row.repeats = body["requests"].value("repeats", uint64_t{0});
  for (const auto& [fault, count] : body["faults"].items()) row.faults += count.get<uint64_t>();
  row.callbacks = body.value("callbacks", uint64_t{0});
  row.redelivered = body.value("redelivered", uint64_t{0});
  row.undelivered = body.value("undelivered", uint64_t{0});
}

}  // namespace

Reckoning reckon(Merchant& merchant, const std::string& carriers_url, const std::vector<std::string>& carriers) {
  Reckoning reckoning;
  reckoning.ids = ids_by_key(merchant);
  for (const std::string& carrier : carriers) {
    CarrierRow row;
    row.carrier = carrier;
    Comparison(merchant, row, reckoning).run(books_of(merchant, fmt::format("{}/{}/_ledger", carriers_url, carrier)));
    read_stats(merchant, fmt::format("{}/{}/_stats", carriers_url, carrier), row);
    reckoning.rows.push_back(std::move(row));
  }
  return reckoning;
}

size_t in_doubt(Merchant& merchant) {
  json body = json::parse(merchant.get(fmt::format("/v1/procedures?state=in_doubt&limit={}", kListed)), nullptr, false);
  return body.is_object() ? body["procedures"].size() : 0;
}

size_t prompted(const Merchant& merchant) {
  return static_cast<size_t>(std::count_if(merchant.orders().begin(), merchant.orders().end(), [](const Order& order) { return order.prompted; }));
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

}  // namespace tollgate::cli
