// Known answers: the RFCs of the hashes, and what carriers' documents sign.
#include <catch2/catch.hpp>

#include "runtime/crypto/digest.h"
#include "runtime/builtins/call.h"
#include "runtime/value/codec.h"

using namespace tollgate;

namespace {

std::string hash_hex(HashKind hash, std::string_view message) {
  Digest made;
  REQUIRE(digest(hash, message, made));
  return encode_hex(made.view());
}

std::string hmac_hex(HashKind hash, std::string_view key, std::string_view message) {
  Digest made;
  REQUIRE(hmac(hash, key, message, made));
  return encode_hex(made.view());
}

std::string hmac_base64(HashKind hash, std::string_view key, std::string_view message) {
  return encode_base64(*decode_hex(hmac_hex(hash, key, message)));
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

}  // namespace

TEST_CASE("hashes: RFC 1321 and FIPS 180") {
  CHECK(hash_hex(HashKind::md5, "") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(hash_hex(HashKind::md5, "message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
  CHECK(hash_hex(HashKind::sha1, "") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(hash_hex(HashKind::sha256, "") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hash_hex(HashKind::sha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hash_hex(HashKind::sha512, "") == "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                                      "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
}

TEST_CASE("hmac: RFC 2202 and RFC 4231") {
  const std::string eleven(20, '\x0b'), aa(20, '\xaa'), dd(50, '\xdd'), long_key(131, '\xaa');
  CHECK(hmac_hex(HashKind::md5, std::string(16, '\x0b'), "Hi There") == "9294727a3638bb1c13f48ef8158bfc9d");
  CHECK(hmac_hex(HashKind::md5, std::string(16, '\xaa'), dd) == "56be34521d144c88dbb8c733f0e8b3f6");
  CHECK(hmac_hex(HashKind::sha1, eleven, "Hi There") == "b617318655057264e28bc0b6fb378c8ef146be00");
  CHECK(hmac_hex(HashKind::sha1, aa, dd) == "125d7342b9ac11cd91a39af48aa17b4f63f175d3");
  CHECK(hmac_hex(HashKind::sha256, eleven, "Hi There") == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hmac_hex(HashKind::sha256, aa, dd) == "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  CHECK(hmac_hex(HashKind::sha256, long_key, "Test Using Larger Than Block-Size Key - Hash Key First") ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(hmac_hex(HashKind::sha512, eleven, "Hi There") == "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
                                                      "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854");
  CHECK(hmac_hex(HashKind::sha256, "", "") == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("what carriers sign") {
  CHECK(encode_base64("174379PASSKEY20260102030405") == "MTc0Mzc5UEFTU0tFWTIwMjYwMTAyMDMwNDA1");        // Daraja
  CHECK(hash_hex(HashKind::md5, "601234secret20260102030405") == "0a03284119bab371c7621fbf8f0df943");         // Parlay X
  CHECK(hmac_hex(HashKind::sha256, "pwd", "wap11") == "242e508b7f472dd828ffa84b84b3ccd924b5f4d4d25157ac46cc3f736069a769");  // DIMOCO, published
  CHECK(hmac_base64(HashKind::sha1, "notifypwd", "1.00|B1|RUB|bill|x|0|Shop|paid|tel:+79031811737") == "cgSXm2RPNNjgIzJu2/vxzH9o5sA=");  // QIWI
  CHECK(hmac_hex(HashKind::sha256, "sekret", "mlogin2026-01-02T03:04:05.678Z{\"amount\":100}") ==
        "dc2875e52fb11b923a7529df1158aa132bc1f76bb972e0ed459e2262414af321");  // dLocal
  CHECK(hmac_base64(HashKind::sha256, "sk", "timestamp=2026-01-02T03:04:05+03:00&utilityref=12345&transid=T1&amount=5000") ==
        "FkVZfKy2DJ/J8N30lm/dMn5whA8KeU7By567mxab3rY=");  // Selcom
  CHECK(upper(hash_hex(HashKind::md5, "user|pass|0634123456|hi|2020|02/01/2026|privkey")) == "95BFEAB29282C8C75D7218A96F51FFF7");
  CHECK(hash_hex(HashKind::sha256, "{\"partnerReferenceNo\":\"P1\",\"amount\":{\"value\":\"10000.00\",\"currency\":\"IDR\"}}") ==
        "68fa98797487e67e6d600881a10563aa555bcb4c58e7bb011cfabc6c3996af5f");  // SNAP
}

TEST_CASE("a context wound back signs as a fresh one does, whatever keys come between") {
  const std::string first = hmac_hex(HashKind::sha256, "key 0", "message");
  for (int round = 0; round < 3; ++round) {
    for (int k = 0; k < 20; ++k) hmac_hex(k % 2 == 0 ? HashKind::sha256 : HashKind::sha1, "key " + std::to_string(k), "other");
    CHECK(hmac_hex(HashKind::sha256, "key 0", "message") == first);
    CHECK(hmac_hex(HashKind::sha256, "key 0", "message") == first);
    CHECK(hmac_hex(HashKind::sha256, "key 1", "message") != first);
  }
}

TEST_CASE("bytes are compared whole") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "ab"));
}
