// SqliteStore: the Store in one SQLite file (WAL, synchronous=FULL). One thread writes, back to back: whatever was submitted while the last
// transaction synced goes into the next, so a slower disk makes larger groups and not longer queues.
//
//   auto store = SqliteStore::open("/var/lib/tollgate/node.db");
//   if (!store.ok()) … store.error().message …
//   (*store)->submit(commit, done);           // returns at once
//   … epoll on (*store)->wake_fd(), then (*store)->poll(), which runs `done`.
//
// Everything here is called from one thread, the engine's. Two nodes never share a file: the second open fails.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "runtime/ports/ports.h"
#include "runtime/store/commit_writer.h"
#include "runtime/store/database.h"
#include "runtime/store/record_reader.h"

namespace tollgate {

struct SqliteOptions {
  uint32_t group_max = 1024;     // commits in one transaction, at least 1
  uint32_t queue_max = 262144;   // commits submitted and not yet written; one more fails with store_busy
};

class SqliteStore : public Store {
 public:
  // A missing file is made (mode 0600). Errors, each one line: see claim_file, connect and check_schema in database.h.
  static Result<std::unique_ptr<SqliteStore>> open(const std::string& path, SqliteOptions options = {});
  // To read beside a node that runs on it, or without one: nothing is claimed, made or brought up to date, and every submit fails. Errors as of open();
  // store_older: a node of this version must open it once.
  static Result<std::unique_ptr<SqliteStore>> open_to_read(const std::string& path);
  // Writes what is queued, then closes. A `done` that poll() has not run by then never runs.
  ~SqliteStore() override;

  // Readable while poll() has something to run. Owned by the store.
  int wake_fd() const { return wake_fd_; }

  // Whether it takes commits, as far as is known: the last one that was written, or failed for a reason of the disk, and whether the path still names
  // the file. What failed is well again as soon as a commit succeeds, except store_gone and store_sync_failed, which a new start ends.
  Status health() const;

  void submit(Commit commit, Done done) override;
  void poll() override;
  Result<std::optional<ProcedureRecord>> procedure(const ProcedureId& id) override;
  Result<std::optional<ProcedureRecord>> procedure_by_key(std::string_view tenant, std::string_view key) override;
  // By id, which is by creation. A filter by user is an Error (store_no_users), and so is an `after` that is no id (store_bad_query).
  Result<std::vector<ProcedureRecord>> find(const Query& query) override;
  Result<std::vector<ProcedureRecord>> open_procedures() override;
  Result<std::vector<AttemptRecord>> attempts(const ProcedureId& id) override;
  Result<std::optional<std::pair<ProcedureId, uint32_t>>> attempt_by_reference(std::string_view carrier, std::string_view reference) override;
  Result<std::vector<EventRecord>> events(const ProcedureId& id) override;
  Result<std::vector<LedgerRecord>> ledger(const ProcedureId& id) override;
  Result<std::vector<TimerRecord>> timers() override;
  Result<std::vector<CallbackRecord>> parked(std::string_view carrier, std::string_view callback, std::string_view key) override;
  Result<std::optional<CallbackRecord>> callback_by_fingerprint(std::string_view carrier, const Hash& fingerprint) override;
  Result<std::vector<CaseRecord>> cases() override;
  Result<std::vector<CaseRow>> find_cases(const CaseQuery& query) override;
  Result<std::vector<CounterRecord>> counters() override;
  Result<std::optional<UserValueRecord>> user_value(std::string_view carrier, std::string_view user, std::string_view name) override;

  struct Parts;
  SqliteStore(std::unique_ptr<Parts> parts, SqliteOptions options, int wake_fd);   // use open()

 private:
  struct Work { Commit commit; Done done; CommitResult result; bool refused = false; };

  void run_writer();
  void write_group(std::deque<Work>& group);
  bool files_there();

  std::unique_ptr<Parts> parts_;
  const SqliteOptions options_;
  const int wake_fd_;
  bool polling_ = false;
  std::optional<Error> trouble_;   // of the last commit whose `done` has run
  std::optional<Error> gone_;      // the writer's own

  std::mutex mutex_;               // guards the four below
  std::condition_variable work_;
  std::deque<Work> queue_;         // submitted
  std::deque<Work> finished_;      // written, `done` to be run
  bool stopping_ = false;

  std::thread writer_;             // last: it uses everything above
};

}  // namespace tollgate
