// A sound carrier, and mistakes that can be put into it, each independent of the others.
#pragma once

#include <string>
#include <string_view>

inline constexpr std::string_view kSound = R"(edition 1

carrier saba {
  cites "Saba API, all of it"
  market KE
  settings { base: Url, shop: Text }
  link api = http(settings.base) {
    header "X-Shop": settings.shop
  }

  reading code: Text -> Outcome {
    "E1" => declined insufficient_funds
    "E2" => declined barred
    "E3" => failed rejected_request
    other => in_doubt
  }

  procedure charge {
    keep ref = uuid()
    send api POST "/pay" {
      once per ref for 24h repeat answers 409 cites "Saba API 3.1"
      json { id: ref, to: user.msisdn.digits, amount: amount.decimal.text, callback: url of paid(ref) }
    }
    on 202 | repeat => await paid(ref) or status(ref) within 10min
    on 400 json { error: Text } => code(error)
    on doubt => ask status(ref)
  }

  enquiry status(ref: Uuid) about charge every 5s, 60s {
    send api GET "/pay/{ref}"
    on 200 json { id: == ref, state: "PAID", amount: == charge.amount.decimal.text, receipt: Text }
      => succeeded { carrier_ref: receipt }
    on 200 json { id: == ref, state: "REFUSED" } => declined refused
    on 404 json { error: "UNKNOWN" } => absent after 2min cites "Saba API 3.1"
  }

  endpoint hooks = http POST {
    verify path_token
    answer 200
  }

  callback paid(url ref) about charge on hooks {
    match json { id: == ref }
    read json {
      { state: "PAID", taken: Decimal.text, receipt: Text }
        => succeeded { carrier_ref: receipt, paid: taken in market.currency }
    }
  }
}
)";

struct Mistake {
  std::string_view code, right, wrong;
};

inline constexpr Mistake kPool[] = {
    {"CR0201", "market KE", "market KF"},
    {"CR0216", "user.msisdn.digits", "user.phone"},
    {"CR0303", "amount: amount.decimal.text, callback", "amount: amount, callback"},
    {"CR0405", " within 10min", ""},
    {"CR0211", "insufficient_funds", "insufficent_funds"},
    {"CR0212", "failed rejected_request", "declined rejected_request"},
    {"CR0312", "taken: Decimal.text", "taken: Decimel.text"},
    {"CR0414", "    verify path_token\n", ""},
    {"CR0428", "\"E2\" =>", "\"E1\" =>"},
    {"CR0429", " every 5s, 60s", ""},
    {"CR0432", "absent after 2min", "absent"},
    {"CR0416", "409 cites \"Saba API 3.1\"", "409"},
    {"CR0320", "\"/pay/{ref}\"", "\"pay/{ref}\""},
    {"CR0322", "\"X-Shop\"", "\"X Shop\""},
    {"CR0427", "    other => in_doubt\n", ""},
    {"CR0313", "{ id: == ref, state: \"REFUSED\" }", "{ id: ref, state: \"REFUSED\" }"},
    {"CR0121", "    answer 200\n", "    answer 200\n    frobnicate 5\n"},
    {"CR0111", "all of it\"", "all of \\dit\""},
    {"CR0107", "carrier_ref: receipt }\n    on 200", "carrier_ref: receipt } \u00AB\n    on 200"},
};

// With this mistake in it; unchanged when its place is gone.
inline std::string with(std::string text, const Mistake& mistake) {
  const size_t at = text.find(mistake.right);
  return at == std::string::npos ? text : text.replace(at, mistake.right.size(), mistake.wrong);
}
