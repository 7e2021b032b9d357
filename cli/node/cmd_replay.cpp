#include <fmt/format.h>

#include <cstdio>

#include "cli/node/command.h"
#include "cli/node/modules.h"
#include "runtime/api/replay_stored.h"

namespace tollgate::cli {
namespace {

// "11:07:49.304", UTC.
std::string clock_text(int64_t at_us) {
  const int64_t ms = at_us / 1000 % 86'400'000;
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
}

void print(const StoredReplay& replay, bool with_bytes) {
  const ReplayReport& report = replay.report;
  fmt::print("{} {} of {}: {}\n", replay.procedure.action, to_text(replay.procedure.id), replay.procedure.carrier, state_name(replay.procedure.state));
  if (report.began_with == report.played_on) fmt::print("on its own definition {}\n", hex(report.began_with).substr(0, 12));
  else fmt::print("on definition {}; it began with {}\n", hex(report.played_on).substr(0, 12), hex(report.began_with).substr(0, 12));
  size_t differ = 0;
  for (const ReplayItem& item : report.items) {
    fmt::print("  {}  {}: {}\n", clock_text(item.at_us), item.what, item.difference.empty() ? "same" : item.difference);
    if (item.difference.empty()) continue;
    ++differ;
    if (with_bytes && !item.was.empty()) fmt::print("--- left\n{}\n--- would leave\n{}\n---\n", item.was, item.is);
  }
  if (report.items.empty()) fmt::print("nothing was recorded: it has sent nothing yet\n");
  else if (differ == 0) fmt::print("{} requests, {} moments: every byte the same\n", report.requests, report.items.size());
  else fmt::print("{} of {} moments differ\n", differ, report.items.size());
}

}  // namespace

int node_replay(const NodeArguments& arguments) {
  auto fail = [](const Error& error) {
    fmt::print(stderr, "tollgate replay: {}\n", error.message);
    return kNodeTrouble;
  };
  const ModulesFolder folder(arguments);
  const auto id = arguments.words.size() == 2 ? parse_procedure_id(arguments.words[1]) : std::nullopt;
  if (!id) {
    fmt::print(stderr, "tollgate replay: name a configuration file and the id of a procedure (32 hex characters)\n");
    return kNodeUsage;
  }
  auto config = load_config(arguments.words[0]);
  if (!config.ok()) return fail(config.error());
  std::vector<std::shared_ptr<const Program>> changed;
  if (arguments.options.count("made-modules") != 0) {
    auto loaded = load_modules(folder.path());
    if (!loaded.ok()) return fail(loaded.error());
    changed = std::move(loaded).value();
  }
  // Of several carriers in the named files the procedure's own is meant; its name is known once the first replay has found the record.
  std::optional<Error> last;
  if (changed.empty()) changed.push_back(nullptr);
  for (const auto& program : changed) {
    auto replay = replay_stored(config.value(), *id, program);
    if (!replay.ok()) {
      last = replay.error();
      continue;
    }
    if (program != nullptr && program->carrier() != replay->procedure.carrier) continue;
    print(*replay, arguments.options.count("bytes") != 0);
    return replay->report.same() ? kNodeDone : kNodeFindings;
  }
  return fail(last.value_or(Error{"carrier_unknown", "none of the carriers named is the procedure's"}));
}

}  // namespace tollgate::cli
