// Opening a store's file: who may, what it must be, and what to say when it is not.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/base/result.h"

namespace tollgate {

struct CloseDatabase { void operator()(sqlite3* db) const { sqlite3_close_v2(db); } };
using Connection = std::unique_ptr<sqlite3, CloseDatabase>;

// Exclusive ownership of a store's file for as long as it lives. Must outlive every Connection to that file: closing any descriptor of a file
// drops the locks that SQLite holds on it.
class FileClaim {
 public:
  explicit FileClaim(int fd) : fd_(fd) {}
  ~FileClaim();
  FileClaim(FileClaim&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FileClaim(const FileClaim&) = delete;
  FileClaim& operator=(const FileClaim&) = delete;

 private:
  int fd_;
};

// A file that is missing is made, with mode 0600; its folder is not. Errors: store_no_folder, store_read_only, store_locked (another node has
// it), store_not_a_database, store_cannot_open.
Result<FileClaim> claim_file(const std::string& path);

enum class Access : uint8_t { write, read };
// Errors as error_of.
Result<Connection> connect(const std::string& path, Access access);

// Makes the tables of a new file, or checks those of an old one. Errors: store_not_ours, store_newer, store_corrupt, and as error_of.
// Like check_schema, on a connection that may only read: a file of an older version is an Error too (store_older).
Status check_readable(sqlite3* db, const std::string& path);
Status check_schema(sqlite3* db, const std::string& path);

// Counts this opening; the number is this opening's own for ever.
Result<int64_t> count_opening(sqlite3* db, const std::string& path);

// What SQLite's code means for a person: store_full, store_locked, store_corrupt, store_not_a_database, store_read_only, store_sync_failed,
// store_failed. Call right after the failure: it reads the connection's last error.
Error error_of(sqlite3* db, int code, const std::string& path);
// A row that cannot be.
Error damaged(const std::string& path);

}  // namespace tollgate
