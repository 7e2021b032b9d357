// Slices of the sample carrier, run to their effects, and the arms that answers select.
#include <catch2/catch.hpp>

#include "runtime/load/program.h"
#include "runtime/vm/select.h"
#include "tests/unit/runtime/bytecode/sample_module.h"
#include "tests/unit/runtime/vm/scripted_host.h"

using namespace tollgate;

namespace {

constexpr char kRef[] = "00010203-0405-4607-8809-0a0b0c0d0e0f";

struct World {
  Sample sample;
  std::shared_ptr<const Program> program;
  Arena arena;
  ScriptedHost host;
  Value arguments[3], keeps[1], settings[2], sessions[1], parameters[1];
  Frame frame;

  World() {
    auto loaded = Program::load(encode(sample.m));
    INFO((loaded.ok() ? "" : loaded.error().message));
    REQUIRE(loaded.ok());
    program = *loaded;
    arguments[0] = Value::text_of(Kind::msisdn, "256770000001", kPersonal);
    arguments[1] = Value::money(5000, 0, pack_currency("UGX"));
    settings[0] = Value::text_of(Kind::url, "https://example.org", kPublic);
    settings[1] = Value::text_of(Kind::secret, "s3cret", kSecret);
    sessions[0] = Value::text_of(Kind::secret, "t0ken", kSecret);
    keeps[0] = parameters[0] = Value::text_of(Kind::uuid, kRef, kPublic);
    frame.arguments = arguments;
    frame.keeps = keeps;
    frame.settings = settings;
    frame.sessions = sessions;
    frame.parameters = parameters;
  }
  SliceEnd run(Index slice, uint64_t fuel = kSliceFuel, const Trace* trace = nullptr) {
    return run_slice(*program, slice, frame, host, arena, fuel, trace);
  }
  ArmSelection reply(Index exchange, uint16_t status, std::string_view body, uint32_t transmission = 1,
                     std::vector<std::pair<std::string, std::string>> headers = {}) {
    headers_ = std::move(headers);
    return select_reply(*program, exchange, {status, headers_, body}, {transmission}, arena);
  }

 private:
  std::vector<std::pair<std::string, std::string>> headers_;
};

}  // namespace

TEST_CASE("a step builds its request, keeps its reference and sends") {
  World w;
  SliceEnd end = w.run(w.sample.step_slice);
  INFO(std::string(end.why));
  REQUIRE(end.effect == SliceEnd::Effect::send);
  CHECK(end.index == 0);
  const Exchange& e = w.program->module().exchanges[0];
  CHECK(end.registers[e.body].view() == std::string(R"({"amount":"5000","externalId":")") + kRef + R"(","payer":{"partyIdType":"MSISDN","partyId":"256770000001"}})");
  CHECK((end.registers[e.body].labels & kPersonal) != 0);
  CHECK(w.keeps[0].view() == kRef);
  CHECK(end.spent > 13);
}

TEST_CASE("fuel and memory end a slice with a fault") {
  World w;
  SliceEnd end = w.run(w.sample.step_slice, 5);
  CHECK(end.effect == SliceEnd::Effect::fault);
  CHECK(end.fault == FaultKind::out_of_fuel);
  while (w.arena.allocate(Arena::kBlock) != nullptr) {}
  while (w.arena.allocate(64) != nullptr) {}
  CHECK(w.run(w.sample.step_slice).fault == FaultKind::out_of_memory);
}

TEST_CASE("what cannot be built faults before anything leaves") {
  World w;
  w.arguments[0] = Value::missing();
  SliceEnd end = w.run(w.sample.step_slice);
  CHECK(end.fault == FaultKind::unbuildable);
  CHECK(end.why == "msisdn is missing");
}

TEST_CASE("auth adds a header that carries its label") {
  World w;
  SliceEnd end = w.run(w.sample.auth_slice);
  REQUIRE(end.effect == SliceEnd::Effect::target);
  REQUIRE(end.headers.size() == 1);
  CHECK(end.headers[0].name == "Authorization");
  CHECK(end.headers[0].value == "Bearer t0ken");
  CHECK((end.headers[0].labels & kSecret) != 0);
}

TEST_CASE("an answer selects its arm by status, transmission, header and shape") {
  World w;
  CHECK(w.reply(0, 202, "").arm == 0);
  CHECK(w.reply(0, 409, "").arm == kNone);
  CHECK(w.reply(0, 409, "", 2).arm == 1);
  CHECK(w.reply(0, 500, "").arm == kNone);
  ArmSelection paused = w.reply(0, 400, "{}", 1, {{"retry-after", "7"}});
  REQUIRE(paused.arm == 2);
  CHECK(paused.holes[0].integer == 7000);
  CHECK_FALSE(w.reply(0, 400, "").holes[0].present());
  CHECK(w.reply(0, 400, "", 1, {{"retry-after", "soon"}}).breach);
  CHECK(w.reply(1, 200, R"({"status":"FAILED","reason":"NOT_ENOUGH_FUNDS"})").arm == 1);
  CHECK(w.reply(1, 200, R"({"status":"PENDING"})").arm == kNone);
}

TEST_CASE("the answer's slice asserts and ends in its target") {
  World w;
  std::string body = std::string(R"({"status":"SUCCESSFUL","amount":"5000","externalId":")") + kRef + R"(","financialTransactionId":"23503452"})";
  ArmSelection s = w.reply(1, 200, body);
  REQUIRE(s.arm == 0);
  w.frame.holes = s.holes;
  SliceEnd end = w.run(w.sample.found_slice);
  REQUIRE(end.effect == SliceEnd::Effect::target);
  const Target& t = w.program->module().targets[end.index];
  CHECK(t.kind == TargetKind::succeed);
  CHECK(end.registers[t.carrier_ref].view() == "23503452");
  CHECK(same(end.registers[t.paid], Value::money(5000, 0, pack_currency("UGX"))));
  w.keeps[0] = Value::text_of(Kind::uuid, "ffffffff-0405-4607-8809-0a0b0c0d0e0f", kPublic);
  CHECK(w.run(w.sample.found_slice).fault == FaultKind::breach);
}

TEST_CASE("a secret in the frame never becomes part of an outcome, whatever the types say") {
  World w;
  Value word = Value::text("NOT_ENOUGH_FUNDS", kSecret);
  w.frame.holes = {&word, 1};
  CHECK(w.run(w.sample.refused_slice).effect == SliceEnd::Effect::fault);
}

TEST_CASE("a trace sees every instruction once") {
  World w;
  std::vector<uint32_t> seen;
  Trace trace = [&](uint32_t pc, std::span<const Value>) { seen.push_back(pc); };
  w.run(w.sample.accepted_slice, kSliceFuel, &trace);
  CHECK(seen.size() == 2);
}
