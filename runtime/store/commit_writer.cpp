#include "runtime/store/commit_writer.h"

#include <fmt/format.h>

#include "runtime/store/record_columns.h"
#include "runtime/store/schema.h"

namespace tollgate {

namespace {

constexpr std::string_view kInsertProcedure =
    "INSERT INTO procedure (id, tenant, idempotency_key, body_hash, carrier, action, definition, state, open, version, attempt, step, amount, "
    "amount_scale, currency, frame, deadline_us, outcome, reason, carrier_ref, paid, code, said, pause_ms, created_us, changed_us) "
    "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING";

// Who asked, and for what, never changes. While a procedure stays open, the index of open ones is not touched.
#define TG_UPDATE_PROCEDURE \
  "UPDATE procedure SET state=?, version=?, attempt=?, step=?, " \
  "frame=?, deadline_us=?, outcome=?, reason=?, carrier_ref=?, paid=?, code=?, said=?, pause_ms=?, changed_us=?"
constexpr std::string_view kUpdateOpen = TG_UPDATE_PROCEDURE " WHERE id=? AND version=? AND open=1";
constexpr std::string_view kUpdateAny = TG_UPDATE_PROCEDURE ", open=? WHERE id=? AND version=?";

constexpr std::string_view kPutAttempt =
    "INSERT INTO attempt (procedure, number, carrier, reference, transmissions, exchange, exchange_index, carrier_ref, first_sent_us, last_sent_us, "
    "closed_us, evidence) VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (procedure, number) DO UPDATE SET reference=excluded.reference, "
    "transmissions=excluded.transmissions, exchange=excluded.exchange, exchange_index=excluded.exchange_index, carrier_ref=excluded.carrier_ref, "
    "first_sent_us=excluded.first_sent_us, last_sent_us=excluded.last_sent_us, closed_us=excluded.closed_us, evidence=excluded.evidence";

constexpr std::string_view kPutCallback =
    "INSERT INTO callback (" TG_CALLBACK_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (carrier, fingerprint) DO UPDATE SET "
    "callback=excluded.callback, key=excluded.key, body=excluded.body, state=excluded.state, procedure=excluded.procedure, "
    "answered_status=excluded.answered_status, answered_body=excluded.answered_body, at_us=excluded.at_us";

}  // namespace

CommitWriter::CommitWriter(sqlite3* db, std::string path, int64_t opening)
    : db_(db),
      path_(std::move(path)),
      next_row_(opening << kRowBits),
      begin_(db, "BEGIN IMMEDIATE", failed_),
      commit_(db, "COMMIT", failed_),
      rollback_(db, "ROLLBACK", failed_),
      savepoint_(db, "SAVEPOINT one", failed_),
      release_(db, "RELEASE one", failed_),
      undo_(db, "ROLLBACK TO one", failed_),
      insert_procedure_(db, kInsertProcedure, failed_),
      update_open_(db, kUpdateOpen, failed_),
      update_any_(db, kUpdateAny, failed_),
      select_by_key_(db, "SELECT " TG_PROCEDURE_COLUMNS " FROM procedure WHERE tenant=? AND idempotency_key=?", failed_),
      select_version_(db, "SELECT version FROM procedure WHERE id=?", failed_),
      select_carrier_(db, "SELECT carrier FROM procedure WHERE id=?", failed_),
      put_attempt_(db, kPutAttempt, failed_),
      add_event_(db, "INSERT INTO event (procedure, row, version, sequence, at_us, kind, detail) VALUES (?,?,?,?,?,?,?)", failed_),
      add_tape_(db, "INSERT INTO tape (row, bytes) VALUES (?,?)", failed_),
      add_ledger_(db, "INSERT INTO ledger (procedure, row, posting, attempt, account, amount, scale, currency, at_us) VALUES (?,?,?,?,?,?,?,?,?)", failed_),
      put_timer_(db, "INSERT INTO timer (procedure, kind, due_us, argument) VALUES (?,?,?,?) ON CONFLICT (procedure, kind) DO UPDATE SET "
                     "due_us=excluded.due_us, argument=excluded.argument", failed_),
      drop_timer_(db, "DELETE FROM timer WHERE procedure=? AND kind=?", failed_),
      select_callback_(db, "SELECT " TG_CALLBACK_COLUMNS " FROM callback WHERE carrier=? AND fingerprint=?", failed_),
      put_callback_(db, kPutCallback, failed_),
      add_case_(db, "INSERT INTO case_item (row, procedure, kind, detail, opened_us) VALUES (?,?,?,?,?)", failed_),
      add_outbox_(db, "INSERT INTO outbox (row, merchant, procedure, version, event, at_us) VALUES (?,?,?,?,?,?)", failed_),
      put_counter_(db, "INSERT INTO counter (carrier, name, next) VALUES (?,?,?) ON CONFLICT (carrier, name) DO UPDATE SET next=excluded.next", failed_),
      put_user_value_(db, "INSERT INTO user_value (carrier, user, name, value, until_us) VALUES (?,?,?,?,?) ON CONFLICT (carrier, user, name) DO UPDATE SET "
                          "value=excluded.value, until_us=excluded.until_us", failed_),
      select_holder_(db, "SELECT " TG_PROCEDURE_COLUMNS " FROM procedure WHERE id=(SELECT procedure FROM order_claim WHERE tenant=? AND action=? AND order_id=?)", failed_),
      select_source_(db, "SELECT " TG_PROCEDURE_COLUMNS " FROM procedure WHERE id=?", failed_),
      select_claimants_(db, "SELECT " TG_PROCEDURE_COLUMNS " FROM procedure WHERE id IN (SELECT procedure FROM source_claim WHERE source=?)", failed_),
      put_order_(db, "INSERT INTO order_claim (tenant, action, order_id, procedure) VALUES (?,?,?,?) ON CONFLICT (tenant, action, order_id) DO UPDATE SET "
                     "procedure=excluded.procedure", failed_),
      add_claimant_(db, "INSERT INTO source_claim (source, procedure) VALUES (?,?)", failed_) {}

Status CommitWriter::ready() const {
  if (failed_ == SQLITE_OK) return Done{};
  return error_of(db_, failed_, path_);
}

std::vector<CommitResult> CommitWriter::write(std::span<const Commit* const> group) {
  std::vector<CommitResult> results;
  Error error;
  Outcome outcome = write_group(group, false, results, error);
  if (outcome == Outcome::half_written) outcome = write_group(group, true, results, error);
  if (outcome == Outcome::settled) return results;
  TG_CHECK(outcome == Outcome::broken, "a commit half written under a savepoint");
  if (error.code == "store_sync_failed") broken_ = true;
  results.assign(group.size(), CommitResult{});
  for (CommitResult& result : results) result.error = error;
  return results;
}

// Anything but settled: nothing was changed. `error` is set when broken.
CommitWriter::Outcome CommitWriter::write_group(std::span<const Commit* const> group, bool careful, std::vector<CommitResult>& results, Error& error) {
  if (broken_) {
    error = {"store_sync_failed", fmt::format("the store {} stopped when its disk did not confirm a write; restart the node", path_)};
    return Outcome::broken;
  }
  results.assign(group.size(), CommitResult{});
  int rc = begin_.run();
  Outcome outcome = rc == SQLITE_DONE ? Outcome::settled : Outcome::broken;
  if (rc != SQLITE_DONE) error = error_of(db_, rc, path_);
  for (size_t i = 0; i < group.size() && outcome == Outcome::settled; ++i) {
    outcome = write_one(*group[i], careful, results[i]);
    if (outcome == Outcome::broken) error = results[i].error;
  }
  if (outcome == Outcome::settled) {
    rc = commit_.run();
    if (rc == SQLITE_DONE) return Outcome::settled;
    outcome = Outcome::broken;
    error = error_of(db_, rc, path_);
  }
  if (sqlite3_get_autocommit(db_) == 0) rollback_.run();
  return outcome;
}

CommitWriter::Outcome CommitWriter::write_one(const Commit& commit, bool careful, CommitResult& result) {
  if (!careful) return apply(commit, result);
  if (const int rc = savepoint_.run(); rc != SQLITE_DONE) return broken(rc, result);
  const Outcome outcome = apply(commit, result);
  if (outcome == Outcome::broken) return outcome;
  if (outcome == Outcome::half_written) {
    if (const int rc = undo_.run(); rc != SQLITE_DONE) return broken(rc, result);
  }
  if (const int rc = release_.run(); rc != SQLITE_DONE) return broken(rc, result);
  return Outcome::settled;
}

// Settled with a kind other than `done` means that nothing of the Commit was written.
CommitWriter::Outcome CommitWriter::apply(const Commit& commit, CommitResult& result) {
  result.kind = Kind::done;
  Outcome outcome = Outcome::settled;
  const auto going = [&] { return outcome == Outcome::settled && result.kind == Kind::done; };
  // A single put checks itself; where something follows that may refuse the Commit, everything is checked before anything is written.
  if (commit.procedures.size() > 1 || !commit.callbacks.empty()) {
    for (size_t i = 0; i < commit.procedures.size() && going(); ++i) outcome = check_put(commit.procedures[i], result);
  }
  for (size_t i = 0; i < commit.callbacks.size() && going(); ++i) outcome = check_callback(commit.callbacks[i], result);
  for (size_t i = 0; i < commit.procedures.size() && going(); ++i) {
    outcome = put(commit.procedures[i], result);
    if (i > 0 && outcome == Outcome::settled && result.kind != Kind::done) outcome = Outcome::half_written;   // two puts of one Commit collide
  }
  for (size_t i = 0; i < commit.attempts.size() && going(); ++i) outcome = put_attempt(commit, commit.attempts[i], result);
  if (going()) outcome = write_rows(commit, result);
  if (going()) outcome = write_states(commit, result);
  return outcome;
}

CommitWriter::Outcome CommitWriter::put(const Commit::Put& put, CommitResult& result) {
  if (put.record.version != put.expected_version + 1) return check_put(put, result);
  if (put.expected_version == 0) {
    if (const Outcome outcome = check_claim(put, result); outcome != Outcome::settled || result.kind != Kind::done) return outcome;
  }
  const int rc = put.expected_version == 0 ? insert(put.record) : update(put.record);
  if (rc != SQLITE_DONE) return trouble(rc, result);
  if (sqlite3_changes(db_) == 1) {
    const int claimed = put.expected_version == 0 ? write_claim(put) : SQLITE_DONE;
    return claimed == SQLITE_DONE ? Outcome::settled : trouble(claimed, result);
  }
  const Outcome outcome = check_put(put, result);
  TG_CHECK(outcome != Outcome::settled || result.kind != Kind::done, "a procedure that was not written, and nothing was against it");
  return outcome;
}

int CommitWriter::insert(const ProcedureRecord& r) {
  const tollgate::Outcome& o = r.outcome;
  return insert_procedure_.run(r.id, r.tenant, r.idempotency_key, r.body_hash, r.carrier, r.action, r.definition, static_cast<int>(r.state),
                               terminal(r.state) ? 0 : 1, r.version, r.attempt, r.step, r.amount, r.amount_scale, r.currency, Blob{r.frame},
                               r.deadline_us, static_cast<int>(o.outcome), o.reason, o.carrier_ref, o.paid, o.code, o.said, o.pause_ms, r.created_us,
                               r.changed_us);
}

int CommitWriter::update(const ProcedureRecord& r) {
  const tollgate::Outcome& o = r.outcome;
  const auto run = [&](Statement& statement, const auto&... rest) {
    return statement.run(static_cast<int>(r.state), r.version, r.attempt, r.step, Blob{r.frame}, r.deadline_us, static_cast<int>(o.outcome), o.reason,
                         o.carrier_ref, o.paid, o.code, o.said, o.pause_ms, r.changed_us, rest...);
  };
  if (terminal(r.state)) return run(update_any_, 0, r.id, r.version - 1);
  const int rc = run(update_open_, r.id, r.version - 1);
  if (rc != SQLITE_DONE || sqlite3_changes(db_) == 1) return rc;
  return run(update_any_, 1, r.id, r.version - 1);   // it was closed, and is opened again: a reversal
}

// Why a put may not be written: `stale`, `duplicate_key`, or nothing.
CommitWriter::Outcome CommitWriter::check_put(const Commit::Put& put, CommitResult& result) {
  select_version_.query(put.record.id);
  int rc = select_version_.step();
  const int64_t version = rc == SQLITE_ROW ? select_version_.i64(0) : 0;
  select_version_.reset();
  if (rc == SQLITE_DONE) {
    select_by_key_.query(put.record.tenant, put.record.idempotency_key);
    rc = select_by_key_.step();
    const bool sound = rc != SQLITE_ROW || read_row(select_by_key_, result.existing);
    select_by_key_.reset();
    if (!sound) return fail(result, damaged(path_));
    if (rc == SQLITE_ROW) return result.kind = Kind::duplicate_key, Outcome::settled;
  }
  if (rc != SQLITE_ROW && rc != SQLITE_DONE) return trouble(rc, result);
  if (version != put.expected_version || put.record.version != version + 1) result.kind = Kind::stale;
  return Outcome::settled;
}

// What a new procedure claims, if somebody else has it: `order_taken`, `source_spent`. A key that was used before comes first: that is the same request again.
CommitWriter::Outcome CommitWriter::check_claim(const Commit::Put& put, CommitResult& result) {
  const ProcedureRecord& r = put.record;
  Kind found = Kind::done;
  ProcedureRecord holder;
  if (!put.claim.order.empty()) {
    select_holder_.query(r.tenant, r.action, put.claim.order);
    const int rc = select_holder_.step();
    const bool sound = rc != SQLITE_ROW || read_row(select_holder_, holder);
    select_holder_.reset();
    if (!sound) return fail(result, damaged(path_));
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) return trouble(rc, result);
    if (rc == SQLITE_ROW && holds_claim(holder.state)) found = Kind::order_taken;
  }
  if (found == Kind::done && put.claim.source) {
    const Outcome outcome = check_source(put, result);
    if (outcome != Outcome::settled) return outcome;
    found = result.kind;
    holder = result.existing;
  }
  if (found == Kind::done) return Outcome::settled;
  result.kind = Kind::done;
  const Outcome outcome = check_put(put, result);
  if (outcome != Outcome::settled || result.kind != Kind::done) return outcome;
  result.kind = found;
  result.existing = std::move(holder);
  return Outcome::settled;
}

CommitWriter::Outcome CommitWriter::check_source(const Commit::Put& put, CommitResult& result) {
  const auto each = [&](Statement& statement, const auto& use) {
    statement.query(*put.claim.source);
    int rc = statement.step();
    bool sound = true;
    for (; rc == SQLITE_ROW && sound; rc = statement.step()) {
      ProcedureRecord row;
      sound = read_row(statement, row);
      if (sound) use(std::move(row));
    }
    statement.reset();
    if (!sound) return fail(result, damaged(path_));
    return rc == SQLITE_DONE ? Outcome::settled : trouble(rc, result);
  };
  std::optional<ProcedureRecord> source;
  ClaimSum sum;
  sum.add(put.record);
  Outcome outcome = each(select_source_, [&](ProcedureRecord row) { source = std::move(row); });
  if (outcome == Outcome::settled) outcome = each(select_claimants_, [&](ProcedureRecord row) { sum.add(row); });
  if (outcome != Outcome::settled || (source && sum.at_most(*source))) return outcome;
  result.kind = Kind::source_spent;
  if (source) result.existing = std::move(*source);
  return outcome;
}

int CommitWriter::write_claim(const Commit::Put& put) {
  int rc = SQLITE_DONE;
  if (!put.claim.order.empty()) rc = put_order_.run(put.record.tenant, put.record.action, put.claim.order, put.record.id);
  if (rc == SQLITE_DONE && put.claim.source) rc = add_claimant_.run(*put.claim.source, put.record.id);
  return rc;
}

// Only a parked callback may be written again: its state changes once it is matched.
CommitWriter::Outcome CommitWriter::check_callback(const CallbackRecord& callback, CommitResult& result) {
  select_callback_.query(callback.carrier, callback.fingerprint);
  const int rc = select_callback_.step();
  CallbackRecord have;
  const bool sound = rc != SQLITE_ROW || read_row(select_callback_, have);
  select_callback_.reset();
  if (!sound) return fail(result, damaged(path_));
  if (rc != SQLITE_ROW && rc != SQLITE_DONE) return trouble(rc, result);
  if (rc == SQLITE_ROW && have.state != CallbackState::parked) {
    result.kind = Kind::duplicate_callback;
    result.existing_callback = std::move(have);
  }
  return Outcome::settled;
}

CommitWriter::Outcome CommitWriter::put_attempt(const Commit& commit, const AttemptRecord& a, CommitResult& result) {
  std::string carrier;
  bool known = false;
  for (const Commit::Put& put : commit.procedures) {
    if (put.record.id == a.procedure) carrier = put.record.carrier, known = true;
  }
  if (!known) {
    select_carrier_.query(a.procedure);
    const int rc = select_carrier_.step();
    if (rc == SQLITE_ROW) carrier = select_carrier_.bytes(0);
    select_carrier_.reset();
    if (rc == SQLITE_DONE) return fail(result, {"store_no_procedure", fmt::format("the store {} has no procedure {} to try", path_, to_text(a.procedure))});
    if (rc != SQLITE_ROW) return trouble(rc, result);
  }
  const int rc = put_attempt_.run(a.procedure, a.number, carrier, a.reference, a.transmissions, Blob{a.exchange}, a.exchange_index, a.carrier_ref,
                                  a.first_sent_us, a.last_sent_us, a.closed_us, a.evidence);
  if (rc == SQLITE_CONSTRAINT_UNIQUE) {
    return fail(result, {"store_duplicate_reference", fmt::format("another attempt of {} already has the reference {}", carrier, a.reference)});
  }
  return rc == SQLITE_DONE ? Outcome::settled : trouble(rc, result);
}

// What is only ever added.
CommitWriter::Outcome CommitWriter::write_rows(const Commit& commit, CommitResult& result) {
  for (const EventRecord& e : commit.events) {
    const int64_t row = next_row_++;
    int rc = add_event_.run(e.procedure, row, e.version, e.sequence, e.at_us, e.kind, e.detail);
    if (rc == SQLITE_DONE && !e.tape.empty()) rc = add_tape_.run(row, Blob{e.tape});
    if (rc != SQLITE_DONE) return trouble(rc, result);
  }
  const int64_t posting = next_row_;   // the same for the rows of one Commit, which sum to zero
  for (const LedgerRecord& l : commit.ledger) {
    const int rc = add_ledger_.run(l.procedure, next_row_++, posting, l.attempt, l.account, l.amount, l.scale, l.currency, l.at_us);
    if (rc != SQLITE_DONE) return trouble(rc, result);
  }
  for (const CaseRecord& c : commit.cases) {
    const int rc = add_case_.run(next_row_++, c.procedure, c.kind, c.detail, c.opened_us);
    if (rc != SQLITE_DONE) return trouble(rc, result);
  }
  for (const OutboxRecord& o : commit.outbox) {
    const int rc = add_outbox_.run(next_row_++, o.merchant, o.procedure, o.version, o.event, o.at_us);
    if (rc != SQLITE_DONE) return trouble(rc, result);
  }
  return Outcome::settled;
}

// What replaces what was: timers, callbacks, counters.
CommitWriter::Outcome CommitWriter::write_states(const Commit& commit, CommitResult& result) {
  for (const TimerRecord& t : commit.set_timers) {
    const int rc = put_timer_.run(t.procedure, static_cast<int>(t.kind), t.due_us, t.argument);
    if (rc != SQLITE_DONE) return trouble(rc, result);
  }
  for (const auto& [procedure, kind] : commit.clear_timers) {
    const int rc = drop_timer_.run(procedure, static_cast<int>(kind));
    if (rc != SQLITE_DONE) return trouble(rc, result);
  }
  for (const CallbackRecord& c : commit.callbacks) {
    const auto run = [&](const auto& procedure) {
      return put_callback_.run(c.carrier, c.fingerprint, c.callback, c.key, Blob{c.body}, static_cast<int>(c.state), procedure, c.answered_status,
                               c.answered_body, c.at_us);
    };
    const int rc = c.procedure ? run(*c.procedure) : run(nullptr);
    if (rc != SQLITE_DONE) return trouble(rc, result);
  }
  for (const CounterRecord& c : commit.counters) {
    const int rc = put_counter_.run(c.carrier, c.name, c.next);
    if (rc != SQLITE_DONE) return trouble(rc, result);
  }
  for (const UserValueRecord& v : commit.user_values) {
    const int rc = put_user_value_.run(v.carrier, v.user, v.name, Blob{v.value}, v.until_us);
    if (rc != SQLITE_DONE) return trouble(rc, result);
  }
  return Outcome::settled;
}

// A constraint or an oversized value concerns one Commit; anything else, the whole transaction.
CommitWriter::Outcome CommitWriter::trouble(int code, CommitResult& result) {
  const int kind = code & 0xff;
  if (kind != SQLITE_CONSTRAINT && kind != SQLITE_TOOBIG) return broken(code, result);
  return fail(result, error_of(db_, code, path_));
}

CommitWriter::Outcome CommitWriter::broken(int code, CommitResult& result) {
  fail(result, error_of(db_, code, path_));
  return Outcome::broken;
}

CommitWriter::Outcome CommitWriter::fail(CommitResult& result, Error error) {
  result.kind = Kind::failed;
  result.error = std::move(error);
  return Outcome::half_written;
}

}  // namespace tollgate
