#include "runtime/api/carriers.h"

#include <fmt/format.h>

#include "runtime/api/private_file.h"
#include "runtime/load/program.h"

namespace tollgate {

Result<size_t> add_carriers(Engine& engine, const NodeConfig& config) {
  std::map<std::string, std::string> loaded;   // carrier -> the file it came from
  for (const std::string& path : config.modules) {
    const auto bytes = read_file(path, kModuleFileMax, Privacy::any);
    if (!bytes.ok()) return Error(bytes.error()).within("cannot load a carrier");
    auto program = Program::load(*bytes);
    if (!program.ok()) return std::move(program).error().within("cannot load " + path);
    const std::string name((*program)->carrier());
    if (const auto [at, fresh] = loaded.emplace(name, path); !fresh) return Error{"carrier_twice", fmt::format("carrier {} is in {} and in {}", name, at->second, path)};
    const auto settings = config.carriers.find(name);
    if (Status s = engine.add(*program, settings == config.carriers.end() ? std::map<std::string, std::string>{} : settings->second); !s.ok())
      return std::move(s).error().within(fmt::format("{}: carriers.{}.settings", config.file, name));
  }
  for (const auto& [name, settings] : config.carriers)
    if (!loaded.contains(name)) return Error{"carrier_unknown", fmt::format("{}: carriers.{}: none of the modules is this carrier", config.file, name)};
  return loaded.size();
}

}  // namespace tollgate
