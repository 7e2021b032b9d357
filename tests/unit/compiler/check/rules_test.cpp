// Every rule on a sound carrier with one mistake: the code, the exact words it points at, and silence about everything else.
#include <catch2/catch.hpp>

#include "tests/unit/compiler/check/checked.h"
#include "tests/unit/compiler/check/samples.h"

using namespace tollgate;
using namespace tollgate::hir;

namespace {

struct Mistake {
  std::string_view from, to;   // what is changed in the sound carrier
  std::string_view found;      // the only finding
};

void expect_each(const std::vector<Mistake>& mistakes) {
  for (const Mistake& mistake : mistakes) {
    Checked checked(changed(mistake.from, mistake.to));
    INFO(mistake.to << "\n" << checked.text());
    std::vector<std::string> found = checked.found();
    CHECK(found == std::vector<std::string>{std::string(mistake.found)});
  }
}

}  // namespace

TEST_CASE("the sound carrier is sound") {
  Checked checked{std::string(kSound)};
  INFO(checked.text());
  CHECK(checked.found().empty());
}

TEST_CASE("names") {
  expect_each({
      {"amount: amount.decimal.text", "amount: amont.decimal.text", "CR0201 `amont`"},
      {"to: user.msisdn.digits", "to: user.phone", "CR0216 `phone`"},
      {"to: user.msisdn.digits", "to: order", "CR0311 `order`"},
      {"failed rejected_request", "failed rejected_requst", "CR0211 `rejected_requst`"},
      {"declined insufficient_funds", "failed insufficient_funds", "CR0212 `insufficient_funds`"},
      {"amount: == charge.amount.decimal.text, txn: Text } => succeeded { carrier_ref: txn }",
       "amount: == amount.decimal.text, txn: Text } => succeeded { carrier_ref: txn }", "CR0215 `amount`"},
      {"json { error: \"BAD\" }", "json { error: \"BAD\", ref: Text }", "CR0214 `Text`"},
      {"market UG", "market UK", "CR0201 `UK`"},
      {"use std.http: basic, bearer", "use std.http: basic, bearer, api_key", "CR0901 `api_key`"},
      {"use std.http: basic, bearer", "use std.http: basic, bearer, digest", "CR0204 `digest`"},
      {"use std.http: basic, bearer", "use std.htp: basic, bearer\nuse std.http: basic, bearer", "CR0203 `std.htp`"},
      {"edition 1\n", "", "CR0205 ``"},
      {"edition 1\n", "edition 7\n", "CR0206 `7`"},
      {"settings.user_name", "settings.username", "CR0201 `username`"},
  });
}

TEST_CASE("types and forms") {
  expect_each({
      {"amount: amount.decimal.text", "amount: amount", "CR0303 `amount`"},
      {"to: user.msisdn.digits", "to: user.msisdn", "CR0303 `user.msisdn`"},
      {"to: user.msisdn.digits", "to: user.msisdn.digts", "CR0304 `digts`"},
      {"to: user.msisdn.digits", "to: user.language", "CR0309 `user.language`"},
      {"to: user.msisdn.digits", "to: order.id else \"x\"", "CR0310 `\"x\"`"},
      {"expires_in: Int }", "expires_in: Itn }", "CR0312 `Itn`"},
      {"expires_in.seconds - 60s", "expires_in - 60s", "CR0308 `expires_in - 60s`"},
      {"paid: paid in market.currency", "paid: paid", "CR0302 `paid`"},
      {"id: == ref }", "id: ref }", "CR0313 `ref`"},
      {"to: user.msisdn.digits", "to: Text as who", "CR0314 `Text as who`"},
      {"to: user.msisdn.digits", "to: order.id, to: order.id", "CR0317 `to`"},
      {"\"/pay/{ref}\"", "\"/pay?id={ref}\"", "CR0320 `/pay?id=`"},
      {"\"NO_FUNDS\" =>", "5 =>", "CR0302 `5`"},
      {"status(ref: Uuid)", "status(ref: Uid)", "CR0301 `Uid`"},
  });
}

TEST_CASE("arms: reach and overlap") {
  expect_each({
      {"on 401 => renew token", "on 401 => renew token\n    on 400 json { error: \"BAD\", more: \"x\" } => failed misconfigured", "CR0403 `400 json { error: \"BAD\", more: \"x\" }`"},
      {"on 401 => renew token", "on 401 => renew token\n    on 400 json { other: \"BAD\" } => failed misconfigured", "CR0404 `400 json { other: \"BAD\" }`"},
      {"other => in_doubt", "\"NO_FUNDS\" => declined refused\n    other => in_doubt", "CR0428 `\"NO_FUNDS\"`"},
  });
}

TEST_CASE("a definite no and a success need proof") {
  expect_each({
      {"on 401 => renew token", "on 401 => renew token\n    on 503 => failed throttled", "CR0502 `failed throttled`"},
      {"on 401 => renew token", "on 401 => renew token\n    on other => failed throttled", "CR0503 `failed throttled`"},
      {"other => in_doubt", "other => declined refused", "CR0503 `declined refused`"},
      {", paid: paid in market.currency }", " }", "CR0504 `succeeded { carrier_ref: txn }`"},
      {"carrier_ref: txn, paid: paid in market.currency", "paid: paid in market.currency", "CR0505 `succeeded { paid: paid in market.currency }`"},
      {"paid: paid in market.currency", "paid: asked", "CR0506 `succeeded { carrier_ref: txn, paid: asked }`"},
      {"on 404 json { error: \"UNKNOWN\" }", "on 429 json { error: \"SLOW\" } => failed throttled\n    on 404 json { error: \"UNKNOWN\" }", "CR0512 `failed throttled`"},
      {"on 404 json { error: \"UNKNOWN\" } => absent", "on 404 => absent", "CR0431 `absent after 2min`"},
      {"absent after 2min cites", "absent cites", "CR0432 `absent`"},
      {"absent after 2min cites \"manual 4.3\"", "absent after 2min", "CR0416 `absent after 2min`"},
  });
}

TEST_CASE("waits, keys and doubt") {
  expect_each({
      {"    on doubt => ask status(ref)\n", "", "CR0501 `send api POST \"/pay\"`"},
      {" or status(ref) within 10min", " or status(ref)", "CR0405 `await paid(ref) or status(ref)`"},
      {"within 10min", "within 1000h", "CR0406 `1000h`"},
      {"      header \"X-Callback\": url of paid(ref)\n", "", "CR0408 `paid(ref)`"},
      {"    verify path_token\n", "", "CR0414 `hooks`"},
      {"ask status(ref)", "failed misconfigured", "CR0424 `failed misconfigured`"},
      {" every 5s, 60s {", " {", "CR0429 `status`"},
  });
}

TEST_CASE("nothing is charged twice") {
  expect_each({
      {" cites \"manual 4.2\"", "", "CR0416 `once per ref`"},
      {"id: ref, to:", "id: ref, nonce: uuid(), to:", "CR0511 `uuid()`"},
  });
}

TEST_CASE("without the carrier's promise neither a repeat nor a renewal is safe") {
  Checked checked(changed("      once per ref for 24h repeat answers 409 cites \"manual 4.2\"\n", ""));
  INFO(checked.text());
  CHECK(checked.found() == std::vector<std::string>{"CR0508 `repeat`", "CR0507 `renew token`"});
}

TEST_CASE("secrets stay inside") {
  expect_each({
      {"\"/token\"", "\"/token/{settings.api_key}\"", "CR0515 `settings.api_key`"},
      {"market UG\n", "market UG\n  settings { api_key = \"x\" }\n", "CR0517 `\"x\"`"},
      {"keep ref = uuid()", "keep ref = uuid()\n    keep k = base64(settings.api_key)", "CR0514 `base64(settings.api_key)`"},
  });
}

TEST_CASE("seven independent mistakes give seven findings") {
  std::string text = changed("amount: amount.decimal.text", "amount: amont.decimal.text");
  text = changed("to: user.msisdn.digits", "to: user.msisdn", text);
  text = changed("failed rejected_request", "failed rejected_requst", text);
  text = changed("within 10min", "", text);
  text = changed("expires_in: Int }", "expires_in: Itn }", text);
  text = changed("market UG", "market UK", text);
  text = changed("    verify path_token\n", "", text);
  Checked checked(text);
  INFO(checked.text());
  CHECK(checked.found().size() == 7);
}
