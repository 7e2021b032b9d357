#include "peer/carrier_ledger.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tollgate::peer {
namespace {

using Json = nlohmann::ordered_json;

std::string state_text(const Payment& payment) {
  switch (payment.state) {
    case Payment::State::undecided: return "undecided";
    case Payment::State::pending: return "pending";
    case Payment::State::settled: return words_of(payment.verdict);
  }
  return {};
}

}  // namespace

Payment& CarrierLedger::open(Payment payment) {
  payment.number = payments_.size() + 1;
  payments_.push_back(std::move(payment));
  Payment& stored = payments_.back();
  if (!stored.reference.empty()) name(stored, stored.reference);
  return stored;
}

Payment* CarrierLedger::by_number(uint64_t number) {
  return number == 0 || number > payments_.size() ? nullptr : &payments_[number - 1];
}

Payment* CarrierLedger::find(Index procedure, std::string_view name) {
  auto found = names_.find(std::string(name));
  if (found == names_.end()) return nullptr;
  for (size_t i = found->second.size(); i > 0; --i) {
    Payment* payment = by_number(found->second[i - 1]);
    if (payment->procedure == procedure) return payment;
  }
  return nullptr;
}

void CarrierLedger::name(Payment& payment, const std::string& name) {
  std::vector<uint64_t>& numbers = names_[name];
  if (std::find(numbers.begin(), numbers.end(), payment.number) == numbers.end()) numbers.push_back(payment.number);
}

void CarrierLedger::decide_at(Payment& payment, Verdict verdict, int64_t at_us) {
  payment.state = Payment::State::pending;
  payment.verdict = std::move(verdict);
  payment.decided_us = at_us;
  due_.push({at_us, payment.number});
}

bool CarrierLedger::settle(Payment& payment, const Verdict& verdict, int64_t now_us) {
  if (payment.state == Payment::State::settled) return false;
  payment.state = Payment::State::settled;
  payment.verdict = verdict;
  payment.decided_us = now_us;
  if (verdict.kind == Verdict::Kind::succeeded) payment.booked++;
  return true;
}

void CarrierLedger::settle_due(int64_t now_us) {
  while (!due_.empty() && due_.top().at_us <= now_us) {
    Due due = due_.top();
    due_.pop();
    Payment* payment = by_number(due.number);
    if (payment->state == Payment::State::pending && payment->decided_us == due.at_us) settle(*payment, Verdict(payment->verdict), due.at_us);
  }
}

uint32_t CarrierLedger::booked(std::string_view reference) const {
  uint32_t sum = 0;
  for (const Payment& payment : payments_)
    if (payment.reference == reference) sum += payment.booked;
  return sum;
}

std::string ledger_json(const Module& module, const CarrierLedger& ledger) {
  Json rows = Json::array();
  std::map<std::pair<Index, std::string>, size_t> row_of;
  for (const Payment& payment : ledger.payments()) {
    auto key = std::pair(payment.procedure, payment.reference);
    if (auto found = row_of.find(key); found != row_of.end() && !payment.reference.empty()) {
      Json& row = rows[found->second];
      row["booked"] = row["booked"].get<uint32_t>() + payment.booked;
      row["transmissions"] = row["transmissions"].get<uint32_t>() + payment.transmissions;
      continue;
    }
    row_of[key] = rows.size();
    rows.push_back({{"reference", payment.reference},
                    {"action", module.text(module.procedures[payment.procedure].name)},
                    {"amount", to_text(payment.amount)},
                    {"currency", payment.currency},
                    {"state", state_text(payment)},
                    {"booked", payment.booked},
                    {"transmissions", payment.transmissions}});
  }
  return Json{{"carrier", module.text(module.carrier)}, {"payments", rows}}.dump() + "\n";
}

std::string totals_json(const Module& module, const CarrierLedger& ledger) {
  std::map<std::string, uint64_t> states;
  std::map<std::string, Decimal> sums;
  uint64_t doubled = 0;
  std::map<std::pair<Index, std::string>, uint32_t> booked;
  for (const Payment& payment : ledger.payments()) {
    std::string action(module.text(module.procedures[payment.procedure].name));
    states[action + " " + state_text(payment)]++;
    if (payment.booked == 0) continue;
    Decimal& sum = sums[action + " " + payment.currency];
    for (uint32_t i = 0; i < payment.booked; ++i) sum = add(sum, payment.amount).value_or(sum);
    uint32_t& times = booked[{payment.procedure, payment.reference}];
    bool before = times > 1;
    times += payment.booked;
    if (times > 1 && !before && !payment.reference.empty()) doubled++;
  }
  Json taken = Json::object();
  for (const auto& [name, sum] : sums) taken[name] = to_text(sum);
  return Json{{"carrier", module.text(module.carrier)}, {"payments", ledger.payments().size()}, {"states", states}, {"taken", taken},
              {"doubled", doubled}}.dump() + "\n";
}

}  // namespace tollgate::peer
