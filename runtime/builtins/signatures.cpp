// Keys and signatures.
#include "runtime/builtins/functions.h"
#include "runtime/crypto/sign.h"

namespace tollgate {
namespace {

KeyKind key_kind(const Value& key) {
  return key.kind == Kind::certificate ? KeyKind::certificate : key.kind == Kind::private_key ? KeyKind::private_key : KeyKind::public_key;
}

bool give_key(BuiltinContext& c, KeyKind kind, Kind result, const Value& text, Value& out) {
  const auto der = key_der(kind, Octets(text).view());
  return der.ok() ? c.give_copy(result, *der, out) : c.give_missing(out);
}

bool give_signature(BuiltinContext& c, Scheme scheme, HashKind hash, const Value* a, Value& out) {
  const auto made = sign(scheme, hash, a[0].view(), Octets(a[1]).view());
  return made ? c.give_copy(Kind::bytes, *made, out) : c.fault("the key is of another kind than the signature's");
}

// By one key, or by any of a list: several are valid while a carrier changes its key.
bool give_verdict(BuiltinContext& c, Scheme scheme, HashKind hash, const Value* a, Value& out) {
  const Octets message(a[1]), signature(a[2]);
  const auto good = [&](const Value& key) {
    return key.text_like() && verify_signature(scheme, hash, key_kind(key), key.view(), message.view(), signature.view());
  };
  bool any = false;
  if (a[0].kind != Kind::list) any = good(a[0]);
  else for (uint32_t i = 0; i < a[0].size; ++i) any = good(a[0].elements[i]) || any;
  return c.give(Value::boolean(any), out);
}

}  // namespace

TG_RUN(public_key) { return give_key(c, KeyKind::public_key, Kind::public_key, a[0], out); }
TG_RUN(certificate) { return give_key(c, KeyKind::certificate, Kind::certificate, a[0], out); }
TG_RUN(private_key) { return give_key(c, KeyKind::private_key, Kind::private_key, a[0], out); }
TG_RUN(public_key_der) { return c.give_copy(Kind::bytes, a[0].view(), out); }
TG_RUN(certificate_key) { return c.give_copy(Kind::public_key, public_half(KeyKind::certificate, a[0].view()), out); }

TG_RUN(rsa_sha1_sign) { return give_signature(c, Scheme::rsa, HashKind::sha1, a, out); }
TG_RUN(rsa_sha256_sign) { return give_signature(c, Scheme::rsa, HashKind::sha256, a, out); }
TG_RUN(rsa_sha384_sign) { return give_signature(c, Scheme::rsa, HashKind::sha384, a, out); }
TG_RUN(rsa_sha512_sign) { return give_signature(c, Scheme::rsa, HashKind::sha512, a, out); }
TG_RUN(rsa_pss_sha256_sign) { return give_signature(c, Scheme::rsa_pss, HashKind::sha256, a, out); }
TG_RUN(rsa_pss_sha512_sign) { return give_signature(c, Scheme::rsa_pss, HashKind::sha512, a, out); }
TG_RUN(ecdsa_sha256_sign) { return give_signature(c, Scheme::ecdsa, HashKind::sha256, a, out); }
TG_RUN(ecdsa_sha256_raw_sign) { return give_signature(c, Scheme::ecdsa_raw, HashKind::sha256, a, out); }
TG_RUN(ecdsa_sha384_raw_sign) { return give_signature(c, Scheme::ecdsa_raw, HashKind::sha384, a, out); }
TG_RUN(ed25519_sign) { return give_signature(c, Scheme::ed25519, HashKind::sha512, a, out); }

TG_RUN(rsa_sha1_verify) { return give_verdict(c, Scheme::rsa, HashKind::sha1, a, out); }
TG_RUN(rsa_sha256_verify) { return give_verdict(c, Scheme::rsa, HashKind::sha256, a, out); }
TG_RUN(rsa_sha384_verify) { return give_verdict(c, Scheme::rsa, HashKind::sha384, a, out); }
TG_RUN(rsa_sha512_verify) { return give_verdict(c, Scheme::rsa, HashKind::sha512, a, out); }
TG_RUN(rsa_pss_sha256_verify) { return give_verdict(c, Scheme::rsa_pss, HashKind::sha256, a, out); }
TG_RUN(rsa_pss_sha512_verify) { return give_verdict(c, Scheme::rsa_pss, HashKind::sha512, a, out); }
TG_RUN(ecdsa_sha256_verify) { return give_verdict(c, Scheme::ecdsa, HashKind::sha256, a, out); }
TG_RUN(ecdsa_sha256_raw_verify) { return give_verdict(c, Scheme::ecdsa_raw, HashKind::sha256, a, out); }
TG_RUN(ecdsa_sha384_raw_verify) { return give_verdict(c, Scheme::ecdsa_raw, HashKind::sha384, a, out); }
TG_RUN(ed25519_verify) { return give_verdict(c, Scheme::ed25519, HashKind::sha512, a, out); }

}  // namespace tollgate
