#include "runtime/api/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "runtime/api/digest.h"
#include "runtime/api/private_file.h"
#include "runtime/crypto/key.h"
#include "runtime/links/request_check.h"
#include "runtime/links/socket_address.h"
#include "runtime/value/url.h"

namespace tollgate {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr size_t kTokenBytesMin = 16;
constexpr size_t kNameBytesMax = 64;
constexpr size_t kTrustFileMax = 4 * 1024 * 1024;
constexpr uint64_t kLatestMs = 4'102'444'800'000;   // 2100-01-01

bool word(std::string_view text) {
  return !text.empty() && text.size() <= kNameBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::optional<Hash> parse_digest(std::string_view text) {
  Hash digest{};
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const int nibble = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (nibble < 0) return std::nullopt;
    digest[i / 2] = static_cast<uint8_t>(digest[i / 2] << 4 | nibble);
  }
  return digest;
}

// Reads one document; the first mistake wins, and what follows it is skipped.
class Reader {
 public:
  Reader(std::string path, const Environment& environment) : folder_(fs::path(path).parent_path()), environment_(environment) { config_.file = std::move(path); }

  Result<NodeConfig> read(const std::string& text) {
    const json document = parse(text);
    if (!failed_) read_all(document);
    if (failed_) return *failed_;
    return std::move(config_);
  }

 private:
  using Member = void (Reader::*)(const json&, const std::string& where);

  void fail(const std::string& where, const std::string& what) {
    if (failed_) return;
    failed_ = Error{"config_invalid", where.empty() ? fmt::format("{}: {}", config_.file, what) : fmt::format("{}: {}: {}", config_.file, where, what)};
  }

  json parse(const std::string& text);
  void read_all(const json& document);
  void read_optional(const json& document);
  void read_listen(const json& document);
  void read_trust(const std::string& path);
  void read_modules(const json& value);
  void read_tenant(const json& value, const std::string& where);
  void read_carrier(const json& value, const std::string& name);
  std::string setting_value(const json& value, const std::string& where);
  std::string secret_from(const json& value, const std::string& where);
  std::string secret_file(const std::string& path, const std::string& where);
  std::string secret_variable(const std::string& name, const std::string& where);
  void read_limits(const json& value);
  void read_rehearsal(const json& value);

  bool object_with(const json& value, const std::string& where, const std::set<std::string>& known);
  std::string text_of(const json& value, const std::string& where);
  std::string required_text(const json& document, const std::string& key);
  std::string in_folder(const std::string& path) const { return path.empty() ? path : (folder_ / path).lexically_normal().string(); }

  fs::path folder_;
  const Environment& environment_;
  NodeConfig config_;
  std::optional<Error> failed_;
};

// A key given twice would silently lose one of its values; JSON lets it pass, we do not.
json Reader::parse(const std::string& text) {
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second) fail("", fmt::format("`{}` is given twice", value.get<std::string>()));
    return true;
  };
  try {
    return json::parse(text, watch);
  } catch (const json::parse_error& error) {
    const auto before = static_cast<std::ptrdiff_t>(std::min(error.byte == 0 ? 0 : error.byte - 1, text.size()));
    fail("", fmt::format("line {} is not JSON", 1 + std::count(text.begin(), text.begin() + before, '\n')));
    return {};
  }
}

bool Reader::object_with(const json& value, const std::string& where, const std::set<std::string>& known) {
  if (!value.is_object()) {
    fail(where, "must be an object");
    return false;
  }
  for (const auto& [key, member] : value.items())
    if (!known.contains(key)) fail(where.empty() ? key : where + "." + key, "is not a key of this file");
  return !failed_;
}

std::string Reader::text_of(const json& value, const std::string& where) {
  if (value.is_string() && !value.get_ref<const std::string&>().empty()) return value.get<std::string>();
  fail(where, "must be a text that is not empty");
  return {};
}

std::string Reader::required_text(const json& document, const std::string& key) {
  if (document.contains(key)) return text_of(document[key], key);
  fail(key, "is missing");
  return {};
}

void Reader::read_all(const json& document) {
  if (!object_with(document, "", {"listen", "public_url", "store", "key_file", "previous_key_file", "modules", "tenants", "carriers", "limits", "log", "trust_file", "rehearsal_clock"})) return;
  config_.store = in_folder(required_text(document, "store"));
  config_.key_file = in_folder(required_text(document, "key_file"));
  read_listen(document);
  read_optional(document);
  for (const char* key : {"modules", "tenants", "carriers"})
    if (!document.contains(key)) fail(key, "is missing");
  if (failed_) return;
  read_modules(document["modules"]);
  if (!document["tenants"].is_array() || document["tenants"].empty()) return fail("tenants", "must be a list of at least one tenant");
  for (size_t i = 0; i < document["tenants"].size(); ++i) read_tenant(document["tenants"][i], fmt::format("tenants[{}]", i));
  if (!document["carriers"].is_object()) return fail("carriers", "must be an object");
  for (const auto& [name, value] : document["carriers"].items()) read_carrier(value, name);
}

void Reader::read_listen(const json& document) {
  if (document.contains("listen")) config_.listen = text_of(document["listen"], "listen");
  const auto address = parse_address(config_.listen);
  if (!address.ok()) return fail("listen", address.error().message);
  const bool said = document.contains("public_url");
  // What is minted must be where carriers reach us, and safe to be called in clear.
  if (!said && (!address->loopback() || address->port() == 0)) return fail("public_url", fmt::format("is missing, and carriers cannot be told to call http://{}: say public_url", config_.listen));
  config_.public_url = said ? text_of(document["public_url"], "public_url") : "http://" + config_.listen;
  while (config_.public_url.ends_with('/')) config_.public_url.pop_back();
  Request probe;
  probe.method = "GET";
  probe.url = config_.public_url;
  // Callback URLs carry their own proof; in clear on a network, anybody could read and use it.
  if (const std::string trouble = trouble_with(probe); said && !trouble.empty()) fail("public_url", "must be https, or http on loopback: " + trouble);
  if (config_.public_url.find_first_of("?#") != std::string::npos) fail("public_url", "must not have a `?` or `#`: callbacks' paths are written behind it");
  if (said && !parse_url(config_.public_url)) fail("public_url", "must be an absolute URL with a host, and a port from 1 to 65535 if it has one");
}

void Reader::read_optional(const json& document) {
  if (document.contains("previous_key_file")) config_.previous_key_file = in_folder(text_of(document["previous_key_file"], "previous_key_file"));
  if (document.contains("trust_file")) read_trust(text_of(document["trust_file"], "trust_file"));
  if (document.contains("limits")) read_limits(document["limits"]);
  if (document.contains("rehearsal_clock")) read_rehearsal(document["rehearsal_clock"]);
  if (!document.contains("log")) return;
  const auto level = parse_level(text_of(document["log"], "log"));
  if (!level) return fail("log", "must be debug, info, warning, error or off");
  config_.log = *level;
}

// Whom to believe is known before the first connection, not found out at it.
void Reader::read_trust(const std::string& path) {
  config_.trust_file = in_folder(path);
  if (failed_) return;
  const auto text = read_file(config_.trust_file, kTrustFileMax, Privacy::any);
  if (!text.ok()) return fail("trust_file", text.error().message);
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----", kEnd = "-----END CERTIFICATE-----";
  size_t found = 0;
  for (size_t at = text->find(kBegin); at != std::string::npos; at = text->find(kBegin, at + 1), ++found) {
    const size_t end = text->find(kEnd, at);
    if (end == std::string::npos || !key_der(KeyKind::certificate, text->substr(at, end + kEnd.size() - at)).ok())
      return fail("trust_file", fmt::format("certificate {} of {} cannot be read", found + 1, config_.trust_file));
  }
  if (found == 0) fail("trust_file", fmt::format("there is no certificate (PEM) in {}", config_.trust_file));
}

void Reader::read_modules(const json& value) {
  if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) config_.modules.push_back(in_folder(text_of(value[i], fmt::format("modules[{}]", i))));
  } else {
    const std::string folder = in_folder(text_of(value, "modules"));
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
      if (at->path().extension() == ".tgm") config_.modules.push_back(at->path().string());
    if (error) return fail("modules", fmt::format("cannot read the folder {}: {}", folder, error.message()));
    std::sort(config_.modules.begin(), config_.modules.end());
  }
  if (config_.modules.empty()) fail("modules", "there is no .tgm file");
}

void Reader::read_tenant(const json& value, const std::string& where) {
  if (!object_with(value, where, {"name", "token_sha256", "token_file", "token_env"})) return;
  if (!value.contains("name")) return fail(where + ".name", "is missing");
  Tenant tenant;
  tenant.name = text_of(value["name"], where + ".name");
  if (!word(tenant.name)) return fail(where + ".name", "must be letters, digits, - and _, at most 64");
  if (value.size() != 2) return fail(where, "must have one of token_sha256, token_file and token_env");
  if (value.contains("token_sha256")) {
    const auto digest = parse_digest(text_of(value["token_sha256"], where + ".token_sha256"));
    if (!digest) return fail(where + ".token_sha256", "must be 64 hexadecimal digits");
    tenant.token_sha256 = *digest;
  } else {
    const std::string key = value.contains("token_file") ? "token_file" : "token_env";
    const std::string place = where + "." + key, source = text_of(value[key], place);
    if (failed_) return;
    const std::string token = key == "token_file" ? secret_file(source, place) : secret_variable(source, place);
    if (token.size() < kTokenBytesMin) return fail(place, "the token has fewer than 16 characters");
    tenant.token_sha256 = sha256(token);
  }
  for (const Tenant& other : config_.tenants) {
    if (other.name == tenant.name) return fail(where + ".name", fmt::format("`{}` is given twice", tenant.name));
    if (other.token_sha256 == tenant.token_sha256) return fail(where, fmt::format("has the token of tenant `{}`", other.name));
  }
  config_.tenants.push_back(std::move(tenant));
}

void Reader::read_carrier(const json& value, const std::string& name) {
  const std::string where = "carriers." + name;
  if (!word(name)) return fail(where, "is not a carrier's name");
  if (!object_with(value, where, {"settings"})) return;
  auto& settings = config_.carriers[name];
  if (!value.contains("settings")) return;
  if (!value["settings"].is_object()) return fail(where + ".settings", "must be an object");
  for (const auto& [setting, given] : value["settings"].items()) {
    if (given.is_array()) config_.lists[name].insert(setting);
    settings[setting] = setting_value(given, where + ".settings." + setting);
  }
}

// A list becomes one text, its items parted by commas: that is how settings of many values are given to the engine.
std::string Reader::setting_value(const json& value, const std::string& where) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object()) return secret_from(value, where);
  if (!value.is_array()) {
    fail(where, R"(must be a text, a list of texts, {"env": "NAME"} or {"file": "PATH"})");
    return {};
  }
  std::string joined;
  for (size_t i = 0; i < value.size(); ++i) {
    const std::string item = text_of(value[i], fmt::format("{}[{}]", where, i));
    if (item.find(',') != item.npos) fail(fmt::format("{}[{}]", where, i), "must not have a comma in it");
    joined += (joined.empty() ? "" : ",") + item;
  }
  return joined;
}

std::string Reader::secret_from(const json& value, const std::string& where) {
  if (!object_with(value, where, {"env", "file"})) return {};
  if (value.size() != 1) {
    fail(where, R"(must have one of "env" and "file")");
    return {};
  }
  const std::string key = value.begin().key(), source = text_of(value.begin().value(), where + "." + key);
  if (failed_) return {};
  return key == "env" ? secret_variable(source, where + ".env") : secret_file(source, where + ".file");
}

std::string Reader::secret_file(const std::string& path, const std::string& where) {
  const auto bytes = read_file(in_folder(path), kPrivateFileMax, Privacy::owner_only);
  if (!bytes.ok()) {
    fail(where, bytes.error().message);
    if (bytes.error().code == "file_exposed") failed_->code = "config_exposed";
    return {};
  }
  const std::string text(trimmed(*bytes));
  if (text.empty()) fail(where, fmt::format("{} is empty", path));
  return text;
}

std::string Reader::secret_variable(const std::string& name, const std::string& where) {
  const auto value = environment_(name);
  if (!value || value->empty()) {
    fail(where, fmt::format("the environment has no {}", name));
    return {};
  }
  return *value;
}

void Reader::read_limits(const json& value) {
  struct Row { const char* name; uint32_t* target; uint32_t least, most; };
  NodeLimits& limits = config_.limits;
  const Row rows[] = {{"in_flight", &limits.in_flight, 1, 1'000'000},
                      {"connections", &limits.connections, 1, 1'000'000},
                      {"body_bytes", &limits.body_bytes, 1024, 16 * 1024 * 1024},
                      {"drain_ms", &limits.drain_ms, 0, 3'600'000},
                      {"wait_ms", &limits.wait_ms, 0, 100'000}};
  if (!object_with(value, "limits", {"in_flight", "connections", "body_bytes", "drain_ms", "wait_ms"})) return;
  for (const Row& row : rows) {
    if (!value.contains(row.name)) continue;
    const json& given = value[row.name];
    const bool fits = given.is_number_unsigned() && given.get<uint64_t>() >= row.least && given.get<uint64_t>() <= row.most;
    if (!fits) return fail(std::string("limits.") + row.name, fmt::format("must be a whole number from {} to {}", row.least, row.most));
    *row.target = given.get<uint32_t>();
  }
}

// A gateway whose minutes are not minutes must charge nobody: HttpLinks lets it speak to this machine only, and nobody else may speak to it.
void Reader::read_rehearsal(const json& value) {
  if (!object_with(value, "rehearsal_clock", {"speed", "from_ms"})) return;
  const auto whole = [&](const char* name, uint64_t most) -> uint64_t {
    if (value.contains(name) && value[name].is_number_unsigned() && value[name].get<uint64_t>() >= 1 && value[name].get<uint64_t>() <= most) return value[name].get<uint64_t>();
    fail(std::string("rehearsal_clock.") + name, fmt::format("must be a whole number from 1 to {}", most));
    return 1;
  };
  config_.rehearsal.speed = static_cast<uint32_t>(whole("speed", kSpeedMax));
  config_.rehearsal.from_us = static_cast<int64_t>(whole("from_ms", kLatestMs)) * 1000;
  if (!to_loopback("http://" + config_.listen) || !to_loopback(config_.public_url)) fail("rehearsal_clock", "needs `listen` and `public_url` on loopback: a rehearsal charges nobody");
}

}  // namespace

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<NodeConfig> load_config(const std::string& path, const Environment& environment) {
  const auto text = read_file(path, kPrivateFileMax, Privacy::owner_only);
  if (text.ok()) return Reader(path, environment).read(*text);
  Error error = text.error();
  error.code = error.code == "file_missing" ? "config_missing" : error.code == "file_exposed" ? "config_exposed" : "config_invalid";
  return error;
}

Result<std::optional<std::string>> ConfigSecrets::setting(std::string_view carrier, std::string_view name) {
  const auto found = config_.carriers.find(std::string(carrier));
  if (found == config_.carriers.end()) return std::optional<std::string>();
  const auto setting = found->second.find(std::string(name));
  if (setting == found->second.end()) return std::optional<std::string>();
  return std::optional<std::string>(setting->second);
}

}  // namespace tollgate
