// SystemClock and SystemRandom: the real time and the real chance. The only places that ask the operating system for either.
#pragma once

#include "runtime/ports/ports.h"

namespace tollgate {

class SystemClock final : public Clock {
 public:
  int64_t wall_us() override;
  int64_t monotonic_us() override;
};

// getrandom(2): never short, never predictable; a kernel that cannot give it stops the process.
class SystemRandom final : public Random {
 public:
  void fill(uint8_t* out, size_t n) override;
};

}  // namespace tollgate
