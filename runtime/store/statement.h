// Statement: one prepared SQL statement, reused for the life of its connection. Arguments are bound in order; texts and blobs are borrowed until
// the call returns (run) or until the next call (query). Not thread-safe: belongs to its connection's thread.
//
//   Statement insert(db, "INSERT INTO counter VALUES (?,?,?)", failed);
//   int rc = insert.run(carrier, name, next);            // SQLITE_DONE
//   select.query(id); while (select.step() == SQLITE_ROW) … select.i64(0) …; select.reset();
#pragma once

#include <sqlite3.h>

#include <array>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tollgate {

struct Blob { std::string_view bytes; };

class Statement {
 public:
  // `failed` becomes SQLite's code when the statement cannot be prepared, and is left alone otherwise.
  Statement(sqlite3* db, std::string_view sql, int& failed) {
    const int rc = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
    if (rc != SQLITE_OK) failed = rc;
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Binds everything, steps once and resets: SQLITE_DONE, SQLITE_ROW (a row that is not wanted), or an error code.
  template <class... Args>
  int run(const Args&... args) {
    query(args...);
    const int rc = step();
    reset();
    return rc;
  }

  template <class... Args>
  void query(const Args&... args) {
    int at = 0;
    (bind(++at, args), ...);
  }
  int step() { return sqlite3_step(statement_); }
  void reset() { sqlite3_reset(statement_); }

  int64_t i64(int column) const { return sqlite3_column_int64(statement_, column); }
  bool null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::string bytes(int column) const {
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), static_cast<size_t>(size));
  }
  // False when the column does not hold exactly N bytes.
  template <size_t N>
  bool fixed(int column, std::array<uint8_t, N>& out) const {
    const void* data = sqlite3_column_blob(statement_, column);
    if (data == nullptr || sqlite3_column_bytes(statement_, column) != static_cast<int>(N)) return false;
    std::memcpy(out.data(), data, N);
    return true;
  }

 private:
  void bind(int at, std::integral auto value) { sqlite3_bind_int64(statement_, at, static_cast<sqlite3_int64>(value)); }
  void bind(int at, std::string_view text) {
    sqlite3_bind_text64(statement_, at, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  void bind(int at, Blob blob) {
    sqlite3_bind_blob64(statement_, at, blob.bytes.data() == nullptr ? "" : blob.bytes.data(), blob.bytes.size(), SQLITE_STATIC);
  }
  template <size_t N>
  void bind(int at, const std::array<uint8_t, N>& bytes) {
    sqlite3_bind_blob(statement_, at, bytes.data(), static_cast<int>(N), SQLITE_STATIC);
  }
  void bind(int at, std::nullptr_t) { sqlite3_bind_null(statement_, at); }

  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace tollgate
