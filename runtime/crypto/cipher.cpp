#include "runtime/crypto/cipher.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <memory>

#include "runtime/base/bug.h"

namespace tollgate {
namespace {

struct Free {
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(EVP_CIPHER_CTX* p) const { EVP_CIPHER_CTX_free(p); }
};

constexpr size_t kBlock = 16, kGcmIv = 12;

const unsigned char* bytes_of(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data() == nullptr ? "" : s.data()); }
unsigned char* room_of(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

using Turn = int (*)(EVP_PKEY_CTX*, unsigned char*, size_t*, const unsigned char*, size_t);

std::optional<std::string> rsa(EVP_PKEY* key, RsaPadding padding, HashKind hash, int (*begin)(EVP_PKEY_CTX*), Turn turn, std::string_view in) {
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) return std::nullopt;
  std::unique_ptr<EVP_PKEY_CTX, Free> context(EVP_PKEY_CTX_new(key, nullptr));
  bool good = context && begin(context.get()) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(context.get(), padding == RsaPadding::pkcs1 ? RSA_PKCS1_PADDING : RSA_PKCS1_OAEP_PADDING) == 1;
  if (good && padding == RsaPadding::oaep) {
    const EVP_MD* md = EVP_get_digestbyname(hash_name(hash));
    good = EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), md) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), md) == 1;
  }
  size_t size = 0;
  std::string out;
  good = good && turn(context.get(), nullptr, &size, bytes_of(in), in.size()) == 1;
  if (good) {
    out.resize(size);
    good = turn(context.get(), room_of(out), &size, bytes_of(in), in.size()) == 1;
    out.resize(size);
  }
  ERR_clear_error();
  return good ? std::optional<std::string>(std::move(out)) : std::nullopt;
}

const EVP_CIPHER* cipher_for(size_t key_size, bool gcm) {
  switch (key_size) {
    case 16: return gcm ? EVP_aes_128_gcm() : EVP_aes_128_cbc();
    case 24: return gcm ? EVP_aes_192_gcm() : EVP_aes_192_cbc();
    case 32: return gcm ? EVP_aes_256_gcm() : EVP_aes_256_cbc();
    default: return nullptr;
  }
}

struct AesJob {
  bool encrypts = true, gcm = false;
  std::string_view key, iv, beside, in, tag;
};

// The text, and when encrypting with GCM its tag after it.
std::optional<std::string> aes(const AesJob& job) {
  const EVP_CIPHER* cipher = cipher_for(job.key.size(), job.gcm);
  if (cipher == nullptr || job.iv.size() != (job.gcm ? kGcmIv : kBlock)) return std::nullopt;
  std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
  EVP_CIPHER_CTX* c = context.get();
  std::string out(job.in.size() + kBlock, '\0');
  int n = 0, last = 0;
  bool good = c != nullptr && EVP_CipherInit_ex(c, cipher, nullptr, bytes_of(job.key), bytes_of(job.iv), job.encrypts ? 1 : 0) == 1;
  if (good && !job.beside.empty()) good = EVP_CipherUpdate(c, nullptr, &n, bytes_of(job.beside), static_cast<int>(job.beside.size())) == 1;
  n = 0;
  if (good && !job.in.empty()) good = EVP_CipherUpdate(c, room_of(out), &n, bytes_of(job.in), static_cast<int>(job.in.size())) == 1;
  if (good && job.gcm && !job.encrypts) {
    good = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(job.tag.size()), const_cast<char*>(job.tag.data())) == 1;
  }
  good = good && EVP_CipherFinal_ex(c, room_of(out) + n, &last) == 1;
  if (good) out.resize(static_cast<size_t>(n + last));
  if (good && job.gcm && job.encrypts) {
    std::string tag(kGcmTag, '\0');
    good = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kGcmTag), tag.data()) == 1;
    out += tag;
  }
  ERR_clear_error();
  return good ? std::optional<std::string>(std::move(out)) : std::nullopt;
}

}  // namespace

std::optional<std::string> rsa_encrypt(RsaPadding padding, HashKind hash, KeyKind kind, std::string_view der, std::string_view plain) {
  return rsa(parsed_key(kind, der), padding, hash, EVP_PKEY_encrypt_init, EVP_PKEY_encrypt, plain);
}

std::optional<std::string> rsa_decrypt(RsaPadding padding, HashKind hash, std::string_view private_der, std::string_view sealed) {
  return rsa(parsed_key(KeyKind::private_key, private_der), padding, hash, EVP_PKEY_decrypt_init, EVP_PKEY_decrypt, sealed);
}

std::optional<std::string> aes_cbc_encrypt(std::string_view key, std::string_view iv, std::string_view plain) {
  return aes({true, false, key, iv, {}, plain, {}});
}

std::optional<std::string> aes_cbc_decrypt(std::string_view key, std::string_view iv, std::string_view sealed) {
  if (sealed.empty() || sealed.size() % kBlock != 0) return std::nullopt;
  return aes({false, false, key, iv, {}, sealed, {}});
}

std::optional<std::string> aes_gcm_encrypt(std::string_view key, std::string_view iv, std::string_view beside, std::string_view plain) {
  return aes({true, true, key, iv, beside, plain, {}});
}

std::optional<std::string> aes_gcm_decrypt(std::string_view key, std::string_view iv, std::string_view beside, std::string_view sealed) {
  if (sealed.size() < kGcmTag) return std::nullopt;
  return aes({false, true, key, iv, beside, sealed.substr(0, sealed.size() - kGcmTag), sealed.substr(sealed.size() - kGcmTag)});
}

std::string fresh_bytes(size_t n) {
  std::string out(n, '\0');
  TG_CHECK(RAND_bytes(room_of(out), static_cast<int>(n)) == 1, "OpenSSL has no randomness");
  return out;
}

}  // namespace tollgate
