#include "runtime/store/record_reader.h"

#include <fmt/format.h>

namespace tollgate {

RecordReader::RecordReader(sqlite3* db, std::string path)
    : db_(db),
      path_(std::move(path)),
      procedure(db, "SELECT " TG_PROCEDURE_COLUMNS " FROM procedure WHERE id=?", failed_),
      procedure_by_key(db, "SELECT " TG_PROCEDURE_COLUMNS " FROM procedure WHERE tenant=? AND idempotency_key=?", failed_),
      open_procedures(db, "SELECT " TG_PROCEDURE_COLUMNS " FROM procedure WHERE open=1 ORDER BY id", failed_),
      attempts(db, "SELECT " TG_ATTEMPT_COLUMNS " FROM attempt WHERE procedure=? ORDER BY number", failed_),
      reference(db, "SELECT procedure, number FROM attempt WHERE carrier=? AND reference=? AND reference<>''", failed_),
      events(db, "SELECT procedure, version, sequence, at_us, kind, detail, bytes FROM event LEFT JOIN tape ON tape.row=event.row WHERE procedure=? ORDER BY event.row", failed_),
      ledger(db, "SELECT procedure, attempt, account, amount, scale, currency, at_us FROM ledger WHERE procedure=? ORDER BY row", failed_),
      timers(db, "SELECT procedure, kind, due_us, argument FROM timer ORDER BY procedure, kind", failed_),
      parked(db, "SELECT " TG_CALLBACK_COLUMNS " FROM callback WHERE carrier=? AND callback=? AND key=? AND state=0 ORDER BY at_us, fingerprint", failed_),
      callback(db, "SELECT " TG_CALLBACK_COLUMNS " FROM callback WHERE carrier=? AND fingerprint=?", failed_),
      cases(db, "SELECT procedure, kind, detail, opened_us FROM case_item ORDER BY row", failed_),
      cases_of_tenant(db, "SELECT c.procedure, c.kind, c.detail, c.opened_us, c.row, p.carrier, p.state FROM case_item c CROSS JOIN procedure p ON p.id=c.procedure"
                          " WHERE p.tenant=?1 AND c.row>?2 ORDER BY c.row LIMIT ?3", failed_),   // CROSS: in this order, so that nothing is sorted
      counters(db, "SELECT carrier, name, next FROM counter ORDER BY carrier, name", failed_),
      user_value(db, "SELECT carrier, user, name, value, until_us FROM user_value WHERE carrier=? AND user=? AND name=?", failed_) {}

Status RecordReader::ready() const {
  if (failed_ == SQLITE_OK) return Done{};
  return error_of(db_, failed_, path_);
}

Result<std::optional<std::pair<ProcedureId, uint32_t>>> RecordReader::attempt_by_reference(std::string_view carrier, std::string_view text) {
  reference.query(carrier, text);
  const int rc = reference.step();
  std::optional<std::pair<ProcedureId, uint32_t>> out;
  bool sound = true;
  if (rc == SQLITE_ROW) {
    out.emplace();
    sound = reference.fixed(0, out->first);
    out->second = static_cast<uint32_t>(reference.i64(1));
  }
  Error error = sound ? Error{} : damaged(path_);
  if (rc != SQLITE_ROW && rc != SQLITE_DONE) error = error_of(db_, rc, path_);
  reference.reset();
  if (!error.code.empty()) return error;
  return out;
}

// Filters that are not given cost nothing: the text has only those that are, and its arguments are bound by number.
Result<std::vector<ProcedureRecord>> RecordReader::find(const Query& query) {
  if (!query.user.empty()) return Error{"store_no_users", "the store knows no users: their numbers are sealed; filter by something else"};
  const auto after = parse_procedure_id(query.after);
  if (!query.after.empty() && !after) return Error{"store_bad_query", fmt::format("`{}` is not the id of a procedure (32 hex characters)", query.after)};
  std::string sql = "SELECT " TG_PROCEDURE_COLUMNS " FROM procedure WHERE created_us>=?1 AND ?2=?2 AND ?3=?3 AND ?4=?4 AND ?5=?5";
  if (after) sql += " AND id>?2";
  if (!query.tenant.empty()) sql += " AND tenant=?3";
  if (!query.carrier.empty()) sql += " AND carrier=?4";
  if (query.state) sql += " AND state=?5";
  if (query.in_doubt_only) sql += fmt::format(" AND open=1 AND state IN ({},{})", static_cast<int>(State::in_doubt), static_cast<int>(State::suspended));
  sql += " ORDER BY id LIMIT ?6";
  int failed = SQLITE_OK;
  Statement select(db_, sql, failed);
  if (failed != SQLITE_OK) return error_of(db_, failed, path_);
  return all<ProcedureRecord>(select, query.since_us, after.value_or(ProcedureId{}), query.tenant, query.carrier,
                              query.state ? static_cast<int>(*query.state) : 0, query.limit);
}

}  // namespace tollgate
