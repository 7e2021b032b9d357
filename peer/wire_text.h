// Texts that the simulated carrier writes: amounts, numbers and times in the form that our side reads them, identifiers of its own.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "peer/mirror.h"
#include "peer/payment.h"

namespace tollgate::peer {

// The payment's amount and number from what the request said of them, in whichever form it was sent. `decimals`: of the market.
void read_amount(const WireValues& wire, std::string_view market_currency, uint8_t decimals, Payment& payment);
// "256770000001" from any form of the user's number on the wire; "" if it was not sent.
std::string read_msisdn(const WireValues& wire);

// The value that the definition calls `origin`, in another form than it was sent in: "amount.decimal.text" when `amount.minor` was sent.
std::optional<std::string> derived(std::string_view origin, const Payment& payment, uint8_t decimals);

// Amount as the reader of a hole takes it: minor units for Money.minor, whole for integers, plain otherwise.
std::string amount_for(Reader reader, const Decimal& amount, uint8_t decimals);

// Equal as text, or as numbers: "12.5" and "12.50".
bool same_on_wire(const std::string& a, const std::string& b);

// Whether what stands in the hole is an identifier that the carrier made, to be repeated whenever the payment is spoken of again.
bool identifies(const MirrorHole& hole);

// A text that the hole's reader accepts, for holes whose meaning is the carrier's own: times, numbers, words, identifiers.
std::string invented(const MirrorHole& hole, const Payment* payment, int64_t now_us, uint64_t salt, uint8_t decimals);

}  // namespace tollgate::peer
