// Replay: what was recorded gives the same bytes again, on the same definition; on another it says where they differ.
#include <catch2/catch.hpp>

#include "runtime/engine/tape.h"
#include "tests/unit/runtime/engine/charge.h"

using namespace tollgate;

namespace {

std::string differences(const ReplayReport& r) {
  std::string out;
  for (const ReplayItem& item : r.items) {
    if (!item.difference.empty()) out += item.what + ": " + item.difference + "\n";
  }
  return out;
}

ProcedureId paid_charge(World& w) {
  Charge c(w);
  w.answer(c.sent, 202);
  CHECK(w.call(c.ref, World::paid(c.ref)).status == 200);
  const auto enquiry = w.next();
  REQUIRE(enquiry);
  w.answer(*enquiry, 200, World::paid(c.ref));
  CHECK(w.record(c.id).state == State::succeeded);
  return c.id;
}

std::shared_ptr<const Program> sample_with(const std::function<void(Module&)>& change) {
  Sample sample;
  change(sample.m);
  canonicalize(sample.m);
  auto loaded = Program::load(std::move(sample.m));
  REQUIRE(loaded.ok());
  return *loaded;
}

void rename(Module& m, std::string_view from, const std::string& to) {
  for (std::string& text : m.texts) {
    if (text == from) text = to;
  }
}

}  // namespace

TEST_CASE("a charge that was paid replays byte for byte: session, request, hint, question") {
  World w;
  const ProcedureId id = paid_charge(w);
  const auto report = w.engine->replay(id);
  REQUIRE(report.ok());
  CHECK(differences(*report) == "");
  CHECK(report->same());
  CHECK(report->requests == 3);         // token, charge, enquiry
  CHECK(report->items.size() == 5);     // and the reply and the hint
  CHECK(report->began_with == report->played_on);
}

TEST_CASE("repeats, crashes and renewals replay") {
  World w(1, false, [](Module& m) { absent_when_unknown(m); renew_on_401(m, false); });
  Charge c(w);
  w.answer(c.sent, 401);
  auto again = w.next();
  REQUIRE(again);
  w.crash();
  for (int i = 0; i < 100; ++i) {
    const auto next = w.next();
    if (!next) { w.after(5 * kSecondUs); continue; }
    if (next->request.moves_money) { w.answer(*next, 409); break; }
    w.answer(*next, 404, "{}");
  }
  CHECK(w.record(c.id).state == State::waiting);
  const auto report = w.engine->replay(c.id);
  REQUIRE(report.ok());
  CHECK(differences(*report) == "");
  size_t charges = 0;
  for (const ReplayItem& item : report->items) charges += item.what.starts_with("POST ") ? 1 : 0;
  CHECK(charges == 3);
}

TEST_CASE("steps replay, each from the answer before it") {
  World w(1, false, confirm_in_a_second_step);
  Charge c(w);
  w.answer(c.sent, 202);
  const auto second = w.next();
  REQUIRE(second);
  w.answer(*second, 202);
  const auto report = w.engine->replay(c.id);
  REQUIRE(report.ok());
  CHECK(differences(*report) == "");
  CHECK(report->requests == 3);
}

TEST_CASE("a changed definition: the report says where the bytes differ, and never a value") {
  World w;
  const ProcedureId id = paid_charge(w);
  const auto report = w.engine->replay(id, sample_with([](Module& m) { rename(m, "MSISDN", "NUMBER"); }));
  REQUIRE(report.ok());
  CHECK(!report->same());
  CHECK(report->began_with != report->played_on);
  const std::string said = differences(*report);
  CHECK(said.find("the body differs at byte ") != std::string::npos);
  CHECK(said.find("in `partyIdType`: 6 bytes were 6") != std::string::npos);
  for (const char* canary : {"256770000001", "s3cret-canary", "tok-canary", "NUMBER"}) CHECK(said.find(canary) == std::string::npos);
  size_t with_bytes = 0;
  for (const ReplayItem& item : report->items) with_bytes += !item.was.empty() && item.is.find("NUMBER") != std::string::npos ? 1 : 0;
  CHECK(with_bytes == 1);               // for those who ask for them
}

TEST_CASE("a changed definition: other readings are differences too") {
  World w;
  const ProcedureId id = paid_charge(w);
  const auto report = w.engine->replay(id, sample_with([](Module& m) { rename(m, "SUCCESSFUL", "DONE"); }));
  REQUIRE(report.ok());
  const std::string said = differences(*report);
  CHECK(said.find("the answer meant succeeded and means nothing") != std::string::npos);
  CHECK(said.find("the message meant succeeded and means nothing") != std::string::npos);
}

TEST_CASE("a definition without the procedure, an unknown id, a missing definition") {
  World w;
  const ProcedureId id = paid_charge(w);
  CHECK(w.engine->replay(ProcedureId{}).error().code == "procedure_unknown");
  Engine empty(Ports{&w.clock, &w.random, &w.store, &w.links, &w.vault, &w.observer, &w.alarm}, {});
  CHECK(empty.replay(id).error().code == "definition_missing");
}

TEST_CASE("what is taped is sealed, and bound to its event") {
  World w;
  const ProcedureId id = paid_charge(w);
  size_t tapes = 0;
  for (const EventRecord& e : w.store.events(id).value()) {
    if (e.tape.empty()) continue;
    ++tapes;
    for (const char* canary : {"256770000001", "s3cret-canary", "tok-canary", "SUCCESSFUL"}) CHECK(e.tape.find(canary) == std::string::npos);
    CHECK(w.vault.open(e.tape, tape_context(id, e.sequence)).ok());
    CHECK(!w.vault.open(e.tape, tape_context(id, e.sequence + 1)).ok());
  }
  CHECK(tapes == 4);
}

TEST_CASE("a tape that is cut anywhere is refused, not believed") {
  World w;
  const ProcedureId id = paid_charge(w);
  for (const EventRecord& e : w.store.events(id).value()) {
    if (e.tape.empty()) continue;
    const std::string bytes = *w.vault.open(e.tape, tape_context(id, e.sequence));
    REQUIRE(decode_tape(bytes).ok());
    CHECK(encode(*decode_tape(bytes)) == bytes);
    for (size_t n = 0; n < bytes.size(); ++n) CHECK(!decode_tape(std::string_view(bytes).substr(0, n)).ok());
  }
}
