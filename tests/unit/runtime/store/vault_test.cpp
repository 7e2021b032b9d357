#include "runtime/store/vault.h"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <fstream>
#include <set>

#include "tests/unit/runtime/store/sqlite_bench.h"

namespace tollgate::store_test {

namespace {

std::unique_ptr<KeyVault> vault_at(const std::string& path, const std::string& previous = "") {
  auto opened = KeyVault::load(path, previous);
  if (!opened.ok()) FAIL(opened.error().message);
  return std::move(opened).value();
}

}  // namespace

TEST_CASE("what is sealed opens again, in its own context only") {
  const Folder folder;
  REQUIRE(KeyVault::make_key(folder.file("key")).ok());
  auto vault = vault_at(folder.file("key"));
  for (const std::string& plain : {std::string(), std::string("256770000001"), std::string(300'000, 'b'), std::string("\0\xff", 2)}) {
    const std::string sealed = vault->seal(plain, "procedure 1");
    CHECK(sealed.size() == plain.size() + KeyVault::kOverhead);
    CHECK((plain.size() < 3 || sealed.find(plain) == std::string::npos));
    CHECK(vault->open(sealed, "procedure 1").value() == plain);
    CHECK(vault->open(sealed, "procedure 2").error().code == "vault_sealed_elsewhere");
    CHECK(vault->seal(plain, "procedure 1") != sealed);
  }
}

TEST_CASE("every flipped bit and every cut of sealed bytes is found") {
  const Folder folder;
  REQUIRE(KeyVault::make_key(folder.file("key")).ok());
  auto vault = vault_at(folder.file("key"));
  const std::string sealed = vault->seal("a secret", "c");
  for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string bad = sealed;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    REQUIRE_FALSE(vault->open(bad, "c").ok());
  }
  for (size_t size = 0; size < sealed.size(); ++size) REQUIRE_FALSE(vault->open(sealed.substr(0, size), "c").ok());
  REQUIRE_FALSE(vault->open(sealed + "x", "c").ok());
}

TEST_CASE("after a rotation the previous key still opens") {
  const Folder folder;
  REQUIRE(KeyVault::make_key(folder.file("old")).ok());
  REQUIRE(KeyVault::make_key(folder.file("new")).ok());
  auto before = vault_at(folder.file("old"));
  const std::string sealed = before->seal("kept", "c");
  auto during = vault_at(folder.file("new"), folder.file("old"));
  CHECK(during->open(sealed, "c").value() == "kept");
  CHECK(during->token("url") == before->token("url"));
  CHECK(vault_at(folder.file("new"))->open(during->seal("fresh", "c"), "c").value() == "fresh");
  CHECK_FALSE(vault_at(folder.file("new"))->open(sealed, "c").ok());
}

TEST_CASE("tokens are stable, differ by context, and survive a restart") {
  const Folder folder;
  REQUIRE(KeyVault::make_key(folder.file("key")).ok());
  auto vault = vault_at(folder.file("key"));
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string token = vault->token("context " + std::to_string(i));
    CHECK(token.size() == 22);
    CHECK(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos);
    seen.insert(token);
  }
  CHECK(seen.size() == 1000);
  CHECK(vault_at(folder.file("key"))->token("context 1") == vault->token("context 1"));
}

TEST_CASE("a key file that is no key is refused, each with its reason") {
  const Folder folder;
  const std::string path = folder.file("key");
  CHECK(KeyVault::load(path).error().code == "vault_key_missing");
  REQUIRE(KeyVault::make_key(path).ok());
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK(KeyVault::make_key(path).error().code == "vault_key_exists");
  CHECK(KeyVault::make_key(folder.file("no/key")).error().code == "vault_key_unwritable");
  for (const mode_t mode : {0640, 0604, 0660, 0620}) {
    chmod(path.c_str(), mode);
    CHECK(KeyVault::load(path).error().code == "vault_key_exposed");
  }
  chmod(path.c_str(), 0600);
  std::ofstream(path, std::ios::app) << "x";
  CHECK(KeyVault::load(path).error().code == "vault_key_size");
  std::ofstream(path, std::ios::trunc) << "short";
  CHECK(KeyVault::load(path).error().code == "vault_key_size");
}

}  // namespace tollgate::store_test
