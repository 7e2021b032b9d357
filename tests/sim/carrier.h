// The carrier of the simulation: it de-duplicates by reference, keeps its own ledger, and answers over a network that loses, repeats and garbles.
#pragma once

#include <map>
#include <string>

namespace tollgate::sim {

struct Taken { bool captured = false, refused = false; int64_t amount = 0; int64_t decided_us = 0; };

class Carrier {
 public:
  // The request arrives. False: the reference is known already (409).
  bool request(const std::string& ref, int64_t amount, uint64_t dice, int64_t now_us) {
    auto [at, fresh] = payments_.try_emplace(ref);
    if (!fresh) return false;
    at->second.amount = amount;
    at->second.refused = dice % 100 < 25;
    at->second.decided_us = now_us + static_cast<int64_t>(dice / 100 % 90) * 1'000'000;
    at->second.captured = !at->second.refused;
    return true;
  }
  const Taken* find(const std::string& ref) const {
    const auto found = payments_.find(ref);
    return found == payments_.end() ? nullptr : &found->second;
  }
  int64_t total() const {
    int64_t sum = 0;
    for (const auto& [ref, t] : payments_) sum += t.captured ? t.amount : 0;
    return sum;
  }

 private:
  std::map<std::string, Taken> payments_;
};

}  // namespace tollgate::sim
