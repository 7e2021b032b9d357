#include "runtime/api/carriers.h"

#include <fmt/format.h>

#include "runtime/api/private_file.h"
#include "runtime/load/program.h"

namespace tollgate {

namespace {

// A list where one value is meant would become one text with commas in it, and nobody would know which of its items is used.
Status check_lists(const Program& program, const NodeConfig& config, const std::string& carrier) {
  const auto lists = config.lists.find(carrier);
  if (lists == config.lists.end()) return Done{};
  const Module& module = program.module();
  for (const Setting& setting : module.settings) {
    const std::string name(module.text(setting.name));
    if (setting.many || setting.type.kind == Kind::list || !lists->second.contains(name)) continue;
    return Error{"setting_invalid", fmt::format("{}: carriers.{}.settings.{}: is a list, and carrier {} takes one value there", config.file, carrier, name, carrier)};
  }
  return Done{};
}

}  // namespace

Result<size_t> add_carriers(Engine& engine, const NodeConfig& config) {
  std::map<std::string, std::string> loaded;   // carrier -> the file it came from
  for (const std::string& path : config.modules) {
    const auto bytes = read_file(path, kModuleFileMax, Privacy::any);
    if (!bytes.ok()) return Error(bytes.error()).within("cannot load a carrier");
    auto program = Program::load(*bytes);
    if (!program.ok()) return std::move(program).error().within("cannot load " + path);
    const std::string name((*program)->carrier());
    if (const auto [at, fresh] = loaded.emplace(name, path); !fresh) return Error{"carrier_twice", fmt::format("carrier {} is in {} and in {}", name, at->second, path)};
    if (Status s = check_lists(**program, config, name); !s.ok()) return std::move(s).error();
    const auto settings = config.carriers.find(name);
    if (Status s = engine.add(*program, settings == config.carriers.end() ? std::map<std::string, std::string>{} : settings->second); !s.ok())
      return std::move(s).error().within(fmt::format("{}: carriers.{}.settings", config.file, name));
  }
  for (const auto& [name, settings] : config.carriers)
    if (!loaded.contains(name)) return Error{"carrier_unknown", fmt::format("{}: carriers.{}: none of the modules is this carrier", config.file, name)};
  return loaded.size();
}

}  // namespace tollgate
