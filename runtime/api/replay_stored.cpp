#include "runtime/api/replay_stored.h"

#include "runtime/api/carriers.h"
#include "runtime/schedule/clocks.h"
#include "runtime/store/sqlite_store.h"
#include "runtime/store/vault.h"

namespace tollgate {
namespace {

// A replay meets no world: whatever would reach for one is a bug.
class NoLinks final : public Links {
 public:
  void send(uint64_t, Request) override { TG_CHECK(false, "a replay sends nothing"); }
};
class NoAlarm final : public Alarm {
 public:
  void wake_at(int64_t) override {}
};
class NoObserver final : public Observer {
 public:
  void event(std::string_view, const EventRecord&) override {}
  void trouble(std::string_view, const Error&) override {}
};

}  // namespace

Result<StoredReplay> replay_stored(const NodeConfig& config, const ProcedureId& id, std::shared_ptr<const Program> instead) {
  auto vault = KeyVault::load(config.key_file, config.previous_key_file);
  if (!vault.ok()) return std::move(vault).error();
  auto store = SqliteStore::open_to_read(config.store);
  if (!store.ok()) return std::move(store).error();
  SystemClock clock;
  SystemRandom random;
  NoLinks links;
  NoAlarm alarm;
  NoObserver observer;
  EngineOptions options;
  options.public_url = config.public_url;
  Engine engine(Ports{&clock, &random, store.value().get(), &links, vault.value().get(), &observer, &alarm}, options);
  if (auto added = add_carriers(engine, config); !added.ok()) return std::move(added).error();
  auto report = engine.replay(id, std::move(instead));
  if (!report.ok()) return std::move(report).error();
  auto record = (*store)->procedure(id);
  if (!record.ok()) return std::move(record).error();
  return StoredReplay{**record, std::move(report).value()};
}

}  // namespace tollgate
