#include "runtime/crypto/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>
#include <string>

namespace tollgate {
namespace {

constexpr const char* kNames[] = {"MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"};
constexpr size_t kHashCount = std::size(kNames);
constexpr size_t kKeyedMax = 8;  // carriers that one thread signs for without setting a key up again

struct Free {
  void operator()(EVP_MD* p) const { EVP_MD_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(EVP_MAC* p) const { EVP_MAC_free(p); }
  void operator()(EVP_MAC_CTX* p) const { EVP_MAC_CTX_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

class Hasher {
 public:
  Hasher() : context_(EVP_MD_CTX_new()) {
    for (size_t i = 0; i < kHashCount; ++i) hashes_[i].reset(EVP_MD_fetch(nullptr, kNames[i], nullptr));
  }

  bool run(HashKind hash, std::string_view message, Digest& out) {
    EVP_MD* md = hashes_[static_cast<size_t>(hash)].get();
    unsigned size = 0;
    auto* bytes = reinterpret_cast<unsigned char*>(out.bytes.data());
    if (md == nullptr || context_ == nullptr || EVP_DigestInit_ex(context_.get(), md, nullptr) != 1 ||
        EVP_DigestUpdate(context_.get(), message.data(), message.size()) != 1 || EVP_DigestFinal_ex(context_.get(), bytes, &size) != 1) {
      return false;
    }
    out.size = size;
    return true;
  }

 private:
  std::array<Owned<EVP_MD>, kHashCount> hashes_;
  Owned<EVP_MD_CTX> context_;
};

// One context, set up for one key.
class Keyed {
 public:
  Keyed() = default;
  Keyed(const Keyed&) = delete;
  Keyed& operator=(const Keyed&) = delete;
  ~Keyed() { forget(); }

  bool is_for(HashKind hash, std::string_view key) const { return ready_ && hash_ == hash && key_ == key; }

  bool set_up(EVP_MAC* mac, HashKind hash, std::string_view key) {
    forget();
    if (context_ == nullptr) context_.reset(EVP_MAC_CTX_new(mac));
    char* name = const_cast<char*>(kNames[static_cast<size_t>(hash)]);
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_construct_end()};
    const auto* bytes = reinterpret_cast<const unsigned char*>(key.empty() ? "" : key.data());
    if (context_ == nullptr || EVP_MAC_init(context_.get(), bytes, key.size(), params) != 1) return false;
    hash_ = hash;
    key_.assign(key);
    ready_ = true;
    return true;
  }

  bool wind_back() { return EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1; }

  bool finish(std::string_view message, Digest& out) {
    size_t size = 0;
    const auto* in = reinterpret_cast<const unsigned char*>(message.data());
    auto* bytes = reinterpret_cast<unsigned char*>(out.bytes.data());
    if (EVP_MAC_update(context_.get(), in, message.size()) != 1 || EVP_MAC_final(context_.get(), bytes, &size, kDigestMax) != 1) return false;
    out.size = static_cast<uint32_t>(size);
    return true;
  }

 private:
  void forget() {
    if (!key_.empty()) OPENSSL_cleanse(key_.data(), key_.size());
    key_.clear();
    ready_ = false;
  }

  Owned<EVP_MAC_CTX> context_;
  HashKind hash_ = HashKind::md5;
  std::string key_;
  bool ready_ = false;
};

class Signer {
 public:
  Signer() : mac_(EVP_MAC_fetch(nullptr, "HMAC", nullptr)) {}

  bool run(HashKind hash, std::string_view key, std::string_view message, Digest& out) {
    if (mac_ == nullptr) return false;
    for (Keyed& keyed : keyed_) {
      if (keyed.is_for(hash, key)) return keyed.wind_back() && keyed.finish(message, out);
    }
    Keyed& keyed = keyed_[next_++ % kKeyedMax];
    return keyed.set_up(mac_.get(), hash, key) && keyed.finish(message, out);
  }

 private:
  Owned<EVP_MAC> mac_;
  std::array<Keyed, kKeyedMax> keyed_;
  size_t next_ = 0;
};

}  // namespace

const char* hash_name(HashKind hash) { return kNames[static_cast<size_t>(hash)]; }

bool digest(HashKind hash, std::string_view message, Digest& out) {
  thread_local Hasher hasher;
  return hasher.run(hash, message, out);
}

bool hmac(HashKind hash, std::string_view key, std::string_view message, Digest& out) {
  thread_local Signer signer;
  return signer.run(hash, key, message, out);
}

}  // namespace tollgate
