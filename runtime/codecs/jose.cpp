// Compact JWS (RFC 7515) and JWE (RFC 7516). A header that names another algorithm than the codec, or a critical extension, is refused: what
// an attacker writes into a header chooses nothing.
#include <openssl/crypto.h>

#include <optional>
#include <vector>

#include "runtime/codecs/json_text.h"
#include "runtime/codecs/pairs.h"
#include "runtime/crypto/cipher.h"
#include "runtime/crypto/sign.h"
#include "runtime/value/codec.h"

namespace tollgate {
namespace {

constexpr size_t kJwsParts = 3, kJweParts = 5, kGcmIv = 12;

std::vector<std::string_view> parts_of(std::string_view compact) {
  std::vector<std::string_view> parts;
  for (size_t dot; (dot = compact.find('.')) != std::string_view::npos; compact.remove_prefix(dot + 1)) parts.push_back(compact.substr(0, dot));
  parts.push_back(compact);
  return parts;
}

// Base64url as RFC 7515 wants it: without padding.
std::optional<std::string> strict_base64url(std::string_view text) {
  return text.find('=') == std::string_view::npos ? decode_base64url(text) : std::nullopt;
}

struct Header {
  std::string alg, enc;
};

std::optional<Header> header_of(std::string_view part) {
  const auto text = strict_base64url(part);
  const auto members = text ? flat_json(*text) : std::nullopt;
  if (!members) return std::nullopt;
  Header header;
  for (const auto& [name, value] : *members) {
    if (name == "crit" || name.starts_with("crit.") || name == "zip") return std::nullopt;
    if (name == "alg") header.alg = value;
    if (name == "enc") header.enc = value;
  }
  return header;
}

KeyKind kind_of(const Value& key) { return key.kind == Kind::certificate ? KeyKind::certificate : KeyKind::public_key; }

std::string signed_part(std::string_view alg, std::string_view payload) {
  return encode_base64url("{\"alg\":\"" + std::string(alg) + "\"}") + "." + encode_base64url(payload);
}

// Appends the payload if the header says `alg` and `good` vouches for the first two parts.
template <class Good>
bool read_jws(std::string_view alg, std::string_view compact, std::string& out, Good good) {
  const auto parts = parts_of(compact);
  if (parts.size() != kJwsParts) return false;
  const auto header = header_of(parts[0]);
  const auto payload = strict_base64url(parts[1]), signature = strict_base64url(parts[2]);
  if (!header || header->alg != alg || !payload || !signature) return false;
  if (!good(compact.substr(0, parts[0].size() + 1 + parts[1].size()), *signature)) return false;
  out += *payload;
  return true;
}

bool write_jws(std::string_view alg, Scheme scheme, const Value& key, std::string_view in, std::string& out) {
  const std::string text = signed_part(alg, in);
  const auto signature = sign(scheme, HashKind::sha256, key.view(), text);
  if (signature) out += text + "." + encode_base64url(*signature);
  return signature.has_value();
}

bool check_jws(std::string_view alg, Scheme scheme, const Value& key, std::string_view in, std::string& out) {
  return read_jws(alg, in, out, [&](std::string_view text, std::string_view signature) {
    return verify_signature(scheme, HashKind::sha256, kind_of(key), key.view(), text, signature);
  });
}

// ---- JWE

bool write_jwe(std::string_view alg, std::string_view enc, std::string_view content_key, std::string_view locked_key, std::string_view in, std::string& out) {
  const std::string header = encode_base64url("{\"alg\":\"" + std::string(alg) + "\",\"enc\":\"" + std::string(enc) + "\"}");
  const std::string iv = fresh_bytes(kGcmIv);
  const auto sealed = aes_gcm_encrypt(content_key, iv, header, in);
  if (!sealed) return false;
  const std::string_view all(*sealed);
  out += header + "." + encode_base64url(locked_key) + "." + encode_base64url(iv) + "." + encode_base64url(all.substr(0, all.size() - kGcmTag)) + "." +
         encode_base64url(all.substr(all.size() - kGcmTag));
  return true;
}

size_t key_size(std::string_view enc) { return enc == "A256GCM" ? 32 : enc == "A128GCM" ? 16 : 0; }

// `unlock` gives the content key for the header and the locked key, or nullopt.
template <class Unlock>
bool read_jwe(std::string_view compact, std::string& out, Unlock unlock) {
  const auto parts = parts_of(compact);
  if (parts.size() != kJweParts) return false;
  const auto header = header_of(parts[0]);
  const auto locked = strict_base64url(parts[1]), iv = strict_base64url(parts[2]), text = strict_base64url(parts[3]), tag = strict_base64url(parts[4]);
  if (!header || key_size(header->enc) == 0 || !locked || !iv || !text || !tag || tag->size() != kGcmTag) return false;
  std::optional<std::string> key = unlock(*header, *locked);
  if (!key || key->size() != key_size(header->enc)) return false;
  const auto plain = aes_gcm_decrypt(*key, *iv, parts[0], *text + *tag);
  OPENSSL_cleanse(key->data(), key->size());
  if (plain) out += *plain;
  return plain.has_value();
}

}  // namespace

TG_ENCODE(jws_hs256) {
  const std::string text = signed_part("HS256", in);
  Digest mac;
  if (!hmac(HashKind::sha256, a[0].view(), text, mac)) return false;
  out += text + "." + encode_base64url(mac.view());
  return true;
}
TG_DECODE(jws_hs256) {
  return read_jws("HS256", in, out, [&](std::string_view text, std::string_view signature) {
    Digest mac;
    return hmac(HashKind::sha256, a[0].view(), text, mac) && mac.size == signature.size() && CRYPTO_memcmp(mac.bytes.data(), signature.data(), mac.size) == 0;
  });
}

TG_ENCODE(jws_rs256) { return write_jws("RS256", Scheme::rsa, a[0], in, out); }
TG_DECODE(jws_rs256) { return check_jws("RS256", Scheme::rsa, a[0], in, out); }
TG_ENCODE(jws_es256) { return write_jws("ES256", Scheme::ecdsa_raw, a[0], in, out); }
TG_DECODE(jws_es256) { return check_jws("ES256", Scheme::ecdsa_raw, a[0], in, out); }

TG_ENCODE(jwe) {
  std::string key = fresh_bytes(key_size("A256GCM"));
  const auto locked = rsa_encrypt(RsaPadding::oaep, HashKind::sha256, kind_of(a[0]), a[0].view(), key);
  const bool good = locked && write_jwe("RSA-OAEP-256", "A256GCM", key, *locked, in, out);
  OPENSSL_cleanse(key.data(), key.size());
  return good;
}
TG_DECODE(jwe) {
  return read_jwe(in, out, [&](const Header& header, std::string_view locked) -> std::optional<std::string> {
    if (header.alg == "RSA-OAEP-256") return rsa_decrypt(RsaPadding::oaep, HashKind::sha256, a[0].view(), locked);
    if (header.alg == "RSA-OAEP") return rsa_decrypt(RsaPadding::oaep, HashKind::sha1, a[0].view(), locked);
    return std::nullopt;
  });
}

TG_ENCODE(jwe_dir) {
  const std::string_view enc = a[0].size == key_size("A128GCM") ? "A128GCM" : "A256GCM";
  return a[0].size == key_size(enc) && write_jwe("dir", enc, a[0].view(), {}, in, out);
}
TG_DECODE(jwe_dir) {
  return read_jwe(in, out, [&](const Header& header, std::string_view locked) -> std::optional<std::string> {
    if (header.alg != "dir" || !locked.empty()) return std::nullopt;
    return std::string(a[0].view());
  });
}

}  // namespace tollgate
