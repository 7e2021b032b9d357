#include "runtime/crypto/key.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

#include "runtime/value/codec.h"

namespace tollgate {
namespace {

struct Free {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(PKCS8_PRIV_KEY_INFO* p) const { PKCS8_PRIV_KEY_INFO_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

constexpr size_t kParsedMax = 8;  // keys that one thread keeps parsed

// What failed was tried on purpose: the queue of OpenSSL's errors must not grow, nor hold fragments of keys.
struct QuietErrors {
  ~QuietErrors() { ERR_clear_error(); }
};

int no_passphrase(char*, int, int, void*) { return -1; }

const unsigned char* bytes_of(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }

std::string without_blanks(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') out += c;
  return out;
}

template <class T>
std::string der_of(T* thing, int (*write)(const T*, unsigned char**)) {
  unsigned char* out = nullptr;
  const int size = thing == nullptr ? 0 : write(thing, &out);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<char*>(out), static_cast<size_t>(size));
  OPENSSL_clear_free(out, static_cast<size_t>(size));
  return der;
}

std::string pkcs8(EVP_PKEY* key) {
  Owned<PKCS8_PRIV_KEY_INFO> info(key == nullptr ? nullptr : EVP_PKEY2PKCS8(key));
  return der_of<PKCS8_PRIV_KEY_INFO>(info.get(), i2d_PKCS8_PRIV_KEY_INFO);
}

std::string spki(const EVP_PKEY* key) {
  unsigned char* out = nullptr;
  const int size = key == nullptr ? 0 : i2d_PUBKEY(key, &out);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<char*>(out), static_cast<size_t>(size));
  OPENSSL_free(out);
  return der;
}

// ---- the forms in which keys are handed over

Owned<X509> certificate_of_der(std::string_view der) {
  const unsigned char* at = bytes_of(der);
  return Owned<X509>(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

Owned<EVP_PKEY> public_of_der(std::string_view der) {
  const unsigned char* at = bytes_of(der);
  if (EVP_PKEY* key = d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()))) return Owned<EVP_PKEY>(key);
  at = bytes_of(der);
  if (EVP_PKEY* key = d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(der.size()))) return Owned<EVP_PKEY>(key);
  Owned<X509> certificate = certificate_of_der(der);
  return Owned<EVP_PKEY>(certificate ? X509_get_pubkey(certificate.get()) : nullptr);
}

Owned<EVP_PKEY> private_of_der(std::string_view der) {
  const unsigned char* at = bytes_of(der);
  return Owned<EVP_PKEY>(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
}

struct Given {
  Owned<EVP_PKEY> public_key, private_key;
  Owned<X509> certificate;
};

Given read_pem(KeyKind kind, std::string_view text) {
  auto memory = [&] { return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); };
  Given given;
  if (kind == KeyKind::private_key) {
    given.private_key.reset(PEM_read_bio_PrivateKey(memory().get(), nullptr, no_passphrase, nullptr));
    return given;
  }
  given.certificate.reset(PEM_read_bio_X509(memory().get(), nullptr, no_passphrase, nullptr));
  if (given.certificate) given.public_key.reset(X509_get_pubkey(given.certificate.get()));
  else given.public_key.reset(PEM_read_bio_PUBKEY(memory().get(), nullptr, no_passphrase, nullptr));
  return given;
}

Given read_der(KeyKind kind, std::string_view der) {
  Given given;
  if (kind == KeyKind::private_key) given.private_key = private_of_der(der);
  if (kind == KeyKind::public_key) given.public_key = public_of_der(der);
  if (kind == KeyKind::certificate) {
    given.certificate = certificate_of_der(der);
    if (given.certificate) given.public_key.reset(X509_get_pubkey(given.certificate.get()));
  }
  return given;
}

KeyFamily family_of(EVP_PKEY* key) {
  if (key == nullptr) return KeyFamily::none;
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return KeyFamily::rsa;
    case EVP_PKEY_EC: return KeyFamily::ec;
    case EVP_PKEY_ED25519: return KeyFamily::ed25519;
    default: return KeyFamily::other;
  }
}

Error invalid(std::string why) { return {"key_unreadable", std::move(why)}; }

Result<std::string> finish(KeyKind kind, const Given& given, std::string_view not_that) {
  EVP_PKEY* key = kind == KeyKind::private_key ? given.private_key.get() : given.public_key.get();
  if (key == nullptr || (kind == KeyKind::certificate && !given.certificate)) return invalid(std::string(not_that));
  if (family_of(key) == KeyFamily::other) return invalid("is of a kind that the language has no use for: RSA, EC and Ed25519 are known");
  if (family_of(key) == KeyFamily::rsa && EVP_PKEY_get_bits(key) < kRsaBitsMin) return invalid("is an RSA key of fewer than 1024 bits");
  if (kind == KeyKind::private_key) return pkcs8(key);
  if (kind == KeyKind::public_key) return spki(key);
  return der_of<X509>(given.certificate.get(), i2d_X509);
}

std::string_view words_for(KeyKind kind) {
  switch (kind) {
    case KeyKind::public_key: return "is no public key: PEM, or base64 of DER (SubjectPublicKeyInfo, PKCS#1, or an X.509 certificate)";
    case KeyKind::private_key: return "is no private key without a passphrase: PEM, or base64 of DER (PKCS#8, PKCS#1, SEC 1)";
    case KeyKind::certificate: return "is no X.509 certificate: PEM, or base64 of DER";
  }
  return {};
}

}  // namespace

Result<std::string> key_der(KeyKind kind, std::string_view text) {
  QuietErrors quiet;
  if (text.find("-----BEGIN ") != std::string_view::npos) {
    if (kind != KeyKind::private_key && text.find("PRIVATE KEY-----") != std::string_view::npos) {
      return invalid("is a private key, and only the public one belongs here");
    }
    return finish(kind, read_pem(kind, text), words_for(kind));
  }
  const std::string glued = without_blanks(text);
  if (auto der = decode_base64(glued)) return finish(kind, read_der(kind, *der), words_for(kind));
  return finish(kind, read_der(kind, text), words_for(kind));
}

KeyFamily key_family(KeyKind kind, std::string_view der) { return family_of(parsed_key(kind, der)); }

std::string public_half(KeyKind kind, std::string_view der) { return spki(parsed_key(kind, der)); }

namespace {

// Round robin: a carrier signs and verifies with two or three keys.
class ParsedKeys {
 public:
  EVP_PKEY* find(KeyKind kind, std::string_view der) {
    for (const Entry& entry : entries_)
      if (entry.key && entry.kind == kind && entry.der == der) return entry.key.get();
    QuietErrors quiet;
    Given given = read_der(kind, der);
    Owned<EVP_PKEY> key = kind == KeyKind::private_key ? std::move(given.private_key) : std::move(given.public_key);
    if (!key) return nullptr;
    Entry& entry = entries_[next_++ % kParsedMax];
    entry.forget();
    entry = {kind, std::string(der), std::move(key)};
    return entry.key.get();
  }

 private:
  struct Entry {
    KeyKind kind = KeyKind::public_key;
    std::string der;
    Owned<EVP_PKEY> key;
    void forget() { OPENSSL_cleanse(der.data(), der.size()); }
  };
  std::array<Entry, kParsedMax> entries_;
  size_t next_ = 0;
};

}  // namespace

EVP_PKEY* parsed_key(KeyKind kind, std::string_view der) {
  thread_local ParsedKeys keys;
  return keys.find(kind, der);
}

}  // namespace tollgate
