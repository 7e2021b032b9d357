// Signatures by OpenSSL. Keys are the DER that key_der gave.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/crypto/digest.h"
#include "runtime/crypto/key.h"

namespace tollgate {

enum class Scheme : uint8_t {
  rsa,        // RSASSA-PKCS1-v1_5
  rsa_pss,    // RSASSA-PSS, MGF1 with the same hash, salt as long as the hash
  ecdsa,      // DER: SEQUENCE of r and s
  ecdsa_raw,  // r and s, each as long as the curve's order, as JWS and RFC 9421 have it
  ed25519,    // of the message itself; no hash
};

// The family of keys that the scheme takes.
KeyFamily family_of(Scheme scheme);

// Nullopt: the key is of another family, or OpenSSL does not offer the hash.
std::optional<std::string> sign(Scheme scheme, HashKind hash, std::string_view private_der, std::string_view message);

// False for everything that is not a good signature by that key, whatever is wrong with it.
bool verify_signature(Scheme scheme, HashKind hash, KeyKind kind, std::string_view der, std::string_view message, std::string_view signature);

}  // namespace tollgate
