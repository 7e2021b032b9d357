#include "runtime/store/record_columns.h"

#include <limits>
#include <type_traits>

namespace tollgate {

namespace {

// An integer of the file into a smaller type; false when it does not fit.
template <class T>
bool narrow(int64_t value, T& out) {
  if constexpr (!std::is_same_v<T, int64_t>) {
    if (value < 0 || static_cast<uint64_t>(value) > std::numeric_limits<T>::max()) return false;
  }
  out = static_cast<T>(value);
  return true;
}

template <class E>
bool enumerator(int64_t value, E last, E& out) {
  if (value < 0 || value > static_cast<int64_t>(last)) return false;
  out = static_cast<E>(value);
  return true;
}

}  // namespace

bool read_row(const Statement& row, ProcedureRecord& out) {
  out.tenant = row.bytes(1);
  out.idempotency_key = row.bytes(2);
  out.carrier = row.bytes(4);
  out.action = row.bytes(5);
  out.amount = row.i64(11);
  out.currency = row.bytes(13);
  out.frame = row.bytes(14);
  out.deadline_us = row.i64(15);
  out.outcome.reason = row.bytes(17);
  out.outcome.carrier_ref = row.bytes(18);
  out.outcome.paid = row.i64(19);
  out.outcome.code = row.bytes(20);
  out.outcome.said = row.bytes(21);
  out.outcome.pause_ms = row.i64(22);
  out.created_us = row.i64(23);
  out.changed_us = row.i64(24);
  return row.fixed(0, out.id) && row.fixed(3, out.body_hash) && row.fixed(6, out.definition) &&
         enumerator(row.i64(7), static_cast<State>(kStateCount - 1), out.state) && narrow(row.i64(8), out.version) &&
         narrow(row.i64(9), out.attempt) && narrow(row.i64(10), out.step) && narrow(row.i64(12), out.amount_scale) &&
         enumerator(row.i64(16), OutcomeClass::failed, out.outcome.outcome);
}

bool read_row(const Statement& row, CallbackRecord& out) {
  out.carrier = row.bytes(0);
  out.callback = row.bytes(2);
  out.key = row.bytes(3);
  out.body = row.bytes(4);
  out.answered_body = row.bytes(8);
  out.at_us = row.i64(9);
  out.procedure.reset();
  if (!row.null(6) && !row.fixed(6, out.procedure.emplace())) return false;
  return row.fixed(1, out.fingerprint) && enumerator(row.i64(5), CallbackState::foreign, out.state) && narrow(row.i64(7), out.answered_status);
}

bool read_row(const Statement& row, AttemptRecord& out) {
  out.reference = row.bytes(2);
  out.exchange = row.bytes(4);
  out.carrier_ref = row.bytes(6);
  out.first_sent_us = row.i64(7);
  out.last_sent_us = row.i64(8);
  out.closed_us = row.i64(9);
  out.evidence = row.bytes(10);
  return row.fixed(0, out.procedure) && narrow(row.i64(1), out.number) && narrow(row.i64(3), out.transmissions) && narrow(row.i64(5), out.exchange_index);
}

bool read_row(const Statement& row, EventRecord& out) {
  out.at_us = row.i64(3);
  out.kind = row.bytes(4);
  out.detail = row.bytes(5);
  out.tape = row.bytes(6);
  return row.fixed(0, out.procedure) && narrow(row.i64(1), out.version) && narrow(row.i64(2), out.sequence);
}

bool read_row(const Statement& row, LedgerRecord& out) {
  out.account = row.bytes(2);
  out.amount = row.i64(3);
  out.currency = row.bytes(5);
  out.at_us = row.i64(6);
  return row.fixed(0, out.procedure) && narrow(row.i64(1), out.attempt) && narrow(row.i64(4), out.scale);
}

bool read_row(const Statement& row, TimerRecord& out) {
  out.due_us = row.i64(2);
  return row.fixed(0, out.procedure) && enumerator(row.i64(1), TimerKind::doubt_end, out.kind) && narrow(row.i64(3), out.argument);
}

bool read_row(const Statement& row, CaseRecord& out) {
  out.kind = row.bytes(1);
  out.detail = row.bytes(2);
  out.opened_us = row.i64(3);
  return row.fixed(0, out.procedure);
}

bool read_row(const Statement& row, CaseRow& out) {
  out.number = row.i64(4);
  out.carrier = row.bytes(5);
  return read_row(row, out.record) && enumerator(row.i64(6), static_cast<State>(kStateCount - 1), out.state);
}

bool read_row(const Statement& row, CounterRecord& out) {
  out.carrier = row.bytes(0);
  out.name = row.bytes(1);
  out.next = row.i64(2);
  return true;
}

bool read_row(const Statement& row, UserValueRecord& out) {
  out.carrier = row.bytes(0);
  out.user = row.bytes(1);
  out.name = row.bytes(2);
  out.value = row.bytes(3);
  out.until_us = row.i64(4);
  return true;
}

}  // namespace tollgate
