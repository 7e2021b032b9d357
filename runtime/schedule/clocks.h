// SystemClock and SystemRandom: the real time and the real chance. The only places that ask the operating system for either.
#pragma once

#include "runtime/ports/ports.h"

namespace tollgate {

// For rehearsals, never for money: a day that passes in an hour. From `from_us` on (wall time, UTC) the clock runs `speed` times as fast as the system's. Processes
// that are given the same Haste read the same time, a restarted one too. Time-outs of sockets stay the system's: bytes are not faster.
struct Haste {
  uint32_t speed = 1;   // 1 to kSpeedMax
  int64_t from_us = 0;

  int64_t hasty_us(int64_t system_us) const { return from_us + (system_us - from_us) * speed; }
  int64_t system_us(int64_t hasty_us) const { return from_us + (hasty_us - from_us + speed - 1) / speed; }  // never before it is due
};
constexpr uint32_t kSpeedMax = 1000;

class SystemClock final : public Clock {
 public:
  explicit SystemClock(Haste haste = {}) : haste_(haste) {}
  int64_t wall_us() override;
  int64_t monotonic_us() override;
  const Haste& haste() const { return haste_; }

 private:
  Haste haste_;
};

// getrandom(2): never short, never predictable; a kernel that cannot give it stops the process.
class SystemRandom final : public Random {
 public:
  void fill(uint8_t* out, size_t n) override;
};

}  // namespace tollgate
