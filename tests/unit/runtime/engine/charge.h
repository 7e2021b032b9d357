// A charge of a test: asked for, its request taken from the links; and what must hold of its history wherever it ends.
#pragma once

#include <catch2/catch.hpp>
#include <set>

#include "tests/unit/runtime/engine/world.h"

namespace tollgate {

using Submitted = SubmitResult::Kind;

// A charge whose request has just left.
struct Charge {
  explicit Charge(World& w, const std::string& key = "k1") {
    const SubmitResult r = w.submit(w.command(key));
    REQUIRE(r.kind == Submitted::accepted);
    id = r.procedure.id;
    const auto first = w.next();
    REQUIRE(first);
    sent = *first;
    ref = World::ref_of(sent.request);
  }
  ProcedureId id;
  ScriptedLinks::Sent sent;
  std::string ref;
};

inline void check_history(World& w, const ProcedureId& id) {
  std::set<uint32_t> versions;
  for (const EventRecord& e : w.store.events(id).value()) {
    versions.insert(e.version);
    for (const char* canary : {"256770000001", "s3cret-canary", "tok-canary"}) CHECK(e.detail.find(canary) == std::string::npos);
  }
  CHECK(versions.size() == w.record(id).version);
  CHECK(*versions.rbegin() == w.record(id).version);
}

}  // namespace tollgate
