// Costs as people read them.
#include <fmt/format.h>

#include "runtime/bytecode/cost.h"

namespace tollgate {
namespace {

constexpr uint64_t kSecondMs = 1000, kMinuteMs = 60 * kSecondMs, kHourMs = 60 * kMinuteMs;

std::string counted(uint64_t n, std::string_view one, std::string_view many) { return fmt::format("{} {}", n, n == 1 ? one : many); }

// In the largest unit that is exact, as the language writes durations.
std::string duration_text(uint64_t ms) {
  if (ms % kHourMs == 0 && ms != 0) return fmt::format("{}h", ms / kHourMs);
  if (ms % kMinuteMs == 0 && ms != 0) return fmt::format("{}min", ms / kMinuteMs);
  if (ms % kSecondMs == 0) return fmt::format("{}s", ms / kSecondMs);
  return fmt::format("{}ms", ms);
}

// Rounded up: a bound that is printed is a bound too.
std::string bytes_text(uint64_t bytes) { return fmt::format("{}KiB", (bytes + 1023) / 1024); }

}  // namespace

std::string amount_text(Measure measure, uint64_t amount) {
  switch (measure) {
    case Measure::requests: return counted(amount, "request", "requests");
    case Measure::enquiries: return counted(amount, "enquiry", "enquiries");
    case Measure::sessions: return counted(amount, "session", "sessions");
    case Measure::wait:
    case Measure::doubt: return duration_text(amount);
    case Measure::instructions: return counted(amount, "unit", "units");
    case Measure::memory: return bytes_text(amount);
  }
  return "";
}

std::string cost_text(const Cost& cost) {
  std::string out = "at most " + amount_text(Measure::requests, cost.requests);
  if (cost.enquiries != 0) out += " + " + amount_text(Measure::enquiries, cost.enquiries);
  if (cost.sessions != 0) out += " + " + amount_text(Measure::sessions, cost.sessions);
  out += ", " + amount_text(Measure::wait, cost.wait_ms);
  if (cost.doubt_ms != 0) out += " + " + amount_text(Measure::doubt, cost.doubt_ms) + " of doubt";
  return out + ", " + amount_text(Measure::instructions, cost.instructions) + ", " + amount_text(Measure::memory, cost.memory_bytes);
}

}  // namespace tollgate
