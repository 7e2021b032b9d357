// Opening a store's file: who may, what it must be, and what to say when it is not.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
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
  int fd() const { return fd_; }

 private:
  int fd_;
};

// A file that is missing is made, with mode 0600; its folder is not. Errors: store_no_folder, store_read_only, store_locked (another node has
// it), store_not_a_database, store_cannot_open.
Result<FileClaim> claim_file(const std::string& path);

// Which files a store's path meant when it was opened. What goes into a file that was deleted or replaced since is gone with the next start, and the
// charges it tells of would be made again.
class OpenFiles {
 public:
  // Call once the log beside the file exists: after the first write.
  static OpenFiles of(const FileClaim& claim, const std::string& path);
  // Errors: store_gone (the path names nothing, or another file), store_failed (the system does not say). From any thread.
  Status check(const std::string& path) const;

 private:
  struct Identity { uint64_t device = 0, inode = 0; bool operator==(const Identity&) const = default; };
  static std::optional<Identity> identity_of(const std::string& path);
  Identity file_;
  std::optional<Identity> log_;   // nullopt: it could not be told
};

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
