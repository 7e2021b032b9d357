#include <openssl/crypto.h>

#include "runtime/crypto/digest.h"
#include "runtime/builtins/functions.h"

namespace tollgate {
namespace {

constexpr std::string_view kNotOffered = "this machine's OpenSSL does not offer the hash";

bool give_digest(BuiltinContext& c, HashKind hash, const Value& message, Value& out) {
  Digest made;
  return digest(hash, Octets(message).view(), made) ? c.give_copy(Kind::bytes, made.view(), out) : c.fault(kNotOffered);
}

bool give_hmac(BuiltinContext& c, HashKind hash, const Value* a, Value& out) {
  Digest made;
  return hmac(hash, Octets(a[0]).view(), Octets(a[1]).view(), made) ? c.give_copy(Kind::bytes, made.view(), out) : c.fault(kNotOffered);
}

}  // namespace

TG_RUN(md5) { return give_digest(c, HashKind::md5, a[0], out); }
TG_RUN(sha1) { return give_digest(c, HashKind::sha1, a[0], out); }
TG_RUN(sha256) { return give_digest(c, HashKind::sha256, a[0], out); }
TG_RUN(sha224) { return give_digest(c, HashKind::sha224, a[0], out); }
TG_RUN(sha384) { return give_digest(c, HashKind::sha384, a[0], out); }
TG_RUN(sha512) { return give_digest(c, HashKind::sha512, a[0], out); }

TG_RUN(hmac_md5) { return give_hmac(c, HashKind::md5, a, out); }
TG_RUN(hmac_sha1) { return give_hmac(c, HashKind::sha1, a, out); }
TG_RUN(hmac_sha256) { return give_hmac(c, HashKind::sha256, a, out); }
TG_RUN(hmac_sha224) { return give_hmac(c, HashKind::sha224, a, out); }
TG_RUN(hmac_sha384) { return give_hmac(c, HashKind::sha384, a, out); }
TG_RUN(hmac_sha512) { return give_hmac(c, HashKind::sha512, a, out); }

TG_RUN(matches) { return c.give(Value::boolean(equal_in_constant_time(Octets(a[0]).view(), Octets(a[1]).view())), out); }

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace tollgate
