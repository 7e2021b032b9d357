#include "runtime/store/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "runtime/store/schema.h"
#include "runtime/store/statement.h"

namespace tollgate {

namespace {

constexpr std::string_view kMagic("SQLite format 3\0", 16);
constexpr int kBusyMs = 2000;                              // a foreign reader (a backup, a shell) may hold the file this long
constexpr int64_t kCheckedBytesMax = 64ll * 1024 * 1024;   // a larger file is not read whole at opening; damage is then found when met

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Error cannot_open(const std::string& path, int why) {
  const std::string folder = folder_of(path);
  if (why == ENOENT || why == ENOTDIR) return {"store_no_folder", fmt::format("the store {} cannot be made: there is no folder {}", path, folder)};
  if (why == EACCES || why == EPERM || why == EROFS) {
    return {"store_read_only", fmt::format("the store {} cannot be written: {} (the file and its folder must be writable)", path, std::strerror(why))};
  }
  if (why == ENOSPC || why == EDQUOT) return {"store_full", fmt::format("the store {} cannot be made: the disk is full", path)};
  return {"store_cannot_open", fmt::format("the store {} cannot be opened: {}", path, std::strerror(why))};
}

Error corrupt(const std::string& path, std::string_view what) {
  return {"store_corrupt", fmt::format("the store {} is damaged ({}); restore it from a backup", path, what)};
}

// Runs SQL that gives at most one value; `value` is left alone when there is none.
int ask(sqlite3* db, const char* sql, int64_t& value) {
  int failed = SQLITE_OK;
  Statement statement(db, sql, failed);
  if (failed != SQLITE_OK) return failed;
  const int rc = statement.step();
  if (rc == SQLITE_ROW) value = statement.i64(0);
  return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

// The whole schema as one text, to compare with another.
int read_schema(sqlite3* db, std::string& out) {
  int failed = SQLITE_OK;
  Statement select(db, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name", failed);
  if (failed != SQLITE_OK) return failed;
  int rc = SQLITE_ROW;
  while ((rc = select.step()) == SQLITE_ROW) out += fmt::format("{} {} {}\n", select.bytes(0), select.bytes(1), select.bytes(2));
  return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

std::string our_schema() {
  sqlite3* raw = nullptr;
  TG_CHECK(sqlite3_open(":memory:", &raw) == SQLITE_OK, "no memory for a schema");
  const Connection db(raw);
  TG_CHECK(sqlite3_exec(db.get(), kSchema, nullptr, nullptr, nullptr) == SQLITE_OK, "the schema does not parse");
  std::string text;
  TG_CHECK(read_schema(db.get(), text) == SQLITE_OK, "the schema cannot be read back");
  return text;
}

Status make_schema(sqlite3* db, const std::string& path) {
  const std::string sql = fmt::format("BEGIN IMMEDIATE; {} PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT;", kSchema, kStoreApplicationId,
                                      kSchemaVersion);
  const int rc = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
  if (rc == SQLITE_OK) return Done{};
  Error error = error_of(db, rc, path);
  if (sqlite3_get_autocommit(db) == 0) sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr);
  return error;
}

// From `version` to ours, in one transaction: a crash leaves the old file or the new one.
Status raise_schema(sqlite3* db, const std::string& path, int64_t version) {
  std::string steps;
  for (int64_t v = version; v < kSchemaVersion; ++v) steps += kSchemaSteps[v - 1];
  const std::string sql = fmt::format("BEGIN IMMEDIATE; {} PRAGMA user_version = {}; COMMIT;", steps, kSchemaVersion);
  const int rc = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
  if (rc == SQLITE_OK) return Done{};
  Error error = (rc & 0xff) == SQLITE_ERROR ? corrupt(path, "its tables are not those of its schema's version") : error_of(db, rc, path);
  if (sqlite3_get_autocommit(db) == 0) sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr);
  return error;
}
Status check_pages(sqlite3* db, const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || info.st_size > kCheckedBytesMax) return Done{};
  int failed = SQLITE_OK;
  Statement check(db, "PRAGMA quick_check(1)", failed);
  if (failed != SQLITE_OK) return error_of(db, failed, path);
  const int rc = check.step();
  if (rc != SQLITE_ROW) return error_of(db, rc, path);
  std::string said = check.bytes(0);
  if (said == "ok") return Done{};
  for (char& c : said) {
    if (c == '\n') c = ' ';
  }
  return corrupt(path, said);
}

}  // namespace

FileClaim::~FileClaim() {
  if (fd_ >= 0) close(fd_);
}

Result<FileClaim> claim_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return cannot_open(path, errno);
  FileClaim claim(fd);
  struct stat info {};
  if (fstat(fd, &info) != 0) return cannot_open(path, errno);
  if (!S_ISREG(info.st_mode)) return Error{"store_not_a_database", fmt::format("{} is not a regular file, so it is no store", path)};
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cannot_open(path, errno);
    return Error{"store_locked", fmt::format("the store {} is in use by another process; two nodes cannot share one store", path)};
  }
  if (info.st_size == 0) return claim;   // new, or a crash left it so
  char head[16] = {};
  const ssize_t got = pread(fd, head, sizeof head, 0);
  if (got != static_cast<ssize_t>(sizeof head) || std::string_view(head, sizeof head) != kMagic) {
    return Error{"store_not_a_database", fmt::format("{} is not a database, so it is no store; it was left as it is", path)};
  }
  return claim;
}

std::optional<OpenFiles::Identity> OpenFiles::identity_of(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  return Identity{info.st_dev, info.st_ino};
}

OpenFiles OpenFiles::of(const FileClaim& claim, const std::string& path) {
  OpenFiles out;
  struct stat info {};
  if (fstat(claim.fd(), &info) == 0) out.file_ = {info.st_dev, info.st_ino};
  out.log_ = identity_of(path + "-wal");
  return out;
}

Status OpenFiles::check(const std::string& path) const {
  const auto same = [](const std::string& name, const Identity& was) -> Status {
    errno = 0;
    const std::optional<Identity> is = identity_of(name);
    if (is == was) return Done{};
    if (!is && errno != ENOENT && errno != ENOTDIR) return Error{"store_failed", fmt::format("the store's file {} cannot be looked at: {}", name, std::strerror(errno))};
    const std::string_view what = is ? "replaced by another" : "deleted or moved";
    return Error{"store_gone", fmt::format("the store's file {} was {} while the node runs on it; nothing more is recorded or sent: stop the node, put the file back, start again", name, what)};
  };
  if (Status file = same(path, file_); !file.ok()) return file;
  return log_ ? same(path + "-wal", *log_) : Status(Done{});
}

Result<Connection> connect(const std::string& path, Access access) {
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection db(raw);
  if (db == nullptr) return Error{"store_failed", fmt::format("the store {} cannot be opened: out of memory", path)};
  if (opened != SQLITE_OK) return error_of(db.get(), opened, path);
  sqlite3_extended_result_codes(db.get(), 1);
  sqlite3_busy_timeout(db.get(), kBusyMs);
  // FULL: a commit that was acknowledged survives a power cut. secure_delete only costs: what is private is sealed before it comes here. The log
  // may grow to 32 MiB before it is folded back: a page that changes often is then written once for many commits.
  const char* settings = access == Access::write
      ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8192; PRAGMA journal_size_limit = 67108864;"
        "PRAGMA secure_delete = 0; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1"
      : "PRAGMA query_only = 1; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1";
  const int rc = sqlite3_exec(db.get(), settings, nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK) return error_of(db.get(), rc, path);
  return db;
}

namespace {

Status check_ours(const std::string& path, int64_t application, int64_t version) {
  if (application != kStoreApplicationId) {
    return Error{"store_not_ours", fmt::format("{} is a database of another program, so it is no store; it was left as it is", path)};
  }
  if (version > kSchemaVersion) {
    return Error{"store_newer", fmt::format("the store {} has schema {}, made by a newer tollgate; this one knows {}", path, version, kSchemaVersion)};
  }
  return Done{};
}

}  // namespace

Status check_readable(sqlite3* db, const std::string& path) {
  int64_t application = 0, version = 0;
  int rc = ask(db, "PRAGMA application_id", application);
  if (rc == SQLITE_OK) rc = ask(db, "PRAGMA user_version", version);
  if (rc != SQLITE_OK) return error_of(db, rc, path);
  if (Status ours = check_ours(path, application, version); !ours.ok()) return ours;
  if (version < kSchemaVersion) return Error{"store_older", fmt::format("the store {} has schema {}, older than this program's; a node of this version brings it up to date", path, version)};
  return Done{};
}

Status check_schema(sqlite3* db, const std::string& path) {
  int64_t application = 0, version = 0, tables = 0;
  int rc = ask(db, "PRAGMA application_id", application);
  if (rc == SQLITE_OK) rc = ask(db, "PRAGMA user_version", version);
  if (rc == SQLITE_OK) rc = ask(db, "SELECT count(*) FROM sqlite_schema", tables);
  if (rc != SQLITE_OK) return error_of(db, rc, path);
  if (application == 0 && version == 0 && tables == 0) return make_schema(db, path);
  if (Status ours = check_ours(path, application, version); !ours.ok()) return ours;
  if (version >= 1 && version < kSchemaVersion) {
    if (Status raised = raise_schema(db, path, version); !raised.ok()) return raised;
    version = kSchemaVersion;
  }
  std::string schema;
  rc = read_schema(db, schema);
  if (rc != SQLITE_OK) return error_of(db, rc, path);
  if (version < 1 || schema != our_schema()) return corrupt(path, "its tables are not those of its schema's version");
  return check_pages(db, path);
}

Result<int64_t> count_opening(sqlite3* db, const std::string& path) {
  int64_t times = 0;
  const int rc = ask(db, "UPDATE opened SET times = times + 1 RETURNING times", times);
  if (rc != SQLITE_OK) return error_of(db, rc, path);
  if (times < 1 || times >= int64_t{1} << (62 - kRowBits)) return corrupt(path, "the count of its openings");
  return times;
}

Error damaged(const std::string& path) { return corrupt(path, "a row holds what no version of this program writes"); }

Error error_of(sqlite3* db, int code, const std::string& path) {
  const int host = sqlite3_system_errno(db);
  const bool full = (code & 0xff) == SQLITE_FULL || host == ENOSPC || host == EDQUOT || host == EFBIG;
  if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) {
    return {"store_sync_failed", fmt::format("the disk of the store {} did not confirm a write; restart the node once the disk is well", path)};
  }
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
      if (full) return {"store_full", fmt::format("the store {} has no room: the disk is full; nothing was changed", path)};
      return {"store_failed", fmt::format("the store {} met an error of its disk: {}", path, host == 0 ? sqlite3_errmsg(db) : std::strerror(host))};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {"store_locked", fmt::format("the store {} is locked by another process", path)};
    case SQLITE_CORRUPT:
      return corrupt(path, sqlite3_errmsg(db));
    case SQLITE_NOTADB:
      return {"store_not_a_database", fmt::format("{} is not a database, so it is no store", path)};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {"store_read_only", fmt::format("the store {} cannot be written: the file and its folder must be writable", path)};
    case SQLITE_CANTOPEN:
      return cannot_open(path, host == 0 ? EACCES : host);
    default:
      return {"store_failed", fmt::format("the store {} failed: {}", path, sqlite3_errmsg(db))};
  }
}

}  // namespace tollgate
