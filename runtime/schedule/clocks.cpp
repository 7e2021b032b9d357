#include "runtime/schedule/clocks.h"

#include <sys/random.h>

#include <cerrno>
#include <ctime>

namespace tollgate {
namespace {

int64_t read_us(clockid_t clock) {
  timespec now{};
  TG_CHECK(clock_gettime(clock, &now) == 0, "the system has no clock");
  return int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

}  // namespace

int64_t SystemClock::wall_us() { return haste_.hasty_us(read_us(CLOCK_REALTIME)); }
// As fast as the wall clock, so that the distance between the two, by which a stepped clock is found, stays.
int64_t SystemClock::monotonic_us() { return read_us(CLOCK_MONOTONIC) * haste_.speed; }

void SystemRandom::fill(uint8_t* out, size_t n) {
  while (n > 0) {
    const ssize_t got = getrandom(out, n, 0);
    if (got < 0 && errno == EINTR) continue;
    TG_CHECK(got > 0, "the system gives no random bytes");
    out += got;
    n -= static_cast<size_t>(got);
  }
}

}  // namespace tollgate
