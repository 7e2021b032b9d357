// One whole carrier of a few lines, and what a test changes in it.
#pragma once

#include <string>
#include <string_view>

namespace tollgate::hir {

inline constexpr std::string_view kSound = R"(edition 1
use std.http: basic, bearer
family pay {
  settings {
    base: Url
    user_name: Text
    api_key: Secret
  }
  link api = http(settings.base) {
    with bearer(token)
  }
  session token {
    send api POST "/token" with basic(settings.user_name, settings.api_key)
    on 200 json { access_token: Secret, expires_in: Int } => access_token lasting expires_in.seconds - 60s
  }
  reading code_of: Text -> Outcome {
    "NO_FUNDS" => declined insufficient_funds
    other => in_doubt
  }
  procedure charge {
    keep ref = uuid()
    send api POST "/pay" {
      once per ref for 24h repeat answers 409 cites "manual 4.2"
      header "X-Callback": url of paid(ref)
      json { amount: amount.decimal.text, id: ref, to: user.msisdn.digits }
    }
    on 202 | repeat => await paid(ref) or status(ref) within 10min
    on 400 json { error: "BAD" } => failed rejected_request
    on 401 => renew token
    on doubt => ask status(ref)
  }
  enquiry status(ref: Uuid) about charge every 5s, 60s {
    send api GET "/pay/{ref}"
    on 200 json { state: "OK", amount: == charge.amount.decimal.text, txn: Text } => succeeded { carrier_ref: txn }
    on 200 json { state: "NO", word: Text } => code_of(word)
    on 404 json { error: "UNKNOWN" } => absent after 2min cites "manual 4.3"
  }
  endpoint hooks = http POST {
    verify path_token
    answer 200
  }
  callback paid(url ref) about charge on hooks {
    match json { id: == ref }
    read json {
      { state: "OK", amount: Decimal.text as paid, txn: Text } => succeeded { carrier_ref: txn, paid: paid in market.currency }
    }
  }
}
carrier pay_ug is pay {
  market UG
}
)";

// kSound with one piece of text changed; the piece must be there, exactly once.
inline std::string changed(std::string_view from, std::string_view to, std::string text = std::string(kSound)) {
  size_t at = text.find(from);
  if (at == std::string::npos || text.find(from, at + 1) != std::string::npos) return "the sample has not exactly one: " + std::string(from);
  return text.replace(at, from.size(), to);
}

}  // namespace tollgate::hir
