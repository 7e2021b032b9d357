// CommitWriter: a group of Commits into one transaction, each whole or not at all. Runs on the writer's thread only, on a connection of its own.
//
// The quick way takes no savepoints: every Commit is checked by what its first statements find, before anything of it is written. Should one
// fail later all the same (a reference that another attempt has), the group is undone and run again, the careful way, a savepoint for each.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "runtime/ports/ports.h"
#include "runtime/store/database.h"
#include "runtime/store/statement.h"

namespace tollgate {

class CommitWriter {
 public:
  // `db` must outlive this. Check ready() before use.
  CommitWriter(sqlite3* db, std::string path, int64_t opening);
  Status ready() const;

  // One result for each Commit, in order. When the transaction itself fails, all results are `failed` and nothing was changed; after a failed
  // sync (store_sync_failed) nobody knows what the disk has, so every later group fails too, until the store is opened again.
  std::vector<CommitResult> write(std::span<const Commit* const> group);

 private:
  using Kind = CommitResult::Kind;
  enum class Outcome : uint8_t { settled, half_written, broken };   // half_written: undo this Commit; broken: undo the transaction

  Outcome write_group(std::span<const Commit* const> group, bool careful, std::vector<CommitResult>& results, Error& error);
  Outcome write_one(const Commit& commit, bool careful, CommitResult& result);
  Outcome apply(const Commit& commit, CommitResult& result);
  Outcome put(const Commit::Put& put, CommitResult& result);
  int insert(const ProcedureRecord& record);
  int update(const ProcedureRecord& record);
  Outcome check_put(const Commit::Put& put, CommitResult& result);
  Outcome check_claim(const Commit::Put& put, CommitResult& result);
  Outcome check_source(const Commit::Put& put, CommitResult& result);
  int write_claim(const Commit::Put& put);
  Outcome check_callback(const CallbackRecord& callback, CommitResult& result);
  Outcome put_attempt(const Commit& commit, const AttemptRecord& attempt, CommitResult& result);
  Outcome write_rows(const Commit& commit, CommitResult& result);
  Outcome write_states(const Commit& commit, CommitResult& result);
  Outcome trouble(int code, CommitResult& result);
  Outcome broken(int code, CommitResult& result);
  static Outcome fail(CommitResult& result, Error error);

  sqlite3* db_;
  std::string path_;
  int64_t next_row_;
  bool broken_ = false;      // a sync failed
  int failed_ = 0;           // must come before the statements: they report here
  Statement begin_, commit_, rollback_, savepoint_, release_, undo_;
  Statement insert_procedure_, update_open_, update_any_, select_by_key_, select_version_, select_carrier_;
  Statement put_attempt_, add_event_, add_tape_, add_ledger_, put_timer_, drop_timer_, select_callback_, put_callback_, add_case_, add_outbox_, put_counter_,
      put_user_value_, select_holder_, select_source_, select_claimants_, put_order_, add_claimant_;
};

}  // namespace tollgate
