// Hashes and HMACs by OpenSSL. Contexts are kept per thread: a keyed one is set up once for its key and then only wound back, which
// halves the cost of signing a short message. Keys are wiped when a context is given another and when the thread ends.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tollgate {

enum class HashKind : uint8_t { md5, sha1, sha224, sha256, sha384, sha512 };

constexpr int kDigestMax = 64;
struct Digest {
  std::array<char, kDigestMax> bytes{};
  uint32_t size = 0;
  std::string_view view() const { return {bytes.data(), size}; }
};

// False when the machine's OpenSSL does not offer the hash (md5 in a FIPS configuration).
bool digest(HashKind hash, std::string_view message, Digest& out);
bool hmac(HashKind hash, std::string_view key, std::string_view message, Digest& out);
// As OpenSSL calls it: "SHA256".
const char* hash_name(HashKind hash);

}  // namespace tollgate
