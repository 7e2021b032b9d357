// What `check --fix` may write. Samples are the files of tests/golden: each holds mistakes, many of them with a sure edit.
#include <catch2/catch.hpp>

#include "tests/unit/compiler/driver/golden_inputs.h"

using namespace tollgate;

namespace {

Compilation check(const std::string& text) { return compile({{"a.carrier", text}}, Phase::check); }

// As the command does it: until nothing changes.
std::string fixed_wholly(std::string text, int& rounds) {
  for (rounds = 0; rounds < 10; ++rounds) {
    const std::vector<FixedSource> changed = check(text).fixed();
    if (changed.empty()) break;
    text = changed.at(0).text;
  }
  return text;
}

}  // namespace

TEST_CASE("sure edits come to an end, and what they leave has none") {
  size_t mended = 0;
  for (const auto& [name, text] : golden_inputs()) {
    INFO(name);
    int rounds = 0;
    const std::string result = fixed_wholly(text, rounds);
    REQUIRE(rounds < 10);
    REQUIRE(check(result).fixed().empty());
    mended += result == text ? 0 : 1;
  }
  CHECK(mended >= 8);  // the samples hold that many findings with a sure edit; fewer means that edits are lost
}

TEST_CASE("a file whose findings all have a sure edit checks clean afterwards") {
  const std::string right =
      "edition 1\n\ncarrier kopa {\n  market KE\n  settings { base: Url }\n  link api = http(settings.base)\n\n  procedure charge {\n    keep ref = uuid()\n"
      "    send api POST \"/v1\" {\n      json { id: ref, note: order.id, amount: amount.decimal.text }\n    }\n"
      "    on 200 json { state: \"REFUSED\", id: == ref } => declined refused\n    on doubt => manual because \"no enquiry\"\n  }\n}\n";
  std::string wrong = right;
  const auto spoil = [&](std::string_view from, std::string_view to) { wrong.replace(wrong.find(from), from.size(), to); };
  spoil("edition 1\n\n", "");
  spoil("    keep ref", "    kep ref");
  spoil("order.id", "order.id else \"none\"");
  spoil("\"/v1\"", "\u201C/v1\u201D");
  REQUIRE(check(wrong).errors() >= 4);  // some are found only when others are mended
  int rounds = 0;
  const std::string mended = fixed_wholly(wrong, rounds);
  INFO(mended << check(mended).diagnostics(Rendering::terminal));
  CHECK(check(mended).ok());
  CHECK(format_source({"a.carrier", mended}).text == right);
}

TEST_CASE("an edit that is only likely is never applied") {
  const Compilation result = check("edition 1\n\ncarrier kopa {\n  market KF\n}\n");
  REQUIRE_FALSE(result.ok());
  CHECK(result.fixed().empty());
}
