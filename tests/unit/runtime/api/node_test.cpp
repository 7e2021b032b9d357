// Breaks if a node that cannot start leaves anything but one line that says why, holds on to its store or port afterwards, or does not stop when told.
#include "runtime/api/node.h"

#include <catch2/catch.hpp>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "runtime/api/digest.h"
#include "runtime/store/sqlite_store.h"
#include "runtime/store/vault.h"

using namespace tollgate;

namespace {

class Site {
 public:
  Site() {
    char name[] = "/tmp/tollgate-node-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    folder_ = name;
    REQUIRE(KeyVault::make_key(file("node.key")).ok());
  }
  ~Site() { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& name) const { return folder_ + "/" + name; }
  // A node without carriers: enough to start.
  NodeConfig config() const {
    NodeConfig c;
    c.file = "node.json";
    c.listen = "127.0.0.1:0";
    c.public_url = "http://127.0.0.1:1";
    c.store = file("node.db");
    c.key_file = file("node.key");
    c.tenants = {{"shop", sha256("shop-token-0123456789")}};
    c.log = LogLevel::off;
    return c;
  }

 private:
  std::string folder_;
};

// Why it does not start; one line.
Error trouble(NodeConfig config) {
  auto node = Node::start(std::move(config));
  if (node.ok()) return {"started", ""};
  CHECK(node.error().message.find('\n') == std::string::npos);
  CHECK_FALSE(node.error().message.empty());
  return node.error();
}

bool says(const Error& error, const std::string& word) { return error.message.find(word) != std::string::npos; }

}  // namespace

TEST_CASE("a node starts, says where it listens, and stops when told") {
  const Site place;
  auto node = Node::start(place.config());
  REQUIRE(node.ok());
  CHECK((*node)->address().starts_with("127.0.0.1:"));
  CHECK_FALSE((*node)->address().ends_with(":0"));
  CHECK((*node)->ready_line() == "listening on http://" + (*node)->address() + ", 0 carriers, 0 procedures open");
  std::thread stopper([&] { (*node)->stop(); });
  CHECK((*node)->run());
  stopper.join();
}

TEST_CASE("a node without the module of an open procedure listens, is not ready, and leaves the procedure as it is") {
  const Site place;
  ProcedureRecord open;
  open.id[0] = 7;
  open.tenant = "shop";
  open.idempotency_key = "k";
  open.carrier = "kopa";
  open.action = "charge";
  open.definition.fill(0xab);
  open.state = State::in_doubt;
  open.version = 1;
  open.frame = "sealed elsewhere";
  {
    auto store = SqliteStore::open(place.file("node.db"));
    REQUIRE(store.ok());
    Commit commit;
    commit.procedures.push_back({open, 0});
    bool done = false;
    (*store)->submit(std::move(commit), [&](const CommitResult& r) { done = r.kind == CommitResult::Kind::done; });
    for (int i = 0; i < 500 && !done; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      (*store)->poll();
    }
    REQUIRE(done);
  }
  auto node = Node::start(place.config());
  REQUIRE(node.ok());
  CHECK((*node)->ready_line() == "listening on http://" + (*node)->address() +
                                     ", 0 carriers, 1 procedures open; not ready: 1 open procedure waits: module abababababab of kopa is not loaded");
  std::thread stopper([&] { (*node)->stop(); });
  (*node)->run();
  stopper.join();
  node = Error{"gone", ""};
  auto store = SqliteStore::open(place.file("node.db"));
  REQUIRE(store.ok());
  const auto still = (*store)->open_procedures();
  REQUIRE(still.ok());
  REQUIRE(still->size() == 1);
  CHECK((*still)[0].state == State::in_doubt);
  CHECK((*still)[0].version == 1);
}

TEST_CASE("two nodes share neither store nor port") {
  const Site place, other;
  auto first = Node::start(place.config());
  REQUIRE(first.ok());
  const Error locked = trouble(place.config());
  CHECK(locked.code == "store_locked");
  NodeConfig same_port = other.config();
  same_port.listen = (*first)->address();
  CHECK(says(trouble(same_port), (*first)->address()));
  first = Error{"gone", ""};
  CHECK(trouble(place.config()).code == "started");   // and what the first one held is free
}

TEST_CASE("files that are missing or wrong are named") {
  const Site place;
  NodeConfig config = place.config();
  config.key_file = place.file("nothing.key");
  CHECK(says(trouble(config), "nothing.key"));
  config = place.config();
  config.store = place.file("nowhere/node.db");
  CHECK(trouble(config).code == "store_no_folder");
  config = place.config();
  config.modules = {place.file("nothing.tgm")};
  CHECK(says(trouble(config), "nothing.tgm"));
  config = place.config();
  config.modules = {place.file("damaged.tgm")};
  std::ofstream(place.file("damaged.tgm")) << "TGM, or not";
  CHECK(says(trouble(config), "damaged.tgm"));
  config = place.config();
  config.carriers["nobody"] = {};
  CHECK(trouble(config).code == "carrier_unknown");
  CHECK(trouble(place.config()).code == "started");   // none of them left anything in the way
}
