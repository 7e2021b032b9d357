// The carrier's own words for what it did: a code that the definition spells is shown, anything else is sealed, for carriers echo numbers of users.
#include <catch2/catch.hpp>

#include "tests/unit/runtime/engine/charge.h"

using namespace tollgate;

namespace {

constexpr char kEchoed[] = "256770000001";   // the user's number, as the request said it

// A refusal whose code is whatever the carrier writes there.
void any_code(Module& m) {
  for (Target& t : m.targets) {
    if (t.kind != TargetKind::table) continue;
    t.kind = TargetKind::decline;
    t.reason = m.reasons[0].name;
    t.index = kNone;
    t.key = kNoRegister;
  }
}

std::string everything(World& w) {
  std::string out;
  const auto add = [&](const std::string& s) { out += s; out += '\n'; };
  for (const auto& [id, r] : w.store.all_procedures()) {
    for (const std::string* s : {&r.tenant, &r.idempotency_key, &r.carrier, &r.action, &r.frame, &r.outcome.reason, &r.outcome.carrier_ref, &r.outcome.code, &r.outcome.said}) add(*s);
    for (const AttemptRecord& a : w.store.attempts(id).value()) { add(a.reference); add(a.exchange); add(a.carrier_ref); add(a.evidence); }
  }
  for (const EventRecord& e : w.store.all_events()) add(e.kind + e.detail);
  for (const CallbackRecord& c : w.store.all_callbacks()) { add(c.key); add(c.body); add(c.answered_body); }
  for (const CaseRecord& c : w.store.cases().value()) add(c.kind + c.detail);
  for (const OutboxRecord& o : w.store.all_outbox()) add(o.event);
  for (const auto& [where, event] : w.observer.events) add(where + event.detail);
  for (const auto& [where, error] : w.observer.troubles) add(where + error.code + error.message);
  return out;
}

ProcedureRecord refused_with(World& w, const std::string& code) {
  Charge c(w);
  w.answer(c.sent, 202);
  w.after(5 * kSecondUs);
  const auto enquiry = w.next();
  REQUIRE(enquiry);
  w.answer(*enquiry, 200, R"({"status":"FAILED","reason":")" + code + "\"}");
  return w.record(c.id);
}

}  // namespace

TEST_CASE("a code that the definition spells is shown in clear") {
  World w(1, false, any_code);
  const ProcedureRecord r = refused_with(w, "NOT_ENOUGH_FUNDS");
  CHECK(r.state == State::declined);
  CHECK(r.outcome.code == "NOT_ENOUGH_FUNDS");
  CHECK(r.outcome.said.empty());
}

TEST_CASE("a user's number echoed as the code is found in no record, event or log, and is sealed as evidence") {
  World w(1, false, any_code);
  const ProcedureRecord r = refused_with(w, kEchoed);
  CHECK(r.state == State::declined);
  CHECK(r.outcome.code.empty());
  CHECK(everything(w).find(kEchoed) == std::string::npos);
  const auto said = w.vault.open(r.outcome.said, "said|" + to_text(r.id));
  REQUIRE(said.ok());
  CHECK(*said == kEchoed);
}

TEST_CASE("a table's key that no row spells is sealed too") {
  World w;
  const ProcedureRecord r = refused_with(w, kEchoed);
  CHECK(r.outcome.code.empty());
  CHECK(everything(w).find(kEchoed) == std::string::npos);
}
