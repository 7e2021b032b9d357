// What a timeline tells: every version has its event, and every change of state is named in one.
#include <catch2/catch.hpp>

#include "tests/unit/runtime/engine/world.h"

using namespace tollgate;

TEST_CASE("every change of state is named in the event of its version") {
  World w;
  const SubmitResult accepted = w.submit(w.command("order-1"));
  REQUIRE(accepted.kind == SubmitResult::Kind::accepted);
  auto sent = w.next();
  REQUIRE(sent.has_value());
  w.fail(*sent, Reply::Kind::lost);
  w.run_store();

  auto events = w.store.events(accepted.procedure.id);
  REQUIRE(events.ok());
  std::map<uint32_t, std::string> by_version;
  for (const EventRecord& event : *events) by_version[event.version] += event.detail;
  REQUIRE(by_version.size() >= 3);
  CHECK(by_version[2].find("\"state\":\"sending\"") != std::string::npos);
  CHECK(by_version[3].find("\"state\":\"in_doubt\"") != std::string::npos);
}
