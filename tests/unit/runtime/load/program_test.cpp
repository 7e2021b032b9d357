#include <catch2/catch.hpp>

#include "runtime/load/program.h"
#include "tests/unit/runtime/bytecode/sample_module.h"

using namespace tollgate;

TEST_CASE("a program is found by name and keyed by its hash") {
  Sample sample;
  auto program = Program::load(encode(sample.m));
  REQUIRE(program.ok());
  CHECK((*program)->carrier() == "mtn_ug");
  CHECK((*program)->hash() == hash_of(sample.m));
  CHECK((*program)->find_procedure("charge") == 0);
  CHECK((*program)->find_procedure("refund") == kNone);
  CHECK((*program)->find_callback("paid") == 0);
  auto positions = (*program)->reply_positions(1);
  CHECK(std::vector<int>(positions.begin(), positions.end()) == std::vector<int>{0, 1});
  CHECK((*program)->reply_positions(0)[0] == -1);
}

TEST_CASE("what does not decode or verify is an Error that says why") {
  CHECK(Program::load(std::string_view("nonsense")).error().code == "bad_module");
  Sample sample;
  sample.m.procedures[0].steps[0].doubt = kNone;
  auto broken = Program::load(sample.m);
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.error().message.find("V6") != std::string::npos);
}
