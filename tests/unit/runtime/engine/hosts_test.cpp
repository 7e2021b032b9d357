#include <catch2/catch.hpp>

#include "runtime/bytecode/intern.h"
#include "tests/unit/runtime/engine/world.h"

using namespace tollgate;

namespace {

// The sample carrier with another link.
void load(World& w, const std::function<void(Module&)>& change) {
  Sample sample;
  change(sample.m);
  canonicalize(sample.m);
  auto loaded = Program::load(std::move(sample.m));
  REQUIRE(loaded.ok());
  w.program = *loaded;
  w.boot();
}

bool goes_to(const ScriptedLinks::Sent& sent, const char* host) { return sent.request.url.starts_with(host); }

}  // namespace

TEST_CASE("the next host is tried only if surely no byte left, with the same bytes") {
  World w;
  load(w, [](Module& m) {
    Interner intern(m);
    m.links[0].more.push_back({kNone, intern.text("http://127.0.0.1:2")});
  });
  const SubmitResult submitted = w.submit(w.command("k1"));
  const auto first = w.next();
  REQUIRE(first);
  CHECK(goes_to(*first, "http://127.0.0.1:1/"));
  w.fail(*first, Reply::Kind::not_sent);
  w.after(1 * kSecondUs);
  const auto second = w.next();
  REQUIRE(second);
  CHECK(goes_to(*second, "http://127.0.0.1:2/"));
  CHECK(second->request.body == first->request.body);
  w.fail(*second, Reply::Kind::lost);   // now it may have left: doubt, and no third host
  CHECK(w.record(submitted.procedure.id).state == State::in_doubt);
  CHECK(w.links.waiting.empty());
}

TEST_CASE("in the hours in which the carrier is closed nothing leaves, and nothing is in doubt") {
  World w;
  load(w, [](Module& m) {
    m.links[0].closes = true;
    m.links[0].closed_from = 0;
    m.links[0].closed_upto = 24 * 60 - 1;
    m.links[0].closed_zone = m.market.zone;
  });
  const SubmitResult submitted = w.submit(w.command("k1"));
  w.run_store();
  CHECK(w.links.waiting.empty());
  CHECK(w.record(submitted.procedure.id).state == State::failed);
  CHECK(w.record(submitted.procedure.id).outcome.reason == "unavailable");
}
