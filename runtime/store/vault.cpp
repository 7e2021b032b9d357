#include "runtime/store/vault.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tollgate {

namespace {

constexpr size_t kNonceSize = 12, kTagSize = 16, kTokenLength = 22;
constexpr size_t kPlainMax = 64 * 1024 * 1024;   // far above any body we keep, far below what OpenSSL's int lengths hold
constexpr char kBase64Url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Bytes32 = std::array<uint8_t, 32>;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

class OpenFile {
 public:
  OpenFile(const std::string& path, int flags, mode_t mode = 0) : fd(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~OpenFile() { if (fd >= 0) close(fd); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  const int fd;
};

const uint8_t* bytes(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data() == nullptr ? "" : text.data()); }
uint8_t* bytes(std::string& text) { return reinterpret_cast<uint8_t*>(text.data()); }

Bytes32 mac(const Bytes32& key, std::string_view text) {
  Bytes32 out;
  unsigned length = 0;
  const bool good = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes(text), text.size(), out.data(), &length) != nullptr;
  TG_CHECK(good && length == out.size(), "HMAC-SHA256 does not work");
  return out;
}

Cipher cipher() {
  Cipher out(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  TG_CHECK(out != nullptr, "no memory for a cipher");
  return out;
}

// The key of one context.
Bytes32 key_of(const Bytes32& seal_key, std::string_view context) { return mac(seal_key, context); }

bool decrypt(const Bytes32& key, std::string_view sealed, std::string_view context, std::string& plain) {
  const size_t size = sealed.size() - KeyVault::kOverhead;
  const uint8_t* nonce = bytes(sealed) + 1;
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  plain.assign(size, '\0');
  const Cipher c = cipher();
  int length = 0;
  return EVP_DecryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce) == 1 &&
         EVP_DecryptUpdate(c.get(), nullptr, &length, bytes(context), static_cast<int>(context.size())) == 1 &&
         EVP_DecryptUpdate(c.get(), bytes(plain), &length, nonce + kNonceSize, static_cast<int>(size)) == 1 &&
         EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) == 1 &&
         EVP_DecryptFinal_ex(c.get(), bytes(plain) + size, &length) == 1;
}

}  // namespace

Status KeyVault::make_key(const std::string& path) {
  const auto trouble = [&](int why) { return Error{"vault_key_unwritable", fmt::format("the key {} cannot be written: {}", path, std::strerror(why))}; };
  Key key;
  TG_CHECK(RAND_bytes(key.data(), kKeySize) == 1, "the system gives no randomness");
  const OpenFile file(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (file.fd < 0 && errno == EEXIST) return Error{"vault_key_exists", fmt::format("the key {} exists already and is never overwritten", path)};
  if (file.fd < 0) return trouble(errno);
  const bool written = write(file.fd, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && fsync(file.fd) == 0;
  const int why = errno;
  OPENSSL_cleanse(key.data(), key.size());
  if (!written) {
    unlink(path.c_str());
    return trouble(why);
  }
  const size_t slash = path.rfind('/');
  const OpenFile folder(slash == std::string::npos ? "." : path.substr(0, slash + 1), O_RDONLY | O_DIRECTORY);
  if (folder.fd < 0 || fsync(folder.fd) != 0) return trouble(errno);
  return Done{};
}

Result<KeyVault::Keys> KeyVault::read_keys(const std::string& path) {
  const OpenFile file(path, O_RDONLY);
  if (file.fd < 0 && errno == ENOENT) return Error{"vault_key_missing", fmt::format("there is no key {}; `tollgate init` makes one", path)};
  struct stat info {};
  if (file.fd < 0 || fstat(file.fd, &info) != 0) {
    return Error{"vault_key_unreadable", fmt::format("the key {} cannot be read: {}", path, std::strerror(errno))};
  }
  if ((info.st_mode & 077) != 0) {
    return Error{"vault_key_exposed", fmt::format("the key {} is open to others than its owner; make it private: chmod 600 {}", path, path)};
  }
  Key key;
  if (!S_ISREG(info.st_mode) || info.st_size != kKeySize || read(file.fd, key.data(), kKeySize) != static_cast<ssize_t>(kKeySize)) {
    return Error{"vault_key_size", fmt::format("{} is not a key: a key is a file of exactly {} bytes", path, kKeySize)};
  }
  const Keys keys{mac(key, "tollgate key id")[0], mac(key, "tollgate seal"), mac(key, "tollgate token")};
  OPENSSL_cleanse(key.data(), key.size());
  return keys;
}

Result<std::unique_ptr<KeyVault>> KeyVault::load(const std::string& path, const std::string& previous) {
  std::vector<Keys> keys;
  for (const std::string& from : {path, previous}) {
    if (from.empty() && !keys.empty()) continue;
    auto loaded = read_keys(from);
    if (!loaded.ok()) return std::move(loaded).error();
    keys.push_back(std::move(loaded).value());
  }
  return std::unique_ptr<KeyVault>(new KeyVault(std::move(keys)));
}

KeyVault::~KeyVault() { OPENSSL_cleanse(keys_.data(), keys_.size() * sizeof(Keys)); }

std::string KeyVault::seal(std::string_view plain, std::string_view context) {
  TG_CHECK(plain.size() <= kPlainMax && context.size() <= kPlainMax, "more to seal than is ever kept");
  std::string out(kOverhead + plain.size(), '\0');
  uint8_t* const nonce = bytes(out) + 1;
  uint8_t* const text = nonce + kNonceSize;
  out[0] = static_cast<char>(keys_.front().id);
  TG_CHECK(RAND_bytes(nonce, kNonceSize) == 1, "the system gives no randomness");
  const Bytes32 key = key_of(keys_.front().seal, context);
  const Cipher c = cipher();
  int length = 0;
  const bool good = EVP_EncryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce) == 1 &&
                    EVP_EncryptUpdate(c.get(), nullptr, &length, bytes(context), static_cast<int>(context.size())) == 1 &&
                    EVP_EncryptUpdate(c.get(), text, &length, bytes(plain), static_cast<int>(plain.size())) == 1 &&
                    EVP_EncryptFinal_ex(c.get(), text + plain.size(), &length) == 1 &&
                    EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, text + plain.size()) == 1;
  TG_CHECK(good, "AES-256-GCM does not work");
  return out;
}

Result<std::string> KeyVault::open(std::string_view sealed, std::string_view context) {
  const Error refused{"vault_sealed_elsewhere", "these sealed bytes are damaged, or were sealed for something else"};
  if (sealed.size() < kOverhead || sealed.size() > kOverhead + kPlainMax || context.size() > kPlainMax) return refused;
  bool known = false;
  std::string plain;
  for (const Keys& keys : keys_) {   // two keys may share an id: then both are tried
    if (static_cast<uint8_t>(sealed[0]) != keys.id) continue;
    known = true;
    if (decrypt(key_of(keys.seal, context), sealed, context, plain)) return plain;
  }
  if (known) return refused;
  return Error{"vault_unknown_key", "these bytes were sealed under a key that this node does not have"};
}

std::string KeyVault::token(std::string_view context) {
  const Bytes32 digest = mac(keys_.back().token, context);
  std::string out;
  uint32_t bits = 0;
  int have = 0;
  for (size_t at = 0; out.size() < kTokenLength; have -= 6) {
    while (have < 6) {
      bits = (bits << 8) | digest[at++];
      have += 8;
    }
    out += kBase64Url[(bits >> (have - 6)) & 63];
  }
  return out;
}

}  // namespace tollgate
