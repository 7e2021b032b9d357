// Keys, signatures and ciphers: both ways, against what is published, and against the openssl command.
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "peer/test_keys.h"
#include "runtime/crypto/cipher.h"
#include "runtime/crypto/sign.h"
#include "runtime/value/codec.h"

using namespace tollgate;

namespace {

namespace fs = std::filesystem;

std::string of_hex(std::string_view hex) { return *decode_hex(hex); }

std::string private_der(std::string_view name) { return *key_der(KeyKind::private_key, peer::test_key(name).private_key); }
std::string public_der(std::string_view name) { return *key_der(KeyKind::public_key, peer::test_key(name).public_key); }

std::string pem(std::string_view word, std::string_view base64) {
  std::string out = "-----BEGIN " + std::string(word) + "-----\n";
  for (size_t at = 0; at < base64.size(); at += 64) out += std::string(base64.substr(at, 64)) + "\n";
  return out + "-----END " + std::string(word) + "-----\n";
}

// A folder for the openssl command; gone afterwards.
class Folder {
 public:
  Folder() {
    char path[] = "/tmp/tollgate_crypto_XXXXXX";
    path_ = mkdtemp(path);
  }
  ~Folder() { fs::remove_all(path_); }
  void write(const std::string& name, std::string_view bytes) const { std::ofstream(path_ / name, std::ios::binary) << bytes; }
  std::string read(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  bool run(const std::string& command) const { return std::system(("cd " + path_.string() + " && " + command + " >/dev/null 2>&1").c_str()) == 0; }

 private:
  fs::path path_;
};

struct Case { Scheme scheme; HashKind hash; const char *key, *options; };
constexpr Case kCases[] = {
    {Scheme::rsa, HashKind::sha1, "rsa", "-sha1"},
    {Scheme::rsa, HashKind::sha256, "rsa", "-sha256"},
    {Scheme::rsa, HashKind::sha512, "rsa", "-sha512"},
    {Scheme::rsa_pss, HashKind::sha256, "rsa", "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"},
    {Scheme::rsa_pss, HashKind::sha512, "rsa", "-sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"},
    {Scheme::ecdsa, HashKind::sha256, "p256", "-sha256"},
};

}  // namespace

TEST_CASE("a key is read from whatever form it is handed over in") {
  const peer::TestKey& rsa = peer::test_key("rsa");
  const std::string spki = public_der("rsa"), pkcs8 = private_der("rsa");
  CHECK(encode_base64(spki) == rsa.public_key);
  CHECK(encode_base64(pkcs8) == rsa.private_key);
  CHECK(*key_der(KeyKind::public_key, pem("PUBLIC KEY", rsa.public_key)) == spki);
  CHECK(*key_der(KeyKind::public_key, rsa.certificate) == spki);                          // the certificate that holds it
  CHECK(*key_der(KeyKind::public_key, pem("CERTIFICATE", rsa.certificate)) == spki);
  CHECK(*key_der(KeyKind::public_key, spki) == spki);
  CHECK(*key_der(KeyKind::private_key, pem("PRIVATE KEY", rsa.private_key)) == pkcs8);
  CHECK(public_half(KeyKind::private_key, pkcs8) == spki);
  CHECK(public_half(KeyKind::certificate, *key_der(KeyKind::certificate, rsa.certificate)) == spki);
  CHECK(key_family(KeyKind::public_key, public_der("p256")) == KeyFamily::ec);
  CHECK(key_family(KeyKind::private_key, private_der("ed25519")) == KeyFamily::ed25519);
  Folder folder;
  folder.write("k.pem", pem("PRIVATE KEY", rsa.private_key));
  REQUIRE(folder.run("openssl rsa -in k.pem -traditional -out pkcs1.pem && openssl rsa -in k.pem -RSAPublicKey_out -outform DER -out pub1.der"));
  CHECK(*key_der(KeyKind::private_key, folder.read("pkcs1.pem")) == pkcs8);               // PKCS#1
  CHECK(*key_der(KeyKind::public_key, encode_base64(folder.read("pub1.der"))) == spki);
}

TEST_CASE("what is no key is refused in words that hold none of it") {
  const peer::TestKey& rsa = peer::test_key("rsa");
  for (KeyKind kind : {KeyKind::public_key, KeyKind::private_key, KeyKind::certificate}) {
    for (std::string_view text : {std::string_view(""), std::string_view("hunter2-hunter2"), std::string_view("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), std::string_view("AAAA")}) {
      auto read = key_der(kind, text);
      REQUIRE_FALSE(read.ok());
      CHECK(read.error().code == "key_unreadable");
      CHECK(read.error().message.find("hunter2") == std::string::npos);
    }
  }
  CHECK_FALSE(key_der(KeyKind::private_key, rsa.public_key).ok());
  CHECK_FALSE(key_der(KeyKind::certificate, rsa.public_key).ok());
  auto wrong_half = key_der(KeyKind::public_key, pem("PRIVATE KEY", rsa.private_key));
  REQUIRE_FALSE(wrong_half.ok());
  CHECK(wrong_half.error().message.find("private key") != std::string::npos);
  Folder folder;
  REQUIRE(folder.run("openssl genrsa -out small.pem 512"));
  CHECK_FALSE(key_der(KeyKind::private_key, folder.read("small.pem")).ok());
  REQUIRE(folder.run("openssl genrsa -aes128 -passout pass:x -out locked.pem 2048"));
  CHECK_FALSE(key_der(KeyKind::private_key, folder.read("locked.pem")).ok());
}

TEST_CASE("what is signed is verified, by the command too") {
  const std::string message = "POST:/v1.0/debit:{\"a\":1}";
  Folder folder;
  folder.write("message", message);
  for (const Case& one : kCases) {
    INFO(one.options);
    const peer::TestKey& key = peer::test_key(one.key);
    const auto made = sign(one.scheme, one.hash, private_der(one.key), message);
    REQUIRE(made);
    CHECK(verify_signature(one.scheme, one.hash, KeyKind::public_key, public_der(one.key), message, *made));
    CHECK(verify_signature(one.scheme, one.hash, KeyKind::certificate, *key_der(KeyKind::certificate, key.certificate), message, *made));
    CHECK_FALSE(verify_signature(one.scheme, one.hash, KeyKind::public_key, public_der(one.key), message + " ", *made));
    std::string spoilt = *made;
    spoilt[spoilt.size() / 2] = static_cast<char>(spoilt[spoilt.size() / 2] ^ 1);
    CHECK_FALSE(verify_signature(one.scheme, one.hash, KeyKind::public_key, public_der(one.key), message, spoilt));
    folder.write("private.pem", pem("PRIVATE KEY", key.private_key));
    folder.write("public.pem", pem("PUBLIC KEY", key.public_key));
    folder.write("ours", *made);
    CHECK(folder.run("openssl dgst " + std::string(one.options) + " -verify public.pem -signature ours message"));
    REQUIRE(folder.run("openssl dgst " + std::string(one.options) + " -sign private.pem -out theirs message"));
    CHECK(verify_signature(one.scheme, one.hash, KeyKind::public_key, public_der(one.key), message, folder.read("theirs")));
  }
}

TEST_CASE("r and s, and Ed25519") {
  const auto raw = sign(Scheme::ecdsa_raw, HashKind::sha256, private_der("p256"), "m");
  REQUIRE(raw);
  CHECK(raw->size() == 64);
  CHECK(verify_signature(Scheme::ecdsa_raw, HashKind::sha256, KeyKind::public_key, public_der("p256"), "m", *raw));
  CHECK_FALSE(verify_signature(Scheme::ecdsa_raw, HashKind::sha256, KeyKind::public_key, public_der("p256"), "m", raw->substr(1)));
  CHECK_FALSE(verify_signature(Scheme::ecdsa, HashKind::sha256, KeyKind::public_key, public_der("p256"), "m", *raw));
  const auto signature = sign(Scheme::ed25519, HashKind::sha512, private_der("ed25519"), "m");
  REQUIRE(signature);
  CHECK(signature == sign(Scheme::ed25519, HashKind::sha512, private_der("ed25519"), "m"));
  CHECK(verify_signature(Scheme::ed25519, HashKind::sha512, KeyKind::public_key, public_der("ed25519"), "m", *signature));
  // RFC 8032 7.1, test 1: the empty message.
  const std::string spki = of_hex("302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  CHECK(verify_signature(Scheme::ed25519, HashKind::sha512, KeyKind::public_key, *key_der(KeyKind::public_key, spki), "",
                         of_hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")));
}

TEST_CASE("a key of another family neither signs nor verifies") {
  CHECK_FALSE(sign(Scheme::rsa, HashKind::sha256, private_der("p256"), "m"));
  CHECK_FALSE(sign(Scheme::ecdsa, HashKind::sha256, private_der("rsa"), "m"));
  CHECK_FALSE(sign(Scheme::ed25519, HashKind::sha512, private_der("rsa"), "m"));
  CHECK_FALSE(sign(Scheme::rsa, HashKind::sha256, "no key", "m"));
  CHECK_FALSE(verify_signature(Scheme::rsa, HashKind::sha256, KeyKind::public_key, public_der("p256"), "m", "s"));
  CHECK_FALSE(verify_signature(Scheme::rsa, HashKind::sha256, KeyKind::public_key, "no key", "m", "s"));
}

TEST_CASE("RSA encryption, both ways and with the command") {
  Folder folder;
  const peer::TestKey& key = peer::test_key("rsa");
  folder.write("private.pem", pem("PRIVATE KEY", key.private_key));
  folder.write("public.pem", pem("PUBLIC KEY", key.public_key));
  folder.write("pin", "1234");
  struct Way { RsaPadding padding; HashKind hash; const char* options; };
  for (const Way& way : {Way{RsaPadding::pkcs1, HashKind::sha1, "-pkeyopt rsa_padding_mode:pkcs1"}, Way{RsaPadding::oaep, HashKind::sha1, "-pkeyopt rsa_padding_mode:oaep"},
                         Way{RsaPadding::oaep, HashKind::sha256, "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256"}}) {
    INFO(way.options);
    const auto sealed = rsa_encrypt(way.padding, way.hash, KeyKind::public_key, public_der("rsa"), "1234");
    REQUIRE(sealed);
    CHECK(sealed != rsa_encrypt(way.padding, way.hash, KeyKind::public_key, public_der("rsa"), "1234"));   // padded anew
    CHECK(rsa_decrypt(way.padding, way.hash, private_der("rsa"), *sealed) == "1234");
    folder.write("ours", *sealed);
    REQUIRE(folder.run("openssl pkeyutl -decrypt -inkey private.pem " + std::string(way.options) + " -in ours -out plain"));
    CHECK(folder.read("plain") == "1234");
    REQUIRE(folder.run("openssl pkeyutl -encrypt -pubin -inkey public.pem " + std::string(way.options) + " -in pin -out theirs"));
    CHECK(rsa_decrypt(way.padding, way.hash, private_der("rsa"), folder.read("theirs")) == "1234");
    CHECK_FALSE(rsa_encrypt(way.padding, way.hash, KeyKind::public_key, public_der("rsa"), std::string(300, 'x')));
  }
}

TEST_CASE("AES: NIST's vectors, and nothing is opened that was touched") {
  // SP 800-38A F.2.1, first block of CBC-AES128; the second block here is the padding.
  const std::string key = of_hex("2b7e151628aed2a6abf7158809cf4f3c"), iv = of_hex("000102030405060708090a0b0c0d0e0f");
  const auto cbc = aes_cbc_encrypt(key, iv, of_hex("6bc1bee22e409f96e93d7e117393172a"));
  REQUIRE(cbc);
  CHECK(cbc->size() == 32);
  CHECK(encode_hex(cbc->substr(0, 16)) == "7649abac8119b246cee98e9b12e9197d");
  CHECK(aes_cbc_decrypt(key, iv, *cbc) == of_hex("6bc1bee22e409f96e93d7e117393172a"));
  CHECK_FALSE(aes_cbc_decrypt(key, iv, cbc->substr(0, 31)));
  CHECK_FALSE(aes_cbc_decrypt(key, iv, ""));
  CHECK_FALSE(aes_cbc_encrypt(key.substr(1), iv, "x"));
  CHECK_FALSE(aes_cbc_encrypt(key, iv.substr(1), "x"));
  // GCM's specification, test case 3.
  const std::string gcm_key = of_hex("feffe9928665731c6d6a8f9467308308"), gcm_iv = of_hex("cafebabefacedbaddecaf888");
  const std::string plain = of_hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255");
  const auto gcm = aes_gcm_encrypt(gcm_key, gcm_iv, "", plain);
  REQUIRE(gcm);
  CHECK(encode_hex(*gcm) == "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985"
                            "4d5c2af327cd64a62cf35abd2ba6fab4");
  CHECK(aes_gcm_decrypt(gcm_key, gcm_iv, "", *gcm) == plain);
  for (size_t i = 0; i < gcm->size(); i += 5) {
    std::string touched = *gcm;
    touched[i] = static_cast<char>(touched[i] ^ 1);
    CHECK_FALSE(aes_gcm_decrypt(gcm_key, gcm_iv, "", touched));
  }
  CHECK_FALSE(aes_gcm_decrypt(gcm_key, gcm_iv, "beside", *gcm));
  CHECK_FALSE(aes_gcm_decrypt(gcm_key, gcm_iv, "", "short"));
}

TEST_CASE("RFC 4231: HMAC-SHA-2 with a key of twenty 0x0b, and the hashes of nothing") {
  Digest out;
  const std::string key(20, '\x0b');
  REQUIRE(hmac(HashKind::sha224, key, "Hi There", out));
  CHECK(encode_hex(out.view()) == "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22");
  REQUIRE(hmac(HashKind::sha256, key, "Hi There", out));
  CHECK(encode_hex(out.view()) == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  REQUIRE(hmac(HashKind::sha384, key, "Hi There", out));
  CHECK(encode_hex(out.view()) == "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6");
  REQUIRE(hmac(HashKind::sha512, key, "Hi There", out));
  CHECK(encode_hex(out.view()) == "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854");
  REQUIRE(digest(HashKind::sha384, "", out));
  CHECK(encode_hex(out.view()) == "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b");
}
