// Scenario: how a simulated carrier behaves. Shares are parts of a million, times are microseconds; everything is drawn from `seed`.
//
//   { "seed": 7,
//     "outcomes": { "succeeded": 0.8, "declined": { "insufficient_funds": 0.15 }, "failed": { "carrier_error": 0.05 } },
//     "latency": { "uniform_ms": [5, 40] }, "decision": { "tail_ms": [200, 8000] }, "immediate": 0.5,
//     "faults": { "lost_reply": 0.02, "error_after": 0.01, "slow": 0.01, "slow_ms": 30000 },
//     "callbacks": { "early": 0.1, "late": 0.05, "twice": 0.05, "never": 0.1, "late_delay": { "uniform_ms": [60000, 120000] } } }
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "peer/seeded.h"
#include "runtime/base/result.h"

namespace tollgate::peer {

// A length of time that is drawn. `tail`: most draws are near `from`, few are near `upto`, as network delays are.
struct Distribution {
  enum class Kind : uint8_t { fixed, uniform, tail } kind = Kind::fixed;
  int64_t from_us = 0, upto_us = 0;
  int64_t draw(Seeded& seeded) const;
};

// What is to become of a payment.
struct Verdict {
  enum class Kind : uint8_t { succeeded, declined, failed } kind = Kind::succeeded;
  std::string reason;   // declined, failed
  bool operator==(const Verdict&) const = default;
};
std::string words_of(const Verdict& verdict);   // "declined insufficient_funds"

struct OutcomeShare { Verdict verdict; Share share = 0; };

struct Faults {
  Share lost_reply = 0;     // the money moves, the answer is lost
  Share lost_request = 0;   // bytes left us, and the carrier never saw them
  Share error_before = 0;   // 503 before anything was taken
  Share error_after = 0;    // 503 although the request was processed
  Share malformed = 0;      // processed; the answer is not what it should be
  Share slow = 0;           // processed; the answer comes after `slow_us`
  Share expired_token = 0;  // 401 although the token is fresh; nothing is processed
  int64_t slow_us = 30'000'000;
};

struct CallbackManners {
  Share early = 0, late = 0, never = 0;  // of those that would come; the rest come when the matter is decided
  Share twice = 0;                       // independent of the above, unless never
  Share immediate = kWhole;              // of payments decided in the answer itself: those that are announced all the same
  Share redelivered = kWhole;            // of tries that we did not take, where the endpoint's `redelivers` allows another: those that are made
  Distribution delay, late_delay, twice_delay, redelivery_delay;
};

struct Scenario {
  uint64_t seed = 1;
  std::vector<OutcomeShare> outcomes;    // what is left over succeeds
  Share immediate = kWhole / 2;          // where the carrier could answer at once or later: the share at once
  Distribution latency, decision;
  Faults faults;
  CallbackManners callbacks;
  int64_t token_seconds = 3600;
};

// Everything succeeds, quickly, with its callback.
Scenario calm_scenario();
// An Error names the member that is unknown, has the wrong type, or makes the shares exceed 1.
Result<Scenario> parse_scenario(std::string_view json);
Result<Scenario> load_scenario(const std::string& path);

}  // namespace tollgate::peer
