// NodeConfig: the deployment file, the one file that tells a node who it is. JSON; nobody but its owner may read it, for it holds secrets or says where they are.
//
//   {
//     "listen": "127.0.0.1:8080",                    loopback unless you write otherwise
//     "public_url": "https://pay.example.com",       where carriers reach us; default, on loopback: http:// and `listen`
//     "store": "node.db", "key_file": "node.key",    relative paths are relative to this file
//     "modules": "modules",                          a folder, or a list of .tgm files
//     "tenants": [{"name": "shop", "token_sha256": "…"}, {"name": "web", "token_file": "web.token"}, {"name": "app", "token_env": "APP_TOKEN"}],
//     "carriers": {"mtn_ug": {"settings": {"base": "https://…", "key": {"env": "MTN_KEY"}, "secret": {"file": "mtn.secret"}, "from": ["10.0.0.1"]}}},
//     "limits": {"in_flight": 12000, "connections": 4096, "body_bytes": 262144, "drain_ms": 10000, "wait_ms": 30000},
//     "log": "info", "previous_key_file": "…", "trust_file": "…",
//     "rehearsal_clock": {"speed": 10, "from_ms": 1780000000000}      tests and rehearsals only: see Haste
//   }
//
// Every mistake is one line that names the place in the file: "node.json: tenants[0].token_sha256: must be 64 hexadecimal digits".
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/observe/log.h"
#include "runtime/ports/ports.h"
#include "runtime/schedule/clocks.h"

namespace tollgate {

struct Tenant {
  std::string name;
  Hash token_sha256{};
};

struct NodeLimits {
  uint32_t in_flight = 12'000;        // procedures under way; more are told to try again
  uint32_t connections = 4'096;       // callers and carriers connected to us
  uint32_t body_bytes = 256 * 1024;   // of a request to us
  uint32_t drain_ms = 10'000;         // how long a stop waits for what is in flight
  uint32_t wait_ms = 30'000;          // the longest `wait` of a call
};

struct NodeConfig {
  std::string file;                   // where it was read from, for messages
  std::string listen = "127.0.0.1:8080", public_url;
  std::string store, key_file, previous_key_file, trust_file;
  std::vector<std::string> modules;   // paths of .tgm files, sorted if they come from a folder
  std::vector<Tenant> tenants;
  std::map<std::string, std::map<std::string, std::string>> carriers;   // name -> setting -> value; lists joined with commas
  std::map<std::string, std::set<std::string>> lists;                   // name -> settings that were given as lists
  NodeLimits limits;
  LogLevel log = LogLevel::info;
  Haste rehearsal;                    // speed 1: the system's own clock
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;
std::optional<std::string> process_environment(const std::string& name);

// Reads the file and every secret it points to. Errors: config_missing, config_exposed (its mode, or a secret file's), config_invalid.
Result<NodeConfig> load_config(const std::string& path, const Environment& environment = process_environment);

// The settings of a configuration as the port.
class ConfigSecrets final : public Secrets {
 public:
  explicit ConfigSecrets(const NodeConfig& config) : config_(config) {}
  Result<std::optional<std::string>> setting(std::string_view carrier, std::string_view name) override;

 private:
  const NodeConfig& config_;
};

}  // namespace tollgate
