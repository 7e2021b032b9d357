#include "runtime/ports/fakes.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstring>

namespace tollgate {

namespace {

constexpr unsigned char kTestKey[32] = {'f', 'o', 'r', ' ', 't', 'e', 's', 't', 's', ' ', 'o', 'n', 'l', 'y'};
constexpr size_t kNonce = 12, kTag = 16, kTokenLength = 22;
constexpr char kBase64Url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)>;
Cipher cipher() { return {EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free}; }

}  // namespace

uint64_t SeededRandom::next() {
  uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

void SeededRandom::fill(uint8_t* out, size_t n) {
  for (size_t i = 0; i < n; i += 8) {
    const uint64_t word = next();
    for (size_t k = 0; k < 8 && i + k < n; ++k) out[i + k] = static_cast<uint8_t>(word >> (8 * k));
  }
}

std::optional<ScriptedLinks::Sent> ScriptedLinks::take() {
  if (waiting.empty()) return std::nullopt;
  Sent first = std::move(waiting.front());
  waiting.pop_front();
  return first;
}

Result<std::optional<std::string>> MapSecrets::setting(std::string_view carrier, std::string_view name) {
  const auto found = values.find({std::string(carrier), std::string(name)});
  if (found == values.end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second);
}

std::string TestVault::seal(std::string_view plain, std::string_view context) {
  std::string out(kNonce + plain.size() + kTag, '\0');
  const uint64_t n = ++nonce_;
  std::memcpy(out.data(), &n, sizeof n);
  Cipher c = cipher();
  int length = 0;
  EVP_EncryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, kTestKey, bytes(out));
  EVP_EncryptUpdate(c.get(), nullptr, &length, bytes(context), static_cast<int>(context.size()));
  EVP_EncryptUpdate(c.get(), bytes(out) + kNonce, &length, bytes(plain), static_cast<int>(plain.size()));
  EVP_EncryptFinal_ex(c.get(), bytes(out) + kNonce + length, &length);
  EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, kTag, bytes(out) + kNonce + plain.size());
  return out;
}

Result<std::string> TestVault::open(std::string_view sealed, std::string_view context) {
  const Error refused{"vault_sealed_elsewhere", "these sealed bytes are damaged, or were sealed for something else"};
  if (sealed.size() < kNonce + kTag) return refused;
  const size_t size = sealed.size() - kNonce - kTag;
  std::string out(size, '\0'), tag(sealed.substr(kNonce + size));
  Cipher c = cipher();
  int length = 0;
  EVP_DecryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, kTestKey, bytes(sealed));
  EVP_DecryptUpdate(c.get(), nullptr, &length, bytes(context), static_cast<int>(context.size()));
  EVP_DecryptUpdate(c.get(), bytes(out), &length, bytes(sealed) + kNonce, static_cast<int>(size));
  EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data());
  if (EVP_DecryptFinal_ex(c.get(), bytes(out) + length, &length) != 1) return refused;
  return out;
}

std::string TestVault::token(std::string_view context) {
  unsigned char mac[32];
  unsigned length = sizeof mac;
  HMAC(EVP_sha256(), kTestKey, sizeof kTestKey, bytes(context), context.size(), mac, &length);
  std::string out;
  uint32_t bits = 0;
  int have = 0;
  for (size_t at = 0; out.size() < kTokenLength; have -= 6) {
    while (have < 6) { bits = (bits << 8) | mac[at++]; have += 8; }
    out += kBase64Url[(bits >> (have - 6)) & 63];
  }
  return out;
}

}  // namespace tollgate
