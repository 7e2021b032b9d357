// Reckoning: the carriers' books beside ours, reference by reference. What must hold: a charge that we call succeeded was taken exactly once and in
// full; one that we call declined or failed was not taken; nothing was taken that we do not know.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "cli/node/merchant.h"

namespace tollgate::cli {

struct CarrierRow {
  std::string carrier, currency;
  size_t charges = 0, succeeded = 0, declined = 0, failed = 0, person = 0, prompted = 0, open = 0;
  // prompted: until the user has gone to a page or typed something, and no user is played.
  size_t awaiting = 0;                 // in doubt; only the carrier's own message can say more, and it may be lost
  size_t unheard = 0;                  // of those: the carrier never saw the request, so no message will come
  size_t doubted = 0, resolved = 0;    // in doubt at some time; and settled by proof since
  std::map<std::string, size_t> resolved_by;   // "enquiry", "callback", "reply"
  // What the carrier's side counted: requests of ours, faults that it played, callbacks with those sent again and those it gave up.
  uint64_t requests = 0, repeats = 0, faults = 0, callbacks = 0, redelivered = 0, undelivered = 0;
  double theirs = 0, ours = 0;         // sums, for people; the comparison is by reference and exact text
  size_t lost = 0, doubled = 0, wrong = 0;
  std::vector<int64_t> latencies_us;   // of settled charges
  bool agrees() const { return lost + doubled + wrong == 0; }
};

struct Reckoning {
  std::vector<CarrierRow> rows;
  size_t example_events = 0;
  std::string example;                 // the id of the procedure with the longest history among those that succeeded, if possible after doubt
  std::vector<std::string> open;       // ids of procedures that should have been settled by now; the first few
  std::map<std::string, std::string> ids;  // of every procedure, by its idempotency key
  std::vector<std::string> complaints; // one line for each disagreement
  bool agrees() const { return complaints.empty(); }
};

// Asks both sides through `merchant`. `carriers_url` is where the simulated carriers are.
Reckoning reckon(Merchant& merchant, const std::string& carriers_url, const std::vector<std::string>& carriers);

// How many procedures are in doubt just now, as the API tells it; at most 500 are counted.
size_t in_doubt(Merchant& merchant);
// How many wait for their users.
size_t prompted(const Merchant& merchant);
// How many procedures are in doubt and wait for a callback, with nothing that we could ask.
size_t awaiting_callback(Merchant& merchant);

}  // namespace tollgate::cli
