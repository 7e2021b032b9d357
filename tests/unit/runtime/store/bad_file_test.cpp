// A file that cannot be the store: each with its own code, one line, and the file left as it was.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "tests/unit/runtime/store/sqlite_bench.h"

namespace tollgate::store_test {

namespace {

std::string refusal(const std::string& path) {
  auto opened = SqliteStore::open(path);
  if (opened.ok()) return "opened";
  CHECK(opened.error().message.find('\n') == std::string::npos);
  CHECK(opened.error().message.find(path) != std::string::npos);
  return opened.error().code;
}

void run_sql(const std::string& path, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

std::string bytes_of(const std::string& path) {
  std::stringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

// The exit code of `work`, run in a process of its own; `work` must not use Catch.
int in_child(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGABRT, SIG_DFL);   // without Catch's report of it
    _exit(work());
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

}  // namespace

TEST_CASE("a missing file is made private; a missing folder is not made") {
  const Folder folder;
  CHECK(refusal(folder.file("node.db")) == "opened");
  struct stat info {};
  REQUIRE(stat(folder.file("node.db").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK(refusal(folder.file("none/node.db")) == "store_no_folder");
  CHECK(refusal(folder.path()) != "opened");
  std::ofstream(folder.file("empty.db")).flush();   // what a crash at the very start leaves
  CHECK(refusal(folder.file("empty.db")) == "opened");
}

TEST_CASE("two nodes cannot share a store") {
  SqliteBench bench;
  CHECK(refusal(bench.path()) == "store_locked");
  CHECK(in_child([&] { auto o = SqliteStore::open(bench.path()); return !o.ok() && o.error().code == "store_locked" ? 0 : 1; }) == 0);
  CHECK(write(bench, put({procedure_of(1), 0})).kind == Kind::done);   // the refused ones disturbed nothing
}

TEST_CASE("files of others are refused and left as they are") {
  const Folder folder;
  const std::string text = folder.file("text"), other = folder.file("other.db"), newer = folder.file("newer.db");
  std::ofstream(text) << "dear diary, this is no database at all";
  CHECK(refusal(text) == "store_not_a_database");
  CHECK(bytes_of(text) == "dear diary, this is no database at all");
  run_sql(other, "CREATE TABLE t (x)");
  CHECK(refusal(other) == "store_not_ours");
  REQUIRE(refusal(newer) == "opened");
  run_sql(newer, "PRAGMA user_version = 99");
  CHECK(refusal(newer) == "store_newer");
}

TEST_CASE("a store of an older version is brought up to date, and keeps its events") {
  const int version = GENERATE(1, 2, 3);
  SqliteBench bench;
  const ProcedureRecord r = procedure_of(1);
  Commit c = put({r, 0});
  c.events = {{r.id, 1, 0, 5, "accepted", "{}", "tape"}, {r.id, 1, 1, 6, "state", "{\"a\":1}"}};
  REQUIRE(write(bench, c).kind == Kind::done);
  const Folder folder;
  const std::string old = folder.file("old.db");
  run_sql(bench.path(), ("VACUUM INTO '" + old + "'").c_str());
  run_sql(old, "DROP TABLE order_claim; DROP TABLE source_claim; PRAGMA user_version = 3");
  if (version <= 2) run_sql(old, "DROP TABLE user_value; PRAGMA user_version = 2");
  if (version == 1) run_sql(old, "DROP TABLE tape; PRAGMA user_version = 1");
  CHECK(SqliteStore::open_to_read(old).error().code == "store_older");
  auto store = SqliteStore::open(old);
  REQUIRE(store.ok());
  const auto events = (*store)->events(r.id).value();
  REQUIRE(events.size() == 2);
  CHECK(events[0].kind == "accepted");
  CHECK(events[0].tape == (version == 1 ? "" : "tape"));   // the first version had no tapes
  CHECK((events[1].detail == "{\"a\":1}" && events[1].at_us == 6));
  store.value().reset();
  run_sql(old, "INSERT INTO user_value VALUES ('mtn_ug', 'u', 'token', 'v', 0)");
  run_sql(old, "INSERT INTO order_claim VALUES ('shop', 'charge', 'o', x'00')");
  CHECK(refusal(old) == "opened");
}

TEST_CASE("a store is read beside the node that runs on it") {
  SqliteBench bench;
  REQUIRE(write(bench, put({procedure_of(1), 0})).kind == Kind::done);
  auto beside = SqliteStore::open_to_read(bench.path());
  REQUIRE(beside.ok());
  CHECK((*beside)->procedure(procedure_of(1).id).value().has_value());
  REQUIRE(write(bench, put({procedure_of(2), 0})).kind == Kind::done);   // neither disturbs the other
  CHECK((*beside)->procedure(procedure_of(2).id).value().has_value());
  CommitResult refused;
  (*beside)->submit(put({procedure_of(3), 0}), [&](const CommitResult& result) { refused = result; });
  (*beside)->poll();
  CHECK(refused.kind == Kind::failed);
  CHECK(refused.error.code == "store_read_only");
  const Folder folder;
  CHECK(!SqliteStore::open_to_read(folder.file("none.db")).ok());
  run_sql(folder.file("other.db"), "CREATE TABLE t (x)");
  CHECK(SqliteStore::open_to_read(folder.file("other.db")).error().code == "store_not_ours");
}
TEST_CASE("damage is found, and never crashes") {
  const Folder folder;
  const std::string path = folder.file("node.db");
  REQUIRE(refusal(path) == "opened");
  const std::string whole = bytes_of(path);
  const auto with = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    return refusal(path);
  };
  CHECK(with(whole) == "opened");
  CHECK(with(whole.substr(0, whole.size() / 2)) == "store_corrupt");
  CHECK(with(whole.substr(0, 10)) == "store_not_a_database");
  std::string torn = whole;
  for (size_t i = 100; i < 4096; ++i) torn[i] = static_cast<char>(0x5a);
  CHECK(with(torn) == "store_corrupt");
  for (size_t at = 16; at < whole.size(); at += 97) {   // whatever the byte, an answer and no crash
    std::string bad = whole;
    bad[at] = static_cast<char>(bad[at] ^ 0xff);
    with(bad);
  }
  with(whole);
  run_sql(path, "DROP INDEX procedure_open");
  CHECK(refusal(path) == "store_corrupt");
}

TEST_CASE("a row that cannot be is an error of its read") {
  SqliteBench bench;
  REQUIRE(write(bench, put({procedure_of(1), 0})).kind == Kind::done);
  run_sql(bench.path(), "UPDATE procedure SET state = 200");
  const auto read = bench.store().procedure(id_of(1));
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == "store_corrupt");
}

TEST_CASE("a folder that is read only is said to be") {
  if (geteuid() != 0) return;   // it takes a user to whom the folder is closed
  const Folder folder;
  chmod(folder.path().c_str(), 0755);
  CHECK(in_child([&] {
          if (setuid(65534) != 0) return 2;
          auto opened = SqliteStore::open(folder.file("node.db"));
          return !opened.ok() && opened.error().code == "store_read_only" ? 0 : 1;
        }) == 0);
}

TEST_CASE("when the disk takes no more, commits fail, nothing is lost, and they succeed once there is room") {
  // A limit on the size of files stands for the full disk: the same write of the log fails, with EFBIG instead of ENOSPC, which SQLite calls an
  // error of the disk (store_failed) and not a full one (store_full).
  const Folder folder;
  const std::string path = folder.file("node.db");
  const int outcome = in_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    auto store = SqliteStore::open(path);
    if (!store.ok()) return 2;
    const auto commit_one = [&](uint32_t n) {
      CommitResult out;
      bool done = false;
      ProcedureRecord r = procedure_of(n);
      r.frame.assign(20'000, 'f');
      (*store)->submit(put({r, 0}), [&](const CommitResult& result) { out = result; done = true; });
      while (!done) { usleep(200); (*store)->poll(); }
      return out;
    };
    const auto room = [](rlim_t bytes) { const rlimit limit{bytes, RLIM_INFINITY}; return setrlimit(RLIMIT_FSIZE, &limit) == 0; };
    const auto no_room = [](const CommitResult& r) { return r.error.code == "store_full" || r.error.code == "store_failed"; };
    if (!room(400'000)) return 3;
    uint32_t n = 1;
    CommitResult result;
    while (n < 100 && (result = commit_one(n)).kind == Kind::done) ++n;
    if (n == 1 || n == 100 || result.kind != Kind::failed || !no_room(result)) return 4;
    if (!no_room(commit_one(n))) return 5;
    if (!room(RLIM_INFINITY)) return 6;
    if (commit_one(n).kind != Kind::done) return 7;
    return (*store)->open_procedures().value().size() == n ? static_cast<int>(100 + n) : 8;
  });
  CHECK(outcome > 100);
  auto store = SqliteStore::open(path);
  REQUIRE(store.ok());
  CHECK((*store)->open_procedures().value().size() == static_cast<size_t>(outcome - 100));
}

TEST_CASE("the ledger is append-only, and one reference belongs to one attempt") {
  SqliteBench bench;
  Commit c = put({procedure_of(2), 0});
  c.attempts = {{id_of(2), 1, "same", 0, "", kNone, "", 0, 0, 0, ""}};
  c.ledger = {{id_of(2), 1, "user", -1, 0, "UGX", 1}, {id_of(2), 1, "carrier:mtn_ug", 1, 0, "UGX", 1}};
  REQUIRE(write(bench, c).kind == Kind::done);
  Commit clash = put({procedure_of(4), 0});
  clash.attempts = {{id_of(4), 1, "same", 0, "", kNone, "", 0, 0, 0, ""}};
  std::vector<Kind> kinds;
  const auto note = [&](const CommitResult& r) { kinds.push_back(r.kind); };
  bench.store().submit(put({procedure_of(6), 0}), note);   // neighbours in the same group are untouched
  bench.store().submit(clash, note);
  bench.store().submit(put({procedure_of(8), 0}), note);
  bench.settle();
  CHECK(kinds == std::vector<Kind>{Kind::done, Kind::failed, Kind::done});
  CHECK_FALSE(bench.store().procedure(id_of(4)).value().has_value());
  CHECK(write(bench, clash).error.code == "store_duplicate_reference");
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(bench.path().c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, "UPDATE ledger SET amount = 5", nullptr, nullptr, nullptr) != SQLITE_OK);
  CHECK(sqlite3_exec(db, "DELETE FROM ledger", nullptr, nullptr, nullptr) != SQLITE_OK);
  sqlite3_close(db);
  Commit crooked;
  crooked.ledger = {{id_of(2), 1, "user", -1, 0, "UGX", 1}};
  CHECK(in_child([&] { bench.store().submit(crooked, nullptr); return 0; }) == 1000 + SIGABRT);
}

TEST_CASE("a store whose file is deleted, moved or replaced under it takes nothing more") {
  const auto refused = [](SqliteBench& bench, const char* what) {
    INFO(what);
    CHECK(bench.sqlite().health().error().code == "store_gone");   // also while nothing is written
    const CommitResult result = write(bench, put({procedure_of(2), 0}));
    CHECK(result.kind == Kind::failed);
    CHECK(result.error.code == "store_gone");
    CHECK(result.error.message.find(bench.path()) != std::string::npos);
    CHECK(result.error.message.find('\n') == std::string::npos);
  };
  {
    SqliteBench bench;
    CHECK(write(bench, put({procedure_of(1), 0})).kind == Kind::done);
    CHECK(bench.sqlite().health().ok());
    REQUIRE(unlink(bench.path().c_str()) == 0);
    refused(bench, "deleted");
  }
  {
    SqliteBench bench;
    const std::string kept = bytes_of(bench.path());
    REQUIRE(rename(bench.path().c_str(), (bench.path() + ".old").c_str()) == 0);
    refused(bench, "moved");
    std::ofstream(bench.path(), std::ios::binary) << kept;
    refused(bench, "replaced");
    REQUIRE(rename((bench.path() + ".old").c_str(), bench.path().c_str()) == 0);
    CHECK(write(bench, put({procedure_of(2), 0})).error.code == "store_gone");   // what was lost meanwhile, nobody knows
  }
  {
    SqliteBench bench;
    REQUIRE(unlink((bench.path() + "-wal").c_str()) == 0);
    CHECK(write(bench, put({procedure_of(2), 0})).error.code == "store_gone");
  }
}

}  // namespace tollgate::store_test
