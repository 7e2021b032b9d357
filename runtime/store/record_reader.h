// RecordReader: the Store's synchronous reads, on a connection of their own. Used from the engine's thread only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/ports/ports.h"
#include "runtime/store/database.h"
#include "runtime/store/record_columns.h"
#include "runtime/store/statement.h"

namespace tollgate {

class RecordReader {
 public:
  // `db` must outlive this. Check ready() before use.
  RecordReader(sqlite3* db, std::string path);
  Status ready() const;

  // Every row that the statement finds with these arguments, or the Error of the first that cannot be read.
  template <class Record, class... Args>
  Result<std::vector<Record>> all(Statement& statement, const Args&... args);
  template <class Record, class... Args>
  Result<std::optional<Record>> one(Statement& statement, const Args&... args);
  Result<std::vector<ProcedureRecord>> find(const Query& query);
  Result<std::optional<std::pair<ProcedureId, uint32_t>>> attempt_by_reference(std::string_view carrier, std::string_view reference);

 private:
  sqlite3* db_;
  std::string path_;
  int failed_ = 0;   // must come before the statements: they report here

 public:
  Statement procedure, procedure_by_key, open_procedures, attempts, reference, events, ledger, timers, parked, callback, cases, cases_of_tenant, counters, user_value;
};

template <class Record, class... Args>
Result<std::vector<Record>> RecordReader::all(Statement& statement, const Args&... args) {
  std::vector<Record> out;
  statement.query(args...);
  int rc = SQLITE_ROW;
  bool sound = true;
  while (sound && (rc = statement.step()) == SQLITE_ROW) sound = read_row(statement, out.emplace_back());
  if (sound && rc == SQLITE_DONE) return statement.reset(), out;
  Error error = sound ? error_of(db_, rc, path_) : damaged(path_);
  statement.reset();
  return error;
}

template <class Record, class... Args>
Result<std::optional<Record>> RecordReader::one(Statement& statement, const Args&... args) {
  auto rows = all<Record>(statement, args...);
  if (!rows.ok()) return std::move(rows).error();
  if (rows->empty()) return std::optional<Record>();
  return std::optional<Record>(std::move(rows->front()));
}

}  // namespace tollgate
