// Independent mistakes are independent findings: put into one sound carrier in any combination, each gives its code and nothing gives another one.
#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <sstream>

#include "tollgate/compiler.h"

using namespace tollgate;

namespace {

constexpr std::string_view kSound = R"(edition 1

carrier saba {
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

constexpr Mistake kPool[] = {
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
    {"CR0111", "\"Saba API 3.1\"\n  }", "\"Saba API 3.1\\d\"\n  }"},
    {"CR0107", "carrier_ref: receipt }\n    on 200", "carrier_ref: receipt } \u00AB\n    on 200"},
};

using Codes = std::multiset<std::string>;

Codes said(const std::string& text, std::string& shown) {
  const Compilation result = compile({{"saba.carrier", text}}, Phase::check);
  shown = result.diagnostics(Rendering::terminal);
  Codes codes;
  std::istringstream lines(result.diagnostics(Rendering::json));
  for (std::string line; std::getline(lines, line);) codes.insert(line.substr(line.find("\"CR") + 1, 6));
  return codes;
}

void check_mistakes(const std::vector<const Mistake*>& mistakes) {
  std::string text(kSound);
  Codes expected;
  std::string names;
  for (const Mistake* mistake : mistakes) {
    const size_t at = text.find(mistake->right);
    REQUIRE(at != std::string::npos);
    text.replace(at, mistake->right.size(), mistake->wrong);
    expected.insert(std::string(mistake->code));
    names += std::string(mistake->code) + " ";
  }
  std::string shown;
  const Codes codes = said(text, shown);
  INFO("mistakes: " << names << "\n" << shown);
  REQUIRE(codes == expected);
}

}  // namespace

TEST_CASE("the carrier that mistakes are put into is sound") { check_mistakes({}); }

TEST_CASE("each mistake alone, and each two of them, give exactly their codes") {
  for (size_t i = 0; i < std::size(kPool); ++i) {
    check_mistakes({&kPool[i]});
    for (size_t j = i + 1; j < std::size(kPool); ++j) check_mistakes({&kPool[i], &kPool[j]});
  }
}

TEST_CASE("any seven of them give exactly their seven codes") {
  const unsigned seed = 20261126;
  std::mt19937 random(seed);
  for (int round = 0; round < 60; ++round) {
    std::vector<const Mistake*> all;
    for (const Mistake& mistake : kPool) all.push_back(&mistake);
    std::shuffle(all.begin(), all.end(), random);
    all.resize(7);
    INFO("seed " << seed << ", round " << round);
    check_mistakes(all);
  }
}
