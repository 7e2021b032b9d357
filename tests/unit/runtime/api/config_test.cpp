// Breaks if a mistake in the deployment file is accepted, or told without the place where it is; and if a secret that others may read is used.
#include "runtime/api/config.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "runtime/api/digest.h"

using namespace tollgate;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path;
  Folder() {
    std::string text = (fs::temp_directory_path() / "tollgate-config-XXXXXX").string();
    REQUIRE(mkdtemp(text.data()) != nullptr);
    path = text;
    fs::create_directory(path / "modules");
    put("modules/b.tgm", "x");
    put("modules/a.tgm", "x");
    put("modules/readme.txt", "x");
  }
  ~Folder() { fs::remove_all(path); }
  std::string put(const std::string& name, const std::string& bytes, mode_t mode = 0600) {
    const std::string file = (path / name).string();
    std::ofstream(file) << bytes;
    chmod(file.c_str(), mode);
    return file;
  }
};

json good() {
  return json::parse(R"({
    "store": "node.db", "key_file": "/keys/node.key", "modules": "modules",
    "tenants": [{"name": "shop", "token_sha256": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}],
    "carriers": {"mtn_ug": {"settings": {"base": "https://a.example", "key": {"env": "MTN_KEY"}}}}
  })");
}

std::optional<std::string> environment(const std::string& name) {
  if (name == "MTN_KEY") return "from-the-environment";
  if (name == "EMPTY") return "";
  return std::nullopt;
}

std::string message(Folder& folder, const std::string& text) {
  const std::string file = folder.put("node.json", text);
  const auto config = load_config(file, environment);
  if (config.ok()) return "ok";
  CHECK(config.error().message.find('\n') == std::string::npos);
  const std::string& whole = config.error().message;
  return whole.starts_with(file + ": ") ? whole.substr(file.size() + 2) : whole;
}

std::string message(Folder& folder, const std::string& place, const json& value) {
  json document = good();
  document[json::json_pointer(place)] = value;
  return message(folder, document.dump());
}

}  // namespace

TEST_CASE("a small file is enough, and its paths are its own folder's") {
  Folder folder;
  const auto config = load_config(folder.put("node.json", good().dump()), environment);
  REQUIRE(config.ok());
  CHECK(config->listen == "127.0.0.1:8080");
  CHECK(config->public_url == "http://127.0.0.1:8080");
  CHECK(config->store == (folder.path / "node.db").string());
  CHECK(config->key_file == "/keys/node.key");
  REQUIRE(config->modules.size() == 2);
  CHECK(config->modules[0].ends_with("modules/a.tgm"));
  CHECK(config->tenants[0].name == "shop");
  CHECK(config->tenants[0].token_sha256[1] == 0x11);
  CHECK(config->carriers.at("mtn_ug").at("key") == "from-the-environment");
  ConfigSecrets secrets(*config);
  CHECK(secrets.setting("mtn_ug", "base").value() == "https://a.example");
  CHECK_FALSE(secrets.setting("mtn_ug", "none").value().has_value());
  CHECK_FALSE(secrets.setting("none", "base").value().has_value());
}

TEST_CASE("secrets come from files and the environment; lists are joined") {
  Folder folder;
  folder.put("mtn.secret", "  s3cret\n");
  folder.put("shop.token", "a-token-of-more-than-16\n");
  json document = good();
  document["carriers"]["mtn_ug"]["settings"]["secret"] = {{"file", "mtn.secret"}};
  document["carriers"]["mtn_ug"]["settings"]["from"] = {"10.0.0.1", "10.0.0.0/8"};
  document["tenants"][0] = {{"name", "shop"}, {"token_file", "shop.token"}};
  const auto config = load_config(folder.put("node.json", document.dump()), environment);
  REQUIRE(config.ok());
  CHECK(config->carriers.at("mtn_ug").at("secret") == "s3cret");
  CHECK(config->carriers.at("mtn_ug").at("from") == "10.0.0.1,10.0.0.0/8");
  CHECK(same_digest(config->tenants[0].token_sha256, sha256("a-token-of-more-than-16")));
}

TEST_CASE("what others may read is refused") {
  Folder folder;
  for (mode_t mode : {0640, 0604, 0660, 0644}) {
    const auto config = load_config(folder.put("node.json", good().dump(), mode), environment);
    REQUIRE_FALSE(config.ok());
    CHECK(config.error().code == "config_exposed");
    CHECK(config.error().message.find("chmod 600") != std::string::npos);
  }
  folder.put("mtn.secret", "s3cret", 0644);
  const std::string told = message(folder, "/carriers/mtn_ug/settings/key", {{"file", "mtn.secret"}});
  CHECK(told.starts_with("carriers.mtn_ug.settings.key.file: "));
  CHECK(told.find("chmod 600") != std::string::npos);
  CHECK(told.find("s3cret") == std::string::npos);
}

TEST_CASE("a missing file, a folder, and bytes that are no JSON") {
  Folder folder;
  const auto missing = load_config((folder.path / "none.json").string(), environment);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == "config_missing");
  CHECK_FALSE(load_config(folder.path.string(), environment).ok());
  CHECK(message(folder, "") == "line 1 is not JSON");
  CHECK(message(folder, "{\n\"store\": \n oops}") == "line 3 is not JSON");
  CHECK(message(folder, std::string("\xff\xfe\0\0", 4)) == "line 1 is not JSON");
  CHECK(message(folder, std::string(200'000, '[')) == "line 1 is not JSON");
  CHECK(message(folder, "[]") == "must be an object");
  CHECK(message(folder, "{\"store\": \"a\", \"store\": \"b\"}") == "`store` is given twice");
  CHECK(load_config(folder.put("big.json", std::string(2u << 20, ' ')), environment).error().message.ends_with("is over 1024 KiB"));
}

TEST_CASE("each mistake is told with its place") {
  Folder folder;
  const auto without = [&](const char* key) {
    json document = good();
    document.erase(key);
    return message(folder, document.dump());
  };
  for (const char* key : {"store", "key_file", "modules", "tenants", "carriers"}) CHECK(without(key) == std::string(key) + ": is missing");
  CHECK(message(folder, "/stroe", "x") == "stroe: is not a key of this file");
  CHECK(message(folder, "/store", 5) == "store: must be a text that is not empty");
  CHECK(message(folder, "/listen", "localhost:80").starts_with("listen: `localhost:80` is not an address"));
  CHECK(message(folder, "/public_url", "http://pay.example.com").starts_with("public_url: must be https"));
  CHECK(message(folder, "/public_url", "https://pay.example.com/") == "ok");
  CHECK(message(folder, "/public_url", "https://pay.example.com/gw") == "ok");
  for (const char* wrong : {"https://pay.example.com/?x=1", "https://pay.example.com?", "https://pay.example.com/#top", "https://pay.example.com/a#", "https://pay.example.com:99999", "https://pay.example.com:0",
                            "https://pay.example.com:80x", "https://pay.example.com:", "https://-x", "https://u:p@pay.example.com", "http://127.0.0.1.example.com:80"}) {
    INFO(wrong);
    CHECK(message(folder, "/public_url", wrong).starts_with("public_url: must "));
  }
  CHECK(message(folder, "/modules", "nowhere").starts_with("modules: cannot read the folder"));
  CHECK(message(folder, "/modules", json::array()) == "modules: there is no .tgm file");
  CHECK(message(folder, "/modules", {"a.tgm", 5}) == "modules[1]: must be a text that is not empty");
  CHECK(message(folder, "/tenants", json::array()) == "tenants: must be a list of at least one tenant");
  CHECK(message(folder, "/tenants/0/token_sha256", "12") == "tenants[0].token_sha256: must be 64 hexadecimal digits");
  CHECK(message(folder, "/tenants/0/name", "a b").starts_with("tenants[0].name: "));
  CHECK(message(folder, "/tenants/0", {{"name", "x"}}) == "tenants[0]: must have one of token_sha256, token_file and token_env");
  CHECK(message(folder, "/tenants/0", {{"name", "x"}, {"token_env", "NONE"}}) == "tenants[0].token_env: the environment has no NONE");
  CHECK(message(folder, "/tenants/1", good()["tenants"][0]) == "tenants[1].name: `shop` is given twice");
  CHECK(message(folder, "/carriers", json::array()) == "carriers: must be an object");
  CHECK(message(folder, "/carriers/mtn_ug/setings", json::object()) == "carriers.mtn_ug.setings: is not a key of this file");
  CHECK(message(folder, "/carriers/mtn_ug/settings/base", 5).starts_with("carriers.mtn_ug.settings.base: must be a text"));
  CHECK(message(folder, "/carriers/mtn_ug/settings/key", {{"env", "EMPTY"}}) == "carriers.mtn_ug.settings.key.env: the environment has no EMPTY");
  CHECK(message(folder, "/carriers/mtn_ug/settings/key", {{"file", "none"}}).starts_with("carriers.mtn_ug.settings.key.file: cannot read "));
  CHECK(message(folder, "/carriers/mtn_ug/settings/key", {{"env", "A"}, {"file", "b"}}) == "carriers.mtn_ug.settings.key: must have one of \"env\" and \"file\"");
  CHECK(message(folder, "/carriers/mtn_ug/settings/key", {{"vault", "A"}}) == "carriers.mtn_ug.settings.key.vault: is not a key of this file");
  CHECK(message(folder, "/limits", {{"in_flight", 0}}) == "limits.in_flight: must be a whole number from 1 to 1000000");
  CHECK(message(folder, "/limits", {{"in_flight", -5}}) == "limits.in_flight: must be a whole number from 1 to 1000000");
  CHECK(message(folder, "/limits", {{"drain_ms", 1.5}}) == "limits.drain_ms: must be a whole number from 0 to 3600000");
  CHECK(message(folder, "/limits", {{"inflight", 1}}) == "limits.inflight: is not a key of this file");
  CHECK(message(folder, "/log", "loud") == "log: must be debug, info, warning, error or off");
}

TEST_CASE("a rehearsal's clock is written down, bounded, and only on loopback") {
  Folder folder;
  CHECK(load_config(folder.put("node.json", good().dump()), environment)->rehearsal.speed == 1);
  json document = good();
  document["rehearsal_clock"] = {{"speed", 20}, {"from_ms", 1'780'000'000'000}};
  const auto config = load_config(folder.put("node.json", document.dump()), environment);
  REQUIRE(config.ok());
  CHECK(config->rehearsal.speed == 20);
  CHECK(config->rehearsal.from_us == 1'780'000'000'000'000);
  CHECK(message(folder, "/rehearsal_clock", {{"speed", 0}, {"from_ms", 1}}).starts_with("rehearsal_clock.speed: "));
  CHECK(message(folder, "/rehearsal_clock", {{"speed", 1001}, {"from_ms", 1}}).starts_with("rehearsal_clock.speed: "));
  CHECK(message(folder, "/rehearsal_clock", {{"speed", 2}}).starts_with("rehearsal_clock.from_ms: "));
  document["public_url"] = "https://pay.example.com";
  CHECK(message(folder, document.dump()).find("charges nobody") != std::string::npos);
  document["public_url"] = "http://127.0.0.1:8080";
  document["listen"] = "0.0.0.0:8080";
  CHECK(message(folder, document.dump()).find("charges nobody") != std::string::npos);
}

TEST_CASE("an address that nobody can call is not minted: public_url must be said") {
  Folder folder;
  for (const char* listen : {"0.0.0.0:8080", "[::]:8080", "10.0.0.7:8080", "127.0.0.1:0"}) {
    INFO(listen);
    const std::string told = message(folder, "/listen", listen);
    CHECK(told.starts_with("public_url: is missing"));
    CHECK(told.ends_with("say public_url"));
    json document = good();
    document["listen"] = listen;
    document["public_url"] = "https://pay.example.com";
    CHECK(message(folder, document.dump()) == "ok");
  }
  CHECK(message(folder, "/listen", "[::1]:8080") == "ok");
}

TEST_CASE("which settings were lists is kept, for the carrier to judge") {
  Folder folder;
  json document = good();
  document["carriers"]["mtn_ug"]["settings"]["key"] = json::array();
  const auto config = load_config(folder.put("node.json", document.dump()), environment);
  REQUIRE(config.ok());
  CHECK(config->lists.at("mtn_ug") == std::set<std::string>{"key"});
}

TEST_CASE("whom to believe is read at the start: a missing file, a folder, junk, a damaged certificate") {
  Folder folder;
  CHECK(message(folder, "/trust_file", "none.pem").starts_with("trust_file: "));
  CHECK(message(folder, "/trust_file", "modules").starts_with("trust_file: "));
  folder.put("junk.pem", "not a certificate\n");
  CHECK(message(folder, "/trust_file", "junk.pem").starts_with("trust_file: there is no certificate (PEM) in "));
  folder.put("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  CHECK(message(folder, "/trust_file", "broken.pem").starts_with("trust_file: certificate 1 of "));
  folder.put("cut.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
  CHECK(message(folder, "/trust_file", "cut.pem").starts_with("trust_file: certificate 1 of "));
}
