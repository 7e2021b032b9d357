// Independent mistakes are independent findings: put into one sound carrier in any combination, each gives its code and nothing gives another one.
#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <sstream>

#include "tests/unit/compiler/driver/mistakes.h"
#include "tollgate/compiler.h"

using namespace tollgate;

namespace {

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
    REQUIRE(text.find(mistake->right) != std::string::npos);
    text = with(std::move(text), *mistake);
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
