// The tables. A change here is a new kSchemaVersion and a step that brings the older file up; a file of a newer version is refused.
//
// Rows are clustered by procedure (WITHOUT ROWID): a procedure's history lies together, and since ids sort by creation the hot end of every table
// is its last pages. `row` numbers grow for ever (see opened): they keep the order of commits without reading it back.
#pragma once

#include <cstdint>

namespace tollgate {

constexpr int32_t kStoreApplicationId = 0x54474c31;   // "TGL1", in the file's header: file(1) and we can tell whose it is
constexpr int32_t kSchemaVersion = 4;   // 2: tape; 3: user_value; 4: claims

// `open` repeats what states.def says of `state`, so that recovery reads only what is open.
//
// An event's tape has a table of its own, by the event's row: it is only ever added at the end, and rows of a table by row number may be four times as
// long as clustered ones before they spill over onto a page of their own.
#define TG_TAPE_TABLE "CREATE TABLE tape (row INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
// What is kept for a user beyond a procedure: by a keyed hash of the user, sealed.
#define TG_USER_VALUE_TABLE "CREATE TABLE user_value (carrier TEXT NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, until_us INTEGER NOT NULL, " \
                            "PRIMARY KEY (carrier, user, name)) WITHOUT ROWID;"
// What procedures claim of purchases and of earlier procedures' money; who holds a claim follows from the claimant's state.
#define TG_CLAIM_TABLES "CREATE TABLE order_claim (tenant TEXT NOT NULL, action TEXT NOT NULL, order_id TEXT NOT NULL, procedure BLOB NOT NULL, " \
                        "PRIMARY KEY (tenant, action, order_id)) WITHOUT ROWID;" \
                        "CREATE TABLE source_claim (source BLOB NOT NULL, procedure BLOB NOT NULL, PRIMARY KEY (source, procedure)) WITHOUT ROWID;"

// By version, the step that brings it to the next one: kSchemaSteps[0] makes version 2 of version 1.
constexpr const char* kSchemaSteps[] = {TG_TAPE_TABLE, TG_USER_VALUE_TABLE, TG_CLAIM_TABLES};
static_assert(sizeof kSchemaSteps / sizeof kSchemaSteps[0] == kSchemaVersion - 1, "every version but the newest has a step");

constexpr char kSchema[] = TG_TAPE_TABLE TG_USER_VALUE_TABLE TG_CLAIM_TABLES R"sql(
CREATE TABLE procedure (
  id BLOB NOT NULL PRIMARY KEY, tenant TEXT NOT NULL, idempotency_key TEXT NOT NULL, body_hash BLOB NOT NULL,
  carrier TEXT NOT NULL, action TEXT NOT NULL, definition BLOB NOT NULL,
  state INTEGER NOT NULL, open INTEGER NOT NULL, version INTEGER NOT NULL, attempt INTEGER NOT NULL, step INTEGER NOT NULL,
  amount INTEGER NOT NULL, amount_scale INTEGER NOT NULL, currency TEXT NOT NULL, frame BLOB NOT NULL, deadline_us INTEGER NOT NULL,
  outcome INTEGER NOT NULL, reason TEXT NOT NULL, carrier_ref TEXT NOT NULL, paid INTEGER NOT NULL, code TEXT NOT NULL, said TEXT NOT NULL,
  pause_ms INTEGER NOT NULL, created_us INTEGER NOT NULL, changed_us INTEGER NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX procedure_key ON procedure (tenant, idempotency_key);
CREATE INDEX procedure_open ON procedure (id) WHERE open = 1;

CREATE TABLE attempt (
  procedure BLOB NOT NULL, number INTEGER NOT NULL, carrier TEXT NOT NULL, reference TEXT NOT NULL, transmissions INTEGER NOT NULL,
  exchange BLOB NOT NULL, exchange_index INTEGER NOT NULL, carrier_ref TEXT NOT NULL, first_sent_us INTEGER NOT NULL,
  last_sent_us INTEGER NOT NULL, closed_us INTEGER NOT NULL, evidence TEXT NOT NULL, PRIMARY KEY (procedure, number)) WITHOUT ROWID;
CREATE UNIQUE INDEX attempt_reference ON attempt (carrier, reference) WHERE reference <> '';

CREATE TABLE event (
  procedure BLOB NOT NULL, row INTEGER NOT NULL, version INTEGER NOT NULL, sequence INTEGER NOT NULL, at_us INTEGER NOT NULL,
  kind TEXT NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (procedure, row)) WITHOUT ROWID;

CREATE TABLE ledger (
  procedure BLOB NOT NULL, row INTEGER NOT NULL, posting INTEGER NOT NULL, attempt INTEGER NOT NULL, account TEXT NOT NULL,
  amount INTEGER NOT NULL, scale INTEGER NOT NULL, currency TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (procedure, row)) WITHOUT ROWID;
CREATE TRIGGER ledger_keeps BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_holds BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE timer (
  procedure BLOB NOT NULL, kind INTEGER NOT NULL, due_us INTEGER NOT NULL, argument INTEGER NOT NULL, PRIMARY KEY (procedure, kind)) WITHOUT ROWID;

CREATE TABLE callback (
  carrier TEXT NOT NULL, fingerprint BLOB NOT NULL, callback TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, state INTEGER NOT NULL,
  procedure BLOB, answered_status INTEGER NOT NULL, answered_body TEXT NOT NULL, at_us INTEGER NOT NULL,
  PRIMARY KEY (carrier, fingerprint)) WITHOUT ROWID;
CREATE INDEX callback_parked ON callback (carrier, callback, key, at_us) WHERE state = 0;

CREATE TABLE case_item (row INTEGER PRIMARY KEY, procedure BLOB NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL, opened_us INTEGER NOT NULL);
CREATE TABLE outbox (
  row INTEGER PRIMARY KEY, merchant TEXT NOT NULL, procedure BLOB NOT NULL, version INTEGER NOT NULL, event TEXT NOT NULL, at_us INTEGER NOT NULL);
CREATE TABLE counter (carrier TEXT NOT NULL, name TEXT NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (carrier, name)) WITHOUT ROWID;

CREATE TABLE opened (times INTEGER NOT NULL);
INSERT INTO opened VALUES (0);
)sql";

// Row numbers: times opened * 2^40 + n. No two openings share one, and a row's number is above those of every earlier opening.
constexpr int kRowBits = 40;

}  // namespace tollgate
