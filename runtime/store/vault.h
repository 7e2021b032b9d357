// KeyVault: the Vault of a node. AES-256-GCM and HMAC-SHA256 of OpenSSL, under a key of 32 bytes in a file of mode 0600 outside the database.
//
//   if (auto made = KeyVault::make_key(path); !made.ok()) …          // once
//   auto vault = KeyVault::load(path);                               // or load(path, previous_path) after a rotation
//
// Sealed bytes: key id (1) | nonce (12) | cipher text | tag (16). Every context has a key of its own, derived from the file's, so that random
// nonces are never used often enough under one key to meet. The context is authenticated too. Safe to use from one thread at a time.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ports/ports.h"

namespace tollgate {

class KeyVault : public Vault {
 public:
  static constexpr size_t kKeySize = 32;
  static constexpr size_t kOverhead = 1 + 12 + 16;   // sealed bytes are this much longer than the plain ones

  // Writes a new random key, durably. Errors: vault_key_exists (it is never overwritten: what it sealed would be lost), vault_key_unwritable.
  static Status make_key(const std::string& path);
  // `previous` may be empty; what it sealed can still be opened. Errors: vault_key_missing, vault_key_unreadable, vault_key_exposed (group or
  // others may read it), vault_key_size.
  static Result<std::unique_ptr<KeyVault>> load(const std::string& path, const std::string& previous = "");
  ~KeyVault() override;

  std::string seal(std::string_view plain, std::string_view context) override;
  // Errors: vault_unknown_key (sealed under a key that is neither current nor previous), vault_sealed_elsewhere (damaged, or another context).
  Result<std::string> open(std::string_view sealed, std::string_view context) override;
  // Of the previous key while there is one, so that URLs given out before a rotation stay good until it is removed.
  std::string token(std::string_view context) override;

 private:
  using Key = std::array<uint8_t, kKeySize>;
  struct Keys { uint8_t id = 0; Key seal{}, token{}; };   // all derived from one file

  explicit KeyVault(std::vector<Keys> keys) : keys_(std::move(keys)) {}
  static Result<Keys> read_keys(const std::string& path);

  std::vector<Keys> keys_;   // the current, then the previous
};

}  // namespace tollgate
