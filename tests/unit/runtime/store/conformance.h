// What every Store promises. Each check takes a fresh Bench: a store, a way to let everything submitted finish, and a way to come back after the
// process ended (for a store that lives in memory: the same store).
#pragma once

#include <catch2/catch.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/ports/ports.h"

namespace tollgate::store_test {

struct Bench {
  virtual ~Bench() = default;
  virtual Store& store() = 0;
  virtual void settle() = 0;   // runs every `done` of what was submitted
  virtual void reopen() = 0;
};

inline ProcedureId id_of(uint32_t n) {
  ProcedureId id{};
  for (int i = 0; i < 4; ++i) id[static_cast<size_t>(i)] = static_cast<uint8_t>(n >> (24 - 8 * i));
  id[15] = 7;
  return id;
}

inline Hash hash_from(uint32_t n) {
  Hash hash{};
  for (size_t i = 0; i < hash.size(); ++i) hash[i] = static_cast<uint8_t>(n * 31 + i * 7);
  hash[0] = static_cast<uint8_t>(n >> 8);
  hash[1] = static_cast<uint8_t>(n);
  return hash;
}

// A procedure with something in every field.
inline ProcedureRecord procedure_of(uint32_t n) {
  ProcedureRecord r;
  r.id = id_of(n);
  r.tenant = "shop";
  r.idempotency_key = "key-" + std::to_string(n);
  r.body_hash = hash_from(n + 1);
  r.carrier = n % 2 == 0 ? "mtn_ug" : "airtel_ke";
  r.action = "charge";
  r.definition = hash_from(5);
  r.version = 1;
  r.attempt = 1;
  r.step = n;
  r.amount = -5 + static_cast<int64_t>(n) * 100;
  r.amount_scale = 2;
  r.currency = "UGX";
  r.frame = std::string("\0\xff sealed \0", 11);
  r.deadline_us = 17;
  r.outcome = {OutcomeClass::none, "", "", 0, "", "", 0};
  r.created_us = 1000 + n;
  r.changed_us = 2000 + n;
  return r;
}

inline Commit::Put next_of(ProcedureRecord record, State state) {
  const uint32_t expected = record.version;
  record.version++;
  record.state = state;
  return {std::move(record), expected};
}

inline CallbackRecord callback_of(uint32_t n, CallbackState state) {
  CallbackRecord c;
  c.carrier = "mtn_ug";
  c.fingerprint = hash_from(n);
  c.callback = "paid";
  c.key = "ref-1";
  c.body = std::string("\0body", 5);
  c.state = state;
  c.answered_status = 202;
  c.answered_body = "thanks " + std::to_string(n);
  c.at_us = 5000 - n;
  return c;
}

inline std::string text_of(const ProcedureRecord& r) {
  const auto n = [](auto v) { return std::to_string(v) + "|"; };
  const Outcome& o = r.outcome;
  return to_text(r.id) + r.tenant + "|" + r.idempotency_key + "|" + hex(r.body_hash) + r.carrier + "|" + r.action + "|" + hex(r.definition) +
         std::string(state_name(r.state)) + n(r.version) + n(r.attempt) + n(r.step) + n(r.amount) + n(r.amount_scale) + r.currency + "|" + r.frame + "|" +
         n(r.deadline_us) + std::string(outcome_name(o.outcome)) + o.reason + "|" + o.carrier_ref + "|" + n(o.paid) + o.code + "|" + o.said + "|" +
         n(o.pause_ms) + n(r.created_us) + n(r.changed_us);
}

inline std::string text_of(const CallbackRecord& c) {
  return c.carrier + "|" + hex(c.fingerprint) + c.callback + "|" + c.key + "|" + c.body + "|" + std::to_string(static_cast<int>(c.state)) + "|" +
         (c.procedure ? to_text(*c.procedure) : "none") + "|" + std::to_string(c.answered_status) + c.answered_body + "|" + std::to_string(c.at_us);
}

// Submits and lets it finish.
inline CommitResult write(Bench& bench, Commit commit) {
  CommitResult out;
  int times = 0;
  bench.store().submit(std::move(commit), [&](const CommitResult& r) { out = r; ++times; });
  bench.settle();
  REQUIRE(times == 1);
  return out;
}

inline Commit put(Commit::Put p) {
  Commit commit;
  commit.procedures.push_back(std::move(p));
  return commit;
}

using Kind = CommitResult::Kind;

inline void keeps_procedures(Bench& bench) {
  ProcedureRecord r = procedure_of(3);
  REQUIRE(write(bench, put({r, 0})).kind == Kind::done);
  bench.reopen();
  CHECK(text_of(bench.store().procedure(r.id).value().value()) == text_of(r));
  CHECK(text_of(bench.store().procedure_by_key("shop", "key-3").value().value()) == text_of(r));
  CHECK_FALSE(bench.store().procedure_by_key("other", "key-3").value().has_value());
  CHECK_FALSE(bench.store().procedure(id_of(4)).value().has_value());

  r.frame = std::string(9000, 'x');
  r.outcome = {OutcomeClass::declined, "no_funds", "ref", 12, "51", "said", 900};
  Commit::Put second = next_of(r, State::declined);
  REQUIRE(write(bench, put(second)).kind == Kind::done);
  bench.reopen();
  CHECK(text_of(bench.store().procedure(r.id).value().value()) == text_of(second.record));
}

inline void refuses_stale_and_used_keys(Bench& bench) {
  const ProcedureRecord r = procedure_of(1);
  REQUIRE(write(bench, put({r, 0})).kind == Kind::done);
  CHECK(write(bench, put({r, 0})).kind == Kind::stale);   // the same id again
  ProcedureRecord same_key = procedure_of(2);
  same_key.idempotency_key = r.idempotency_key;
  const CommitResult used = write(bench, put({same_key, 0}));
  CHECK(used.kind == Kind::duplicate_key);
  CHECK(text_of(used.existing) == text_of(r));
  CHECK_FALSE(bench.store().procedure(same_key.id).value().has_value());

  Commit late = put(next_of(r, State::ready));
  late.procedures[0].expected_version = 2;
  late.procedures[0].record.version = 3;
  late.events.push_back({r.id, 3, 0, 1, "state", "{}"});
  late.counters.push_back({"mtn_ug", "n", 9});
  CHECK(write(bench, late).kind == Kind::stale);
  Commit gap = put(next_of(r, State::ready));
  gap.procedures[0].record.version = 5;
  CHECK(write(bench, gap).kind == Kind::stale);
  CHECK(write(bench, put(next_of(procedure_of(9), State::ready))).kind == Kind::stale);   // of no such procedure
  CHECK(bench.store().events(r.id).value().empty());   // nothing of a refused commit stays
  CHECK(bench.store().counters().value().empty());
  CHECK(text_of(bench.store().procedure(r.id).value().value()) == text_of(r));
}

inline void refuses_whole_commits(Bench& bench) {
  const ProcedureRecord a = procedure_of(1), b = procedure_of(2);
  REQUIRE(write(bench, put({a, 0})).kind == Kind::done);
  Commit both = put({b, 0});
  both.procedures.push_back({a, 0});   // stale
  CHECK(write(bench, both).kind == Kind::stale);
  CHECK_FALSE(bench.store().procedure(b.id).value().has_value());

  REQUIRE(write(bench, [] { Commit c; c.callbacks.push_back(callback_of(1, CallbackState::matched)); return c; }()).kind == Kind::done);
  Commit matched = put({b, 0});
  matched.callbacks.push_back(callback_of(1, CallbackState::matched));
  matched.events.push_back({b.id, 1, 0, 1, "callback", "{}"});
  const CommitResult twice = write(bench, matched);
  CHECK(twice.kind == Kind::duplicate_callback);
  CHECK(text_of(twice.existing_callback) == text_of(callback_of(1, CallbackState::matched)));
  CHECK_FALSE(bench.store().procedure(b.id).value().has_value());
  CHECK(bench.store().events(b.id).value().empty());
}

inline void keeps_claims(Bench& bench) {
  const auto claiming = [](uint32_t n, std::string order, std::optional<ProcedureId> source = std::nullopt) {
    Commit c = put({procedure_of(n), 0});
    c.procedures[0].record.amount = 100;
    c.procedures[0].claim = {std::move(order), source};
    return c;
  };
  REQUIRE(write(bench, claiming(1, "o")).kind == Kind::done);
  bench.reopen();
  const CommitResult taken = write(bench, claiming(2, "o"));   // at another carrier
  CHECK(taken.kind == Kind::order_taken);
  CHECK(taken.existing.id == id_of(1));
  CHECK_FALSE(bench.store().procedure(id_of(2)).value().has_value());
  Commit again = claiming(3, "o");
  again.procedures[0].record.idempotency_key = "key-1";
  CHECK(write(bench, again).kind == Kind::duplicate_key);      // the same request comes before its claim
  Commit other = claiming(4, "o");
  other.procedures[0].record.tenant = "another";
  CHECK(write(bench, other).kind == Kind::done);
  Commit payout = claiming(5, "o");
  payout.procedures[0].record.action = "payout";
  CHECK(write(bench, payout).kind == Kind::done);

  ProcedureRecord first = claiming(1, "o").procedures[0].record;
  REQUIRE(write(bench, put(next_of(first, State::failed))).kind == Kind::done);
  CHECK(write(bench, claiming(6, "o")).kind == Kind::done);    // given up
  CHECK(write(bench, claiming(7, "o")).existing.id == id_of(6));

  ProcedureRecord paid = claiming(6, "o").procedures[0].record;
  paid.outcome.outcome = OutcomeClass::succeeded;
  paid.outcome.paid = 250;
  REQUIRE(write(bench, put(next_of(paid, State::succeeded))).kind == Kind::done);
  CHECK(write(bench, claiming(8, "", paid.id)).kind == Kind::done);
  CHECK(write(bench, claiming(9, "", paid.id)).kind == Kind::done);
  bench.reopen();
  const CommitResult spent = write(bench, claiming(10, "", paid.id));
  CHECK(spent.kind == Kind::source_spent);
  CHECK(spent.existing.id == paid.id);
  REQUIRE(write(bench, put(next_of(claiming(9, "").procedures[0].record, State::declined))).kind == Kind::done);
  CHECK(write(bench, claiming(10, "", paid.id)).kind == Kind::done);
  Commit foreign = claiming(11, "", paid.id);
  foreign.procedures[0].record.amount = 1;
  foreign.procedures[0].record.currency = "KES";
  CHECK(write(bench, foreign).kind == Kind::source_spent);
  CHECK(write(bench, claiming(12, "", id_of(99))).kind == Kind::source_spent);   // of nothing, nothing
}

inline void answers_in_order(Bench& bench) {
  std::vector<int> order;
  const ProcedureRecord r = procedure_of(1);
  std::vector<Kind> kinds;
  const auto note = [&](int n) { return [&, n](const CommitResult& result) { order.push_back(n); kinds.push_back(result.kind); }; };
  bench.store().submit(put({r, 0}), note(0));
  bench.store().submit(put({r, 0}), note(1));
  bench.store().submit(put(next_of(r, State::ready)), note(2));
  bench.store().submit(Commit{}, note(3));
  bench.store().submit(put(next_of(r, State::ready)), note(4));
  bench.settle();
  CHECK(order == std::vector<int>{0, 1, 2, 3, 4});
  CHECK(kinds == std::vector<Kind>{Kind::done, Kind::stale, Kind::done, Kind::done, Kind::stale});
}

inline void keeps_the_rest(Bench& bench) {
  const ProcedureRecord r = procedure_of(2);
  Commit c = put({r, 0});
  AttemptRecord a{r.id, 1, "ref-1", 1, std::string("\0sealed", 7), 4, "", 10, 11, 0, ""};
  c.attempts = {a, {r.id, 2, "", 0, "", kNone, "", 0, 0, 0, ""}};
  c.events = {{r.id, 1, 0, 5, "accepted", "{}"}, {r.id, 1, 1, 5, "state", "{\"a\":1}", std::string("\0tape", 5)}};
  c.ledger = {{r.id, 1, "user", -250, 2, "UGX", 6}, {r.id, 1, "merchant:shop", 250, 2, "UGX", 6}};
  c.set_timers = {{r.id, TimerKind::enquire, 99, 3}, {r.id, TimerKind::deadline, 50, 0}};
  c.cases = {{r.id, "suspended", "why", 8}};
  c.counters = {{"mtn_ug", "serial", 41}};
  c.user_values = {{"mtn_ug", "u1", "token", std::string("\0sealed", 7), 77}, {"mtn_ug", "u2", "token", "other", 0}};
  c.outbox = {{"shop", r.id, 1, "charge.accepted", 9}};
  REQUIRE(write(bench, c).kind == Kind::done);
  Commit d;
  a.transmissions = 2, a.carrier_ref = "C9", a.evidence = "reply", a.closed_us = 77;
  d.attempts = {a};
  d.set_timers = {{r.id, TimerKind::enquire, 120, 4}};
  d.clear_timers = {{r.id, TimerKind::deadline}, {r.id, TimerKind::transmit}};
  d.counters = {{"mtn_ug", "serial", 42}};
  d.user_values = {{"mtn_ug", "u2", "token", "newer", 99}};
  d.events = {{r.id, 1, 0, 7, "timer", "{}"}};
  REQUIRE(write(bench, d).kind == Kind::done);
  bench.reopen();

  Store& s = bench.store();
  const auto attempts = s.attempts(r.id).value();
  REQUIRE(attempts.size() == 2);
  CHECK((attempts[0].transmissions == 2 && attempts[0].carrier_ref == "C9" && attempts[0].evidence == "reply" && attempts[0].closed_us == 77));
  CHECK((attempts[0].exchange == a.exchange && attempts[0].exchange_index == 4 && attempts[1].exchange_index == kNone));
  CHECK(s.attempt_by_reference("mtn_ug", "ref-1").value() == std::make_pair(r.id, 1u));
  CHECK_FALSE(s.attempt_by_reference("airtel_ke", "ref-1").value().has_value());
  CHECK_FALSE(s.attempt_by_reference("mtn_ug", "").value().has_value());
  const auto events = s.events(r.id).value();
  REQUIRE(events.size() == 3);
  CHECK((events[0].kind == "accepted" && events[1].detail == "{\"a\":1}" && events[1].sequence == 1 && events[2].kind == "timer"));
  CHECK((events[0].tape.empty() && events[1].tape == std::string("\0tape", 5)));
  const auto ledger = s.ledger(r.id).value();
  REQUIRE(ledger.size() == 2);
  CHECK((ledger[0].amount == -250 && ledger[1].account == "merchant:shop" && ledger[1].scale == 2 && ledger[1].currency == "UGX"));
  const auto timers = s.timers().value();
  REQUIRE(timers.size() == 1);
  CHECK((timers[0].kind == TimerKind::enquire && timers[0].due_us == 120 && timers[0].argument == 4));
  REQUIRE(s.cases().value().size() == 1);
  CHECK(s.cases().value()[0].detail == "why");
  const auto listed = s.find_cases({r.tenant, 0, 10}).value();
  REQUIRE(listed.size() == 1);
  CHECK((listed[0].record.detail == "why" && listed[0].record.procedure == r.id && listed[0].carrier == r.carrier && listed[0].state == r.state));
  CHECK(s.find_cases({"another tenant", 0, 10}).value().empty());
  CHECK(s.find_cases({r.tenant, listed[0].number, 10}).value().empty());
  REQUIRE(s.counters().value().size() == 1);
  CHECK(s.counters().value()[0].next == 42);
  const auto kept = s.user_value("mtn_ug", "u1", "token").value();
  REQUIRE(kept.has_value());
  CHECK((kept->value == std::string("\0sealed", 7) && kept->until_us == 77));
  CHECK(s.user_value("mtn_ug", "u2", "token").value()->value == "newer");
  CHECK_FALSE(s.user_value("mtn_ug", "u3", "token").value().has_value());
  CHECK_FALSE(s.user_value("airtel_ke", "u1", "token").value().has_value());
}

inline void parks_callbacks(Bench& bench) {
  Commit c;
  c.callbacks = {callback_of(1, CallbackState::parked), callback_of(2, CallbackState::parked), callback_of(3, CallbackState::foreign)};
  REQUIRE(write(bench, c).kind == Kind::done);
  const auto parked = bench.store().parked("mtn_ug", "paid", "ref-1").value();
  REQUIRE(parked.size() == 2);
  CHECK(text_of(parked[0]) == text_of(callback_of(2, CallbackState::parked)));   // by time
  CHECK(bench.store().parked("mtn_ug", "paid", "ref-2").value().empty());
  Commit match;
  match.callbacks = {callback_of(2, CallbackState::matched)};
  match.callbacks[0].procedure = id_of(4);
  REQUIRE(write(bench, match).kind == Kind::done);
  CHECK(bench.store().parked("mtn_ug", "paid", "ref-1").value().size() == 1);
  CHECK(text_of(bench.store().callback_by_fingerprint("mtn_ug", hash_from(2)).value().value()) == text_of(match.callbacks[0]));
  CHECK_FALSE(bench.store().callback_by_fingerprint("airtel_ke", hash_from(2)).value().has_value());
}

inline void finds(Bench& bench) {
  for (uint32_t n = 1; n <= 10; ++n) {
    ProcedureRecord r = procedure_of(n);
    r.state = n == 4 ? State::in_doubt : n == 6 ? State::suspended : n > 7 ? State::succeeded : State::waiting;
    REQUIRE(write(bench, put({r, 0})).kind == Kind::done);
  }
  const auto count = [&](const Query& q) { return bench.store().find(q).value().size(); };
  Query q;
  CHECK(count(q) == 10);
  q.limit = 3;
  CHECK(count(q) == 3);
  q.after = to_text(id_of(8));
  CHECK(count(q) == 2);
  CHECK(bench.store().find(q).value()[0].id == id_of(9));
  q = {};
  q.in_doubt_only = true;
  CHECK(count(q) == 2);
  q = {};
  q.state = State::waiting;
  q.carrier = "mtn_ug";
  CHECK(count(q) == 1);   // 2: the others of its carrier are in doubt, suspended or closed
  q = {};
  q.tenant = "nobody";
  CHECK(count(q) == 0);
  q = {};
  q.since_us = 1009;
  CHECK(count(q) == 2);
  CHECK(bench.store().open_procedures().value().size() == 7);
  bench.reopen();
  const ProcedureRecord closed = bench.store().procedure(id_of(9)).value().value();
  REQUIRE(write(bench, put(next_of(closed, State::reversing))).kind == Kind::done);   // closed, and open again
  CHECK(bench.store().open_procedures().value().size() == 8);
}

inline void refuses_attempts(Bench& bench) {
  const ProcedureRecord a = procedure_of(2), b = procedure_of(4), other = procedure_of(1);   // 1 is another carrier's
  Commit first = put({a, 0});
  first.procedures.push_back({other, 0});
  first.attempts = {{a.id, 1, "ref-1", 0, "", kNone, "", 0, 0, 0, ""}, {other.id, 1, "ref-1", 0, "", kNone, "", 0, 0, 0, ""}};
  REQUIRE(write(bench, first).kind == Kind::done);   // a reference is a carrier's
  Commit again;
  again.attempts = {{a.id, 1, "ref-1", 1, "", kNone, "", 0, 0, 0, ""}};
  CHECK(write(bench, again).kind == Kind::done);     // the same attempt, written again

  Commit stranger;
  stranger.attempts = {{b.id, 1, "ref-2", 0, "", kNone, "", 0, 0, 0, ""}};
  stranger.counters = {{"mtn_ug", "serial", 1}};
  const CommitResult unknown = write(bench, stranger);
  CHECK((unknown.kind == Kind::failed && unknown.error.code == "store_no_procedure"));

  Commit taken = put({b, 0});
  taken.attempts = {{b.id, 1, "ref-1", 0, "", kNone, "", 0, 0, 0, ""}};
  const CommitResult duplicate = write(bench, taken);
  CHECK((duplicate.kind == Kind::failed && duplicate.error.code == "store_duplicate_reference"));
  Commit twins = put({b, 0});
  twins.attempts = {{b.id, 1, "ref-3", 0, "", kNone, "", 0, 0, 0, ""}, {b.id, 2, "ref-3", 0, "", kNone, "", 0, 0, 0, ""}};
  CHECK(write(bench, twins).kind == Kind::failed);

  CHECK_FALSE(bench.store().procedure(b.id).value().has_value());   // nothing of a refused commit stays
  CHECK(bench.store().counters().value().empty());
  CHECK(bench.store().attempt_by_reference("mtn_ug", "ref-1").value() == std::make_pair(a.id, 1u));
  CHECK_FALSE(bench.store().attempt_by_reference("mtn_ug", "ref-3").value().has_value());
}

inline void conforms(const std::function<std::unique_ptr<Bench>()>& make) {
  SECTION("keeps procedures") { keeps_procedures(*make()); }
  SECTION("refuses stale versions and used keys") { refuses_stale_and_used_keys(*make()); }
  SECTION("refuses whole commits") { refuses_whole_commits(*make()); }
  SECTION("keeps claims") { keeps_claims(*make()); }
  SECTION("answers in the order submitted") { answers_in_order(*make()); }
  SECTION("keeps attempts, events, ledger, timers, cases, counters") { keeps_the_rest(*make()); }
  SECTION("refuses attempts of nobody and references of another") { refuses_attempts(*make()); }
  SECTION("parks callbacks") { parks_callbacks(*make()); }
  SECTION("finds") { finds(*make()); }
}

}  // namespace tollgate::store_test
