// The columns of each record, in the order in which read_… expects them, and the reading of one row. A row that cannot be (a state outside
// states.def, an id of 15 bytes) reads as false: the file is damaged.
#pragma once

#include "runtime/ports/ports.h"
#include "runtime/store/statement.h"

namespace tollgate {

#define TG_PROCEDURE_COLUMNS \
  "id, tenant, idempotency_key, body_hash, carrier, action, definition, state, version, attempt, step, amount, amount_scale, currency, frame, " \
  "deadline_us, outcome, reason, carrier_ref, paid, code, said, pause_ms, created_us, changed_us"
#define TG_CALLBACK_COLUMNS "carrier, fingerprint, callback, key, body, state, procedure, answered_status, answered_body, at_us"
#define TG_ATTEMPT_COLUMNS \
  "procedure, number, reference, transmissions, exchange, exchange_index, carrier_ref, first_sent_us, last_sent_us, closed_us, evidence"

[[nodiscard]] bool read_row(const Statement& row, ProcedureRecord& out);
[[nodiscard]] bool read_row(const Statement& row, CallbackRecord& out);
[[nodiscard]] bool read_row(const Statement& row, AttemptRecord& out);
[[nodiscard]] bool read_row(const Statement& row, EventRecord& out);     // procedure, version, sequence, at_us, kind, detail, tape
[[nodiscard]] bool read_row(const Statement& row, LedgerRecord& out);    // procedure, attempt, account, amount, scale, currency, at_us
[[nodiscard]] bool read_row(const Statement& row, TimerRecord& out);     // procedure, kind, due_us, argument
[[nodiscard]] bool read_row(const Statement& row, CaseRecord& out);      // procedure, kind, detail, opened_us
[[nodiscard]] bool read_row(const Statement& row, CaseRow& out);         // those, row, and the procedure's carrier and state
[[nodiscard]] bool read_row(const Statement& row, CounterRecord& out);   // carrier, name, next
[[nodiscard]] bool read_row(const Statement& row, UserValueRecord& out); // carrier, user, name, value, until_us

}  // namespace tollgate
