// A SqliteStore in a folder of its own, removed at the end.
#pragma once

#include <poll.h>
#include <stdlib.h>

#include <filesystem>

#include "runtime/store/sqlite_store.h"
#include "tests/unit/runtime/store/conformance.h"

namespace tollgate::store_test {

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/tollgate-store-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Waits for one wake-up, at most ten seconds, and polls.
inline void wait_and_poll(SqliteStore& store) {
  pollfd waiting{store.wake_fd(), POLLIN, 0};
  REQUIRE(::poll(&waiting, 1, 10'000) == 1);
  store.poll();
}

class SqliteBench : public Bench {
 public:
  explicit SqliteBench(SqliteOptions options = {}) : options_(options) { reopen(); }
  Store& store() override { return *store_; }
  SqliteStore& sqlite() { return *store_; }
  // An empty commit comes last: when it is answered, all are.
  void settle() override {
    bool last = false;
    store_->submit(Commit{}, [&](const CommitResult&) { last = true; });
    while (!last) wait_and_poll(*store_);
  }
  void reopen() override {
    store_.reset();
    auto opened = SqliteStore::open(path(), options_);
    if (!opened.ok()) FAIL(opened.error().message);
    store_ = std::move(opened).value();
  }
  std::string path() const { return folder_.file("node.db"); }

 private:
  Folder folder_;
  SqliteOptions options_;
  std::unique_ptr<SqliteStore> store_;
};

}  // namespace tollgate::store_test
