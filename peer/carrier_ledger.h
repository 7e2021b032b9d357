// The simulated carrier's own books: every payment it was asked for, found by whatever names it, and what it took. Kept apart from what it
// answers, so that a lost answer loses no money here.
#pragma once

#include <deque>
#include <map>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "peer/payment.h"

namespace tollgate::peer {

class CarrierLedger {
 public:
  // The stored payment, numbered; its reference is indexed. Addresses stay.
  Payment& open(Payment payment);
  Payment* by_number(uint64_t number);
  // The latest payment of this procedure that `name` names; nullptr if there is none.
  Payment* find(Index procedure, std::string_view name);
  void name(Payment& payment, const std::string& name);

  // Decided at `at_us`: nobody sees it before.
  void decide_at(Payment& payment, Verdict verdict, int64_t at_us);
  // Decided now. A payment is decided once: false if it already was, and nothing changes.
  bool settle(Payment& payment, const Verdict& verdict, int64_t now_us);
  // Everything that is due.
  void settle_due(int64_t now_us);

  const std::deque<Payment>& payments() const { return payments_; }
  // How often money was taken under this reference, over all payments that bear it.
  uint32_t booked(std::string_view reference) const;

 private:
  struct Due {
    int64_t at_us;
    uint64_t number;
    bool operator>(const Due& other) const { return at_us != other.at_us ? at_us > other.at_us : number > other.number; }
  };
  std::deque<Payment> payments_;
  std::unordered_map<std::string, std::vector<uint64_t>> names_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

// The books as JSON: { "carrier": …, "payments": [ { reference, action, amount, currency, state, booked } … ] }, one row per reference. The second gives counts
// and totals per action, state and currency.
std::string ledger_json(const Module& module, const CarrierLedger& ledger);
std::string totals_json(const Module& module, const CarrierLedger& ledger);

}  // namespace tollgate::peer
