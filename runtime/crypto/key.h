// Keys and certificates as settings and sessions hold them: whatever form they were given in, they become DER of one form for each kind.
// A key's text is a secret: no Error and no log names more than what is wrong with it.
#pragma once

#include <string>
#include <string_view>

#include "runtime/base/result.h"

typedef struct evp_pkey_st EVP_PKEY;

namespace tollgate {

enum class KeyKind : uint8_t {
  public_key,   // SubjectPublicKeyInfo
  private_key,  // PKCS#8, not encrypted
  certificate,  // X.509
};

enum class KeyFamily : uint8_t { none, rsa, ec, ed25519, other };

constexpr int kRsaBitsMin = 1024;  // what carriers still hand out; less is refused

// DER of that kind, from PEM, bare base64 of DER (with or without line ends), or DER. A public key may be given as SubjectPublicKeyInfo, PKCS#1 or
// the certificate that holds it; a private key as PKCS#8, PKCS#1 or SEC 1. Error key_unreadable: the words complete "the setting …".
Result<std::string> key_der(KeyKind kind, std::string_view text);

// Of a DER that key_der gave.
KeyFamily key_family(KeyKind kind, std::string_view der);

// SubjectPublicKeyInfo of a key of any kind; empty if it is none.
std::string public_half(KeyKind kind, std::string_view der);

// The parsed key, kept per thread: the same key signs many messages. Null if the DER is no such key. Borrowed until the next call.
EVP_PKEY* parsed_key(KeyKind kind, std::string_view der);

}  // namespace tollgate
