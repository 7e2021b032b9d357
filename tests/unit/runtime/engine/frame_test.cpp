// What is stored of a procedure, a request and a moment: read back as it was written, also by an older version.
#include <catch2/catch.hpp>

#include "runtime/engine/frame.h"
#include "runtime/engine/procedure.h"
#include "tests/unit/runtime/engine/world.h"

using namespace tollgate;

TEST_CASE("a frame of the first version is read: nothing was shown, and no way back was taken") {
  Durable d;
  d.arguments = "a";
  d.send_by_us = 7;
  std::string bytes = encode(d);
  bytes[0] = 1;
  bytes.resize(bytes.size() - 2 * sizeof(uint32_t));   // the two counts that it had not
  const auto read = decode_durable(bytes);
  REQUIRE(read.ok());
  CHECK(read->arguments == "a");
  CHECK(read->send_by_us == 7);
  bytes[0] = 2;
  CHECK(!decode_durable(bytes).ok());
  bytes[0] = 3;
  CHECK(!decode_durable(bytes).ok());
}

TEST_CASE("what the user was shown and the ways back are in the frame") {
  Durable d;
  d.shown = {{true, "https://pay.example/p1"}, {false, "Type the PIN."}};
  CHECK(take_turn(d.turns, 4, 2));
  CHECK(take_turn(d.turns, 4, 2));
  CHECK(!take_turn(d.turns, 4, 2));
  CHECK(take_turn(d.turns, 5, 2));
  const auto read = decode_durable(encode(d));
  REQUIRE(read.ok());
  REQUIRE(read->shown.size() == 2);
  CHECK((read->shown[0].url && read->shown[0].what == "https://pay.example/p1"));
  CHECK((!read->shown[1].url && read->shown[1].what == "Type the PIN."));
  CHECK(read->turns == d.turns);
}

TEST_CASE("a stored request knows its host; one of the first host is stored as before there were several") {
  Frozen f;
  f.method = "POST";
  f.path = "/pay";
  f.headers = {{"X-A", "1"}};
  const std::string first = encode(f);
  f.host = 2;
  const auto read = decode_frozen(encode(f));
  REQUIRE(read.ok());
  CHECK(read->host == 2);
  CHECK(read->headers == f.headers);
  CHECK(encode(f).starts_with(first));
  CHECK(decode_frozen(first)->host == 0);
}

TEST_CASE("a tape of the first version is read") {
  Tape t;
  t.kind = Tape::Kind::reply;
  t.hear(200, {{"a", "b"}}, "body");
  std::string bytes = encode(t);
  constexpr size_t kRemembered = 1 + 1 + 2 * sizeof(uint32_t) + 3 * sizeof(uint32_t);   // version, kind, step and transmission, three empty texts
  bytes[0] = 1;
  bytes.erase(kRemembered, sizeof(uint32_t));
  const auto read = decode_tape(bytes);
  REQUIRE(read.ok());
  CHECK(read->heard == "body");
}

TEST_CASE("a declared counter gives each number of its range once, durably, and the same ones when it is played again") {
  World w(1, false, [](Module& m) { m.counters.push_back({add_text(m, "refs"), false, 5, 7}); });
  auto deployment = deploy(w.program, w.settings);
  REQUIRE(deployment.ok());
  const Module& m = w.program->module();
  const std::string url = "http://x";
  SliceHost first(**deployment, w.clock, w.random, w.vault, url);
  for (int64_t n : {5, 6, 7}) CHECK(first.next_of(m, 0) == n);
  CHECK(!first.next_of(m, 0));                      // used up: never from the start again
  REQUIRE(first.counters.size() == 3);
  CHECK(first.counters.back().name == std::string(kNamedCounter) + "refs");
  CHECK(first.counters.back().next == 8);
  const Reads recorded = first.reads();
  SliceHost again(**deployment, w.clock, w.random, w.vault, url, &recorded);
  for (int64_t n : {5, 6, 7}) CHECK(again.next_of(m, 0) == n);
  CHECK(again.reads() == recorded);
  CHECK(!again.ran_out());
  CHECK(again.counters.empty());
}
