// The simulated carrier's own chance: everything it decides follows from one seed, so that a run can be repeated.
#pragma once

#include <cstdint>
#include <string>

namespace tollgate::peer {

using Share = uint32_t;                       // parts of a million
constexpr Share kWhole = 1'000'000;

class Seeded {
 public:
  explicit Seeded(uint64_t seed) : state_(seed) {}

  uint64_t next() {  // splitmix64
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  uint64_t below(uint64_t n) { return n == 0 ? 0 : next() % n; }
  bool hits(Share share) { return below(kWhole) < share; }   // always draws, so that one share does not shift the others
  std::string letters(size_t n) {
    static constexpr char kAlphabet[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    std::string out;
    for (size_t i = 0; i < n; ++i) out += kAlphabet[below(32)];
    return out;
  }

 private:
  uint64_t state_;
};

}  // namespace tollgate::peer
