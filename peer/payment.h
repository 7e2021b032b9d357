// What the simulated carrier knows of one request for money.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "peer/scenario.h"
#include "runtime/bytecode/module.h"
#include "runtime/value/decimal.h"

namespace tollgate::peer {

// Values seen on the wire, as text, by the origin that the definition gives them: "ref", "user.msisdn.digits", "url of paid(ref)".
using WireValues = std::map<std::string, std::string, std::less<>>;

struct Payment {
  enum class State : uint8_t {
    undecided,   // received; scripted runs leave it so until the script says more
    pending,     // accepted; decided at `decided_us`
    settled,     // `verdict` is known to all
  };
  uint64_t number = 0;        // from 1, in order of arrival
  Index procedure = kNone;
  Index exchange = kNone;     // by which it came
  WireValues wire;
  WireValues given;           // what the carrier gave out, by the label it stood under: "CheckoutRequestID"
  std::string reference;      // our reference as the carrier knows it; "" if the definition sends none
  Decimal amount;
  std::string currency;
  State state = State::undecided;
  Verdict verdict;
  std::string key;            // the code-table key that said so, when one did: repeated to whoever asks
  int64_t received_us = 0, decided_us = 0, last_seen_us = 0;
  uint32_t transmissions = 1; // how often this reference arrived, and was known to be the same
  uint32_t booked = 0;        // how often money was taken for it
};

}  // namespace tollgate::peer
