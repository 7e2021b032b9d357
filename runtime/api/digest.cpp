#include "runtime/api/digest.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace tollgate {

Hash sha256(std::string_view bytes) {
  Hash digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return digest;
}

bool same_digest(const Hash& a, const Hash& b) { return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0; }

}  // namespace tollgate
