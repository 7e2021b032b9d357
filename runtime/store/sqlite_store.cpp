#include "runtime/store/sqlite_store.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <limits>
#include <map>

namespace tollgate {

// In this order: connections go before the claim, statements before their connection.
struct SqliteStore::Parts {
  FileClaim claim;
  std::string path;
  Connection write_db, read_db;
  std::unique_ptr<CommitWriter> writer;
  std::unique_ptr<RecordReader> reader;
  OpenFiles files{};
};

namespace {

constexpr uint8_t kScaleMax = 18;

// Double entry: what one Commit posts sums to zero in each currency. A sum that does not is a bug of whoever made the Commit.
void check_balanced(const std::vector<LedgerRecord>& rows) {
  std::map<std::string_view, __int128> sums;
  for (const LedgerRecord& row : rows) {
    TG_CHECK(row.scale <= kScaleMax, "a ledger row of an impossible scale");
    __int128 amount = row.amount;
    for (int i = row.scale; i < kScaleMax; ++i) amount *= 10;
    sums[row.currency] += amount;
  }
  for (const auto& [currency, sum] : sums) TG_CHECK(sum == 0, "ledger rows of one commit that do not sum to zero");
}

// Whether a commit failed because of the store, and not because of what is in it.
bool about_store(std::string_view code) { return code != "store_no_procedure" && code != "store_duplicate_reference" && code != "store_busy"; }

void check_possible(const Commit& commit) {
  for (const Commit::Put& put : commit.procedures) {
    TG_CHECK(static_cast<int>(put.record.state) < kStateCount, "a procedure in a state outside states.def");
    TG_CHECK(put.record.version > 0, "a procedure of version 0");
  }
  if (!commit.ledger.empty()) check_balanced(commit.ledger);
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path, SqliteOptions options) {
  TG_CHECK(options.group_max > 0, "a store that may write nothing");
  auto claim = claim_file(path);
  if (!claim.ok()) return std::move(claim).error();
  auto parts = std::make_unique<Parts>(Parts{std::move(claim).value(), path, nullptr, nullptr, nullptr, nullptr});
  auto write_db = connect(path, Access::write);
  if (!write_db.ok()) return std::move(write_db).error();
  parts->write_db = std::move(write_db).value();
  if (Status checked = check_schema(parts->write_db.get(), path); !checked.ok()) return std::move(checked).error();
  const auto opening = count_opening(parts->write_db.get(), path);
  if (!opening.ok()) return opening.error();
  parts->files = OpenFiles::of(parts->claim, path);
  auto read_db = connect(path, Access::read);
  if (!read_db.ok()) return std::move(read_db).error();
  parts->read_db = std::move(read_db).value();
  parts->writer = std::make_unique<CommitWriter>(parts->write_db.get(), path, *opening);
  parts->reader = std::make_unique<RecordReader>(parts->read_db.get(), path);
  if (Status ready = parts->writer->ready(); !ready.ok()) return std::move(ready).error();
  if (Status ready = parts->reader->ready(); !ready.ok()) return std::move(ready).error();
  const int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) return Error{"store_cannot_open", std::string("the store has no wake-up: ") + std::strerror(errno)};
  return std::make_unique<SqliteStore>(std::move(parts), options, wake_fd);
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open_to_read(const std::string& path) {
  auto parts = std::make_unique<Parts>(Parts{FileClaim(-1), path, nullptr, nullptr, nullptr, nullptr});
  auto read_db = connect(path, Access::read);
  if (!read_db.ok()) return std::move(read_db).error();
  parts->read_db = std::move(read_db).value();
  if (Status ours = check_readable(parts->read_db.get(), path); !ours.ok()) return std::move(ours).error();
  parts->reader = std::make_unique<RecordReader>(parts->read_db.get(), path);
  if (Status ready = parts->reader->ready(); !ready.ok()) return std::move(ready).error();
  const int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) return Error{"store_cannot_open", std::string("the store has no wake-up: ") + std::strerror(errno)};
  return std::make_unique<SqliteStore>(std::move(parts), SqliteOptions{}, wake_fd);
}

SqliteStore::SqliteStore(std::unique_ptr<Parts> parts, SqliteOptions options, int wake_fd) : parts_(std::move(parts)), options_(options), wake_fd_(wake_fd) {
  if (parts_->writer) writer_ = std::thread([this] { run_writer(); });
}

SqliteStore::~SqliteStore() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  if (writer_.joinable()) writer_.join();
  close(wake_fd_);
}

void SqliteStore::submit(Commit commit, Done done) {
  check_possible(commit);
  bool idle = false;
  {
    std::lock_guard lock(mutex_);
    idle = queue_.empty();
    if (!parts_->writer) {
      finished_.emplace_back(Commit{}, std::move(done)).result.error = {"store_read_only", "the store was opened to be read"};
      return;
    }
    Work& work = queue_.emplace_back(std::move(commit), std::move(done));
    if (queue_.size() > options_.queue_max) {   // it keeps its place, so that answers come in order
      work.refused = true;
      work.commit = Commit{};
      work.result.error = {"store_busy", "too many commits wait for the disk; try again later"};
    }
  }
  if (idle) work_.notify_one();
}

void SqliteStore::run_writer() {
  std::deque<Work> group;
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    if (queue_.size() <= options_.group_max) {
      group.swap(queue_);
    } else {
      const auto end = queue_.begin() + options_.group_max;
      group.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
      queue_.erase(queue_.begin(), end);
    }
    lock.unlock();
    write_group(group);
    lock.lock();
    std::move(group.begin(), group.end(), std::back_inserter(finished_));
    group.clear();
    const uint64_t one = 1;
    TG_CHECK(write(wake_fd_, &one, sizeof one) == sizeof one, "the store's wake-up does not work");
  }
}

void SqliteStore::write_group(std::deque<Work>& group) {
  std::vector<const Commit*> commits;
  std::vector<Work*> owners;
  for (Work& work : group) {
    if (work.refused) continue;
    commits.push_back(&work.commit);
    owners.push_back(&work);
  }
  if (commits.empty()) return;
  // Looked at before, so that nothing goes into a file that is gone, and after, so that nothing is called durable that went with it.
  std::vector<CommitResult> results;
  if (files_there()) results = parts_->writer->write(commits);
  if (!files_there()) {
    results.assign(commits.size(), CommitResult{});
    for (CommitResult& result : results) result.error = *gone_;
  }
  TG_CHECK(results.size() == owners.size(), "a commit without its result");
  for (size_t i = 0; i < owners.size(); ++i) owners[i]->result = std::move(results[i]);
}

// False once and for ever: what was written into a file that is gone is not in the one that takes its place. Runs on the writer's thread.
bool SqliteStore::files_there() {
  if (gone_) return false;
  if (Status there = parts_->files.check(parts_->path); !there.ok() && there.error().code == "store_gone") gone_ = there.error();
  return !gone_;
}

Status SqliteStore::health() const {
  if (parts_->writer) {
    if (Status there = parts_->files.check(parts_->path); !there.ok()) return there;
  }
  if (trouble_) return *trouble_;
  return tollgate::Done{};
}

void SqliteStore::poll() {
  if (polling_) return;   // a `done` that polls: the loop below will come to the rest, in order
  uint64_t count = 0;
  if (read(wake_fd_, &count, sizeof count) < 0) TG_CHECK(errno == EAGAIN || errno == EINTR, "the store's wake-up cannot be read");
  std::deque<Work> ready;
  {
    std::lock_guard lock(mutex_);
    ready.swap(finished_);
  }
  polling_ = true;
  for (Work& work : ready) {
    if (work.result.kind == CommitResult::Kind::done) trouble_.reset();
    else if (work.result.kind == CommitResult::Kind::failed && about_store(work.result.error.code)) trouble_ = work.result.error;
    if (work.done) work.done(work.result);
  }
  polling_ = false;
}

Result<std::optional<ProcedureRecord>> SqliteStore::procedure(const ProcedureId& id) {
  return parts_->reader->one<ProcedureRecord>(parts_->reader->procedure, id);
}
Result<std::optional<ProcedureRecord>> SqliteStore::procedure_by_key(std::string_view tenant, std::string_view key) {
  return parts_->reader->one<ProcedureRecord>(parts_->reader->procedure_by_key, tenant, key);
}
Result<std::vector<ProcedureRecord>> SqliteStore::find(const Query& query) { return parts_->reader->find(query); }
Result<std::vector<ProcedureRecord>> SqliteStore::open_procedures() { return parts_->reader->all<ProcedureRecord>(parts_->reader->open_procedures); }
Result<std::vector<AttemptRecord>> SqliteStore::attempts(const ProcedureId& id) {
  return parts_->reader->all<AttemptRecord>(parts_->reader->attempts, id);
}
Result<std::optional<std::pair<ProcedureId, uint32_t>>> SqliteStore::attempt_by_reference(std::string_view carrier, std::string_view reference) {
  return parts_->reader->attempt_by_reference(carrier, reference);
}
Result<std::vector<EventRecord>> SqliteStore::events(const ProcedureId& id) { return parts_->reader->all<EventRecord>(parts_->reader->events, id); }
Result<std::vector<LedgerRecord>> SqliteStore::ledger(const ProcedureId& id) { return parts_->reader->all<LedgerRecord>(parts_->reader->ledger, id); }
Result<std::vector<TimerRecord>> SqliteStore::timers() { return parts_->reader->all<TimerRecord>(parts_->reader->timers); }
Result<std::vector<CallbackRecord>> SqliteStore::parked(std::string_view carrier, std::string_view callback, std::string_view key) {
  return parts_->reader->all<CallbackRecord>(parts_->reader->parked, carrier, callback, key);
}
Result<std::optional<CallbackRecord>> SqliteStore::callback_by_fingerprint(std::string_view carrier, const Hash& fingerprint) {
  return parts_->reader->one<CallbackRecord>(parts_->reader->callback, carrier, fingerprint);
}
Result<std::vector<CaseRecord>> SqliteStore::cases() { return parts_->reader->all<CaseRecord>(parts_->reader->cases); }
Result<std::vector<CaseRow>> SqliteStore::find_cases(const CaseQuery& query) {
  return parts_->reader->all<CaseRow>(parts_->reader->cases_of_tenant, query.tenant, query.after, query.limit);
}
Result<std::vector<CounterRecord>> SqliteStore::counters() { return parts_->reader->all<CounterRecord>(parts_->reader->counters); }

Result<std::optional<UserValueRecord>> SqliteStore::user_value(std::string_view carrier, std::string_view user, std::string_view name) {
  return parts_->reader->one<UserValueRecord>(parts_->reader->user_value, carrier, user, name);
}

}  // namespace tollgate
