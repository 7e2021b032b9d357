// The law of every codec, decode(encode(x)) == x, on seeded texts; published vectors; and input that is meant to do harm.
#include "runtime/codecs/codecs.h"

#include <catch2/catch.hpp>
#include <random>

#include "peer/test_keys.h"
#include "runtime/catalog/builtins.h"
#include "runtime/catalog/catalog.h"
#include "runtime/codecs/gsm.h"
#include "runtime/codecs/json_text.h"
#include "runtime/value/codec.h"

using namespace tollgate;

namespace {

using Random = std::mt19937_64;

std::string bytes_of(Random& random, size_t most) {
  std::string out(random() % (most + 1), '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

std::string gsm_text(Random& random, size_t most) {
  static const char* const kPieces[] = {"a", "Z", "@", "\r", "\n", "é", "€", "{", "]", "Ω", "0", " ", "ñ"};
  std::string out;
  for (size_t n = random() % (most + 1); n > 0; --n) out += kPieces[random() % std::size(kPieces)];
  return out;
}

std::string cyrillic(Random& random, size_t most) {
  static const char* const kPieces[] = {"д", "а", "Ж", "ё", "x", " ", "7", "№"};
  std::string out;
  for (size_t n = random() % (most + 1); n > 0; --n) out += kPieces[random() % std::size(kPieces)];
  return out;
}

std::string der(std::string_view base64) { return *decode_base64(base64); }

// Arguments for a codec's row, for one direction; `room` owns what they point to.
std::vector<Value> arguments_for(const CodecRow& row, bool reads, std::vector<std::string>& room) {
  std::vector<Value> out;
  room.clear();
  room.reserve(4);
  const peer::TestKey& key = peer::test_key(row.name == "jws_es256" ? "p256" : "rsa");
  size_t given = 0;
  for (const Parameter& written : row.arguments()) {
    const Parameter p = reads ? other_half(written) : written;
    Kind kind = Kind::text;
    if (contains(p.kinds, Kind::private_key)) room.push_back(der(key.private_key)), kind = Kind::private_key;
    else if (contains(p.kinds, Kind::public_key)) room.push_back(der(key.public_key)), kind = Kind::public_key;
    else if (p.meaning == Meaning::charset) room.emplace_back("windows-1251");
    else if (p.meaning == Meaning::file_name) room.emplace_back("report.csv");
    else room.emplace_back(given++ == 0 ? "0123456789abcdef0123456789abcdef" : row.name == "aes_gcm" ? "0123456789ab" : "0123456789abcdef");
    out.push_back(Value::text_of(kind, room.back(), kPublic));
  }
  return out;
}

std::string text_for(const CodecRow& row, Random& random) {
  if (row.name == "charset") return cyrillic(random, 60);
  if (row.name == "gsm7" || row.name == "gsm8") return gsm_text(random, 60);
  if (row.name == "plain") return cyrillic(random, 60);
  if (row.name.starts_with("rsa_")) return bytes_of(random, 150);
  return bytes_of(random, 4000);
}

std::string encoded(std::string_view codec, std::string_view in, std::vector<Value> arguments = {}) {
  std::string out;
  REQUIRE(encode_with(*find_codec(codec), arguments, in, out));
  return out;
}

bool reads(std::string_view codec, std::string_view in, std::string& out, std::vector<Value> arguments = {}) {
  out.clear();
  return decode_with(*find_codec(codec), arguments, in, out);
}

}  // namespace

TEST_CASE("what a codec writes, it reads") {
  for (uint32_t id = 0; id < codecs().size(); ++id) {
    const CodecRow& row = codecs()[id];
    INFO(row.name);
    const bool slow = row.name.starts_with("rsa_") || row.name == "jwe" || row.name == "jws_rs256" || row.name == "jws_es256";
    for (uint32_t seed = 0; seed < (slow ? 12u : 120u); ++seed) {
      INFO("seed " << seed);
      Random random(seed);
      std::vector<std::string> room, other;
      const std::vector<Value> writing = arguments_for(row, false, room), reading = arguments_for(row, true, other);
      const std::string text = text_for(row, random);
      std::string made = "kept:", back = "kept:";
      if (!encode_with(id, writing, text, made)) {
        CHECK(row.name == "gsm7");   // two carriage returns where they would be read as padding
        continue;
      }
      CHECK(made.starts_with("kept:"));
      REQUIRE(decode_with(id, reading, std::string_view(made).substr(5), back));
      CHECK(back == "kept:" + text);
    }
  }
}

TEST_CASE("no bytes whatever harm a codec") {
  for (uint32_t id = 0; id < codecs().size(); ++id) {
    INFO(codecs()[id].name);
    std::vector<std::string> room;
    const std::vector<Value> reading = arguments_for(codecs()[id], true, room);
    for (uint32_t seed = 0; seed < 60; ++seed) {
      Random random(seed);
      std::string out;
      decode_with(id, reading, bytes_of(random, 300), out);
      CHECK(out.size() <= kDecodedMax + 4096);
    }
    std::string out;
    CHECK_FALSE(decode_with(id, std::vector<Value>(5), "x", out));   // another number of arguments
  }
}

TEST_CASE("a bomb is refused before it fills the memory") {
  const std::string zeros(kDecodedMax + 1, '\0'), just(kDecodedMax, '\0');
  std::string out;
  const Value name = Value::text("a.csv");
  for (std::string_view codec : {"gzip", "deflate"}) {
    const std::string bomb = encoded(codec, zeros);
    CHECK(bomb.size() < 32 * 1024);
    CHECK_FALSE(reads(codec, bomb, out));
    CHECK(reads(codec, encoded(codec, just), out));
    CHECK(out == just);
  }
  CHECK_FALSE(reads("zip", encoded("zip", zeros, {name}), out, {name}));
}

TEST_CASE("compressed bytes are one whole stream") {
  std::string out;
  const std::string made = encoded("gzip", "hello");
  CHECK(made == encoded("gzip", "hello"));   // no time in it
  for (size_t cut = 0; cut < made.size(); ++cut) CHECK_FALSE(reads("gzip", std::string_view(made).substr(0, cut), out));
  CHECK_FALSE(reads("gzip", made + "x", out));
  CHECK_FALSE(reads("gzip", encoded("deflate", "hello"), out));
}

TEST_CASE("charsets, as they stand in their tables") {
  const auto in = [](std::string_view charset, std::string_view text) { return encode_hex(encoded("charset", text, {Value::text(charset)})); };
  CHECK(in("windows-1251", "Привет") == "cff0e8e2e5f2");
  CHECK(in("KOI8-R", "Привет") == "f0d2c9d7c5d4");
  CHECK(in("ISO-8859-1", "é") == "e9");
  CHECK(in("ISO-8859-15", "€") == "a4");
  CHECK(in("UTF-16BE", "д😀") == "0434d83dde00");
  CHECK(in("UTF-16LE", "д") == "3404");
  CHECK(in("UCS-2BE", "д") == "0434");
  std::string out;
  const uint32_t charset = *find_codec("charset");
  const Value latin[] = {Value::text("ISO-8859-1")}, ucs2[] = {Value::text("UCS-2BE")}, utf8[] = {Value::text("UTF-8")};
  CHECK_FALSE(encode_with(charset, latin, "€", out));     // nothing similar is put in its place
  CHECK_FALSE(encode_with(charset, ucs2, "😀", out));     // outside the basic plane
  CHECK_FALSE(decode_with(charset, utf8, "\xc3", out));
  CHECK_FALSE(decode_with(charset, ucs2, "\xd8\x3d\xde\x00", out));
  for (std::string_view name : charsets()) {
    INFO(name);
    const Value one[] = {Value::text(name)};
    std::string ascii;
    CHECK(encode_with(charset, one, "AZ09 az", ascii));
  }
}

TEST_CASE("short messages: the alphabet, packing, and how many they are") {
  CHECK(encode_hex(encoded("gsm7", "hellohello")) == "e8329bfd4697d9ec37");
  CHECK(encode_hex(encoded("gsm7", "1234567")) == "31d98c56b3dd1a");        // seven bits left: a carriage return
  CHECK(encode_hex(encoded("gsm8", "@£$¥è")) == "0001020304");
  CHECK(encode_hex(encoded("gsm8", "€[]{}\\^~|")) == "1b651b3c1b3e1b281b291b2f1b141b3d1b40");
  std::string out;
  CHECK(reads("gsm7", *decode_hex("31d98c56b3dd1a"), out));
  CHECK(out == "1234567");
  CHECK_FALSE(reads("gsm8", "\x1b", out));      // an escape of nothing
  CHECK_FALSE(reads("gsm8", "\x80", out));
  CHECK_FALSE(septets_of("да"));
  CHECK(sms_parts_of("") == 1);
  CHECK(sms_parts_of(std::string(160, 'a')) == 1);
  CHECK(sms_parts_of(std::string(161, 'a')) == 2);
  CHECK(sms_parts_of(std::string(306, 'a')) == 2);
  CHECK(sms_parts_of(std::string(307, 'a')) == 3);
  CHECK(sms_parts_of(std::string(152, 'a') + "€" + std::string(152, 'a')) == 3);   // an escape and its character stay together
  std::string cyrillic;
  for (int i = 0; i < 70; ++i) cyrillic += "д";
  CHECK(sms_parts_of(cyrillic) == 1);
  CHECK(sms_parts_of(cyrillic + "д") == 2);
  CHECK(sms_parts_of(cyrillic.substr(0, 66 * 2) + "😀" + cyrillic) == 3);          // nor are surrogates parted
}

TEST_CASE("RFC 7515 appendix A.1: a JWS with HMAC-SHA256") {
  const std::string key = *decode_base64url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
      "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const Value arguments[] = {Value::text_of(Kind::secret, key, kSecret)};
  std::string out;
  REQUIRE(decode_with(*find_codec("jws_hs256"), arguments, token, out));
  CHECK(out == "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
  for (size_t i = 0; i < token.size(); i += 7) {
    std::string spoilt = token;
    spoilt[i] = spoilt[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(decode_with(*find_codec("jws_hs256"), arguments, spoilt, out));
  }
}

TEST_CASE("a token's header chooses nothing") {
  const Value key[] = {Value::text("k")};
  std::string out;
  const auto token = [](std::string_view header) { return encode_base64url(header) + "." + encode_base64url("{}") + "."; };
  CHECK_FALSE(decode_with(*find_codec("jws_hs256"), key, token(R"({"alg":"none"})"), out));
  // The public key as HMAC's secret: the oldest trick there is.
  const peer::TestKey& rsa = peer::test_key("rsa");
  const std::string spki = der(rsa.public_key);
  const Value as_secret[] = {Value::text(spki)}, as_key[] = {Value::text_of(Kind::public_key, spki, kPublic)};
  const std::string forged = encoded("jws_hs256", "{}", {as_secret[0]});
  CHECK_FALSE(decode_with(*find_codec("jws_rs256"), as_key, forged, out));
  const auto critical = [&](std::string_view header) {
    const std::string text = encode_base64url(header) + "." + encode_base64url("{}");
    return text;
  };
  CHECK_FALSE(decode_with(*find_codec("jws_hs256"), key, critical(R"({"alg":"HS256","crit":["exp"],"exp":1})") + ".AA", out));
}

TEST_CASE("JSON that is signed stays as it was written") {
  CHECK(minified_json(" { \"a\" : [ 1.50 , -0 , 2e+5 , \"x y\\u00e9\" ] , \"b\":{ } } ") == "{\"a\":[1.50,-0,2e+5,\"x y\\u00e9\"],\"b\":{}}");
  CHECK(minified_json("\"\\ud83d\\ude00\"") == "\"\\ud83d\\ude00\"");
  for (const char* wrong : {"", "{", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "'a'", "\"\\x\"", "\"\\ud83d\"", "nul", "1 2", "{\"a\":1,\"a\":2}", "\"a\nb\""}) {
    INFO(wrong);
    CHECK_FALSE(minified_json(wrong));
  }
  CHECK_FALSE(minified_json(std::string(64, '[') + std::string(64, ']')));
  const auto flat = flat_json(R"({"a":{"b":1.50,"c":[true,null,"x\u0041"]},"d":"","e":{}})");
  REQUIRE(flat);
  CHECK(*flat == TextPairs{{"a.b", "1.50"}, {"a.c.0", "true"}, {"a.c.1", ""}, {"a.c.2", "xA"}, {"d", ""}});
  CHECK_FALSE(flat_json("[1]"));
  const auto form = flat_form("a=1+2&b=%C3%A9&&c&d==");
  REQUIRE(form);
  CHECK(*form == TextPairs{{"a", "1 2"}, {"b", "é"}, {"c", ""}, {"d", "="}});
  CHECK_FALSE(flat_form("a=%C3"));
  CHECK_FALSE(flat_form("a=%4"));
}

TEST_CASE("a short text whose flat form would be large is refused before it is made") {
  // A quarter of a mebibyte that would be gigabytes of names: whoever knows an endpoint may send it, before anything is proved.
  std::string hostile = "{\"" + std::string(128 * 1024, 'k') + "\":[";
  for (int i = 0; i < 60'000; ++i) hostile += "1,";
  hostile += "1]}";
  CHECK_FALSE(flat_json(hostile).has_value());
  std::string usual = "{\"a\":[";
  for (int i = 0; i < 20'000; ++i) usual += "1,";
  usual += "1]}";
  REQUIRE(flat_json(usual).has_value());
  CHECK(flat_json(usual)->size() == 20'001);
}
