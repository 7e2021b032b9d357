#include "tests/unit/runtime/store/conformance.h"

#include "runtime/ports/fakes.h"
#include "tests/unit/runtime/store/sqlite_bench.h"

namespace tollgate::store_test {

namespace {

class MemoryBench : public Bench {
 public:
  Store& store() override { return store_; }
  void settle() override { store_.poll(); }
  void reopen() override {}

 private:
  MemoryStore store_;
};

}  // namespace

TEST_CASE("MemoryStore keeps the Store's promises") {
  conforms([] { return std::make_unique<MemoryBench>(); });
}

TEST_CASE("SqliteStore keeps the Store's promises") {
  conforms([] { return std::make_unique<SqliteBench>(); });
}

TEST_CASE("SqliteStore keeps the Store's promises, one commit in a transaction") {
  conforms([] { return std::make_unique<SqliteBench>(SqliteOptions{1, 1000}); });
}

}  // namespace tollgate::store_test
