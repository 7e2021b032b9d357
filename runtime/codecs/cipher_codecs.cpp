// Ciphers as codecs: whoever has the other half of the key reads what was written.
#include "runtime/codecs/pairs.h"
#include "runtime/crypto/cipher.h"

namespace tollgate {
namespace {

KeyKind kind_of(const Value& key) { return key.kind == Kind::certificate ? KeyKind::certificate : KeyKind::public_key; }

bool keep(const std::optional<std::string>& made, std::string& out) {
  if (made) out += *made;
  return made.has_value();
}

}  // namespace

TG_ENCODE(rsa_pkcs1) { return keep(rsa_encrypt(RsaPadding::pkcs1, HashKind::sha1, kind_of(a[0]), a[0].view(), in), out); }
TG_DECODE(rsa_pkcs1) { return keep(rsa_decrypt(RsaPadding::pkcs1, HashKind::sha1, a[0].view(), in), out); }
TG_ENCODE(rsa_oaep) { return keep(rsa_encrypt(RsaPadding::oaep, HashKind::sha1, kind_of(a[0]), a[0].view(), in), out); }
TG_DECODE(rsa_oaep) { return keep(rsa_decrypt(RsaPadding::oaep, HashKind::sha1, a[0].view(), in), out); }
TG_ENCODE(rsa_oaep_sha256) { return keep(rsa_encrypt(RsaPadding::oaep, HashKind::sha256, kind_of(a[0]), a[0].view(), in), out); }
TG_DECODE(rsa_oaep_sha256) { return keep(rsa_decrypt(RsaPadding::oaep, HashKind::sha256, a[0].view(), in), out); }
TG_ENCODE(aes_cbc) { return keep(aes_cbc_encrypt(a[0].view(), a[1].view(), in), out); }
TG_DECODE(aes_cbc) { return keep(aes_cbc_decrypt(a[0].view(), a[1].view(), in), out); }
TG_ENCODE(aes_gcm) { return keep(aes_gcm_encrypt(a[0].view(), a[1].view(), {}, in), out); }
TG_DECODE(aes_gcm) { return keep(aes_gcm_decrypt(a[0].view(), a[1].view(), {}, in), out); }

}  // namespace tollgate
