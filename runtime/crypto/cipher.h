// Encryption by OpenSSL. RSA pads with fresh bytes of OpenSSL's generator: the same text gives another ciphertext each time, so whoever
// encrypts keeps what was made. Decryption gives nullopt for whatever is not what that key encrypted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/crypto/digest.h"
#include "runtime/crypto/key.h"

namespace tollgate {

enum class RsaPadding : uint8_t { pkcs1, oaep };

// `hash` is OAEP's, for the label and MGF1. Nullopt also when the text is longer than the key can take.
std::optional<std::string> rsa_encrypt(RsaPadding padding, HashKind hash, KeyKind kind, std::string_view der, std::string_view plain);
std::optional<std::string> rsa_decrypt(RsaPadding padding, HashKind hash, std::string_view private_der, std::string_view sealed);

constexpr size_t kGcmTag = 16;

// PKCS#7 padding. Keys of 16, 24 or 32 bytes, an IV of 16; nullopt for others.
std::optional<std::string> aes_cbc_encrypt(std::string_view key, std::string_view iv, std::string_view plain);
std::optional<std::string> aes_cbc_decrypt(std::string_view key, std::string_view iv, std::string_view sealed);
// The tag of 16 bytes follows the ciphertext. An IV of 12 bytes.
std::optional<std::string> aes_gcm_encrypt(std::string_view key, std::string_view iv, std::string_view beside, std::string_view plain);
std::optional<std::string> aes_gcm_decrypt(std::string_view key, std::string_view iv, std::string_view beside, std::string_view sealed);

// Bytes of OpenSSL's generator, for keys that live inside one message (JWE).
std::string fresh_bytes(size_t n);

}  // namespace tollgate
