#include "runtime/crypto/sign.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <memory>

namespace tollgate {
namespace {

struct Free {
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(ECDSA_SIG* p) const { ECDSA_SIG_free(p); }
};
using Context = std::unique_ptr<EVP_MD_CTX, Free>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Free>;

const unsigned char* bytes_of(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }

bool set_padding(EVP_PKEY_CTX* context, Scheme scheme) {
  if (scheme != Scheme::rsa_pss) return true;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

const char* name_for(Scheme scheme, HashKind hash) { return scheme == Scheme::ed25519 ? nullptr : hash_name(hash); }

bool belongs(EVP_PKEY* key, KeyFamily family) {
  if (key == nullptr) return false;
  const int id = EVP_PKEY_get_base_id(key);
  return family == KeyFamily::rsa ? id == EVP_PKEY_RSA : family == KeyFamily::ec ? id == EVP_PKEY_EC : id == EVP_PKEY_ED25519;
}

size_t half_size(EVP_PKEY* key) { return (static_cast<size_t>(EVP_PKEY_get_bits(key)) + 7) / 8; }

std::optional<std::string> raw_of_der(const std::string& der, size_t half) {
  const unsigned char* at = bytes_of(der);
  EcSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string out(2 * half, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  const int n = static_cast<int>(half);
  if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), to, n) != n ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), to + half, n) != n) {
    return std::nullopt;
  }
  return out;
}

std::optional<std::string> der_of_raw(std::string_view raw, size_t half) {
  if (raw.size() != 2 * half) return std::nullopt;
  EcSignature signature(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(bytes_of(raw), static_cast<int>(half), nullptr);
  BIGNUM* s = BN_bin2bn(bytes_of(raw.substr(half)), static_cast<int>(half), nullptr);
  if (!signature || r == nullptr || s == nullptr || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return std::nullopt;
  }
  unsigned char* out = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &out);
  if (size <= 0) return std::nullopt;
  std::string der(reinterpret_cast<char*>(out), static_cast<size_t>(size));
  OPENSSL_free(out);
  return der;
}

}  // namespace

KeyFamily family_of(Scheme scheme) {
  switch (scheme) {
    case Scheme::rsa: case Scheme::rsa_pss: return KeyFamily::rsa;
    case Scheme::ecdsa: case Scheme::ecdsa_raw: return KeyFamily::ec;
    case Scheme::ed25519: return KeyFamily::ed25519;
  }
  return KeyFamily::none;
}

std::optional<std::string> sign(Scheme scheme, HashKind hash, std::string_view private_der, std::string_view message) {
  EVP_PKEY* key = parsed_key(KeyKind::private_key, private_der);
  if (!belongs(key, family_of(scheme))) return std::nullopt;
  Context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* inner = nullptr;
  size_t size = 0;
  std::string out;
  bool good = context && EVP_DigestSignInit_ex(context.get(), &inner, name_for(scheme, hash), nullptr, nullptr, key, nullptr) == 1 &&
              set_padding(inner, scheme) && EVP_DigestSign(context.get(), nullptr, &size, bytes_of(message), message.size()) == 1;
  if (good) {
    out.resize(size);
    good = EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes_of(message), message.size()) == 1;
    out.resize(size);
  }
  ERR_clear_error();
  if (!good) return std::nullopt;
  return scheme == Scheme::ecdsa_raw ? raw_of_der(out, half_size(key)) : std::optional<std::string>(std::move(out));
}

bool verify_signature(Scheme scheme, HashKind hash, KeyKind kind, std::string_view der, std::string_view message, std::string_view signature) {
  EVP_PKEY* key = parsed_key(kind, der);
  if (!belongs(key, family_of(scheme))) return false;
  std::string written(signature);
  if (scheme == Scheme::ecdsa_raw) {
    auto as_der = der_of_raw(signature, half_size(key));
    if (!as_der) return false;
    written = std::move(*as_der);
  }
  Context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* inner = nullptr;
  const bool good = context && EVP_DigestVerifyInit_ex(context.get(), &inner, name_for(scheme, hash), nullptr, nullptr, key, nullptr) == 1 &&
                    set_padding(inner, scheme) &&
                    EVP_DigestVerify(context.get(), bytes_of(written), written.size(), bytes_of(message), message.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace tollgate
