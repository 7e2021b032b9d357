#include "runtime/value/codec.h"

#include <catch2/catch.hpp>
#include <random>

#include "runtime/value/utf8.h"

using namespace tollgate;

TEST_CASE("base64 and hex are those of RFC 4648, section 10") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},        {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (auto [plain, coded] : vectors) {
    CHECK(encode_base64(plain) == coded);
    CHECK(decode_base64(coded) == plain);
  }
  CHECK(encode_hex("foobar") == "666f6f626172");
  CHECK(decode_hex("666F6f626172") == "foobar");
  CHECK(encode_base64url("\xfb\xff\xfe") == "-__-");
  CHECK(encode_base64("\xfb\xff\xfe") == "+//+");
  CHECK(encode_percent("a b&c=d/é~") == "a%20b%26c%3Dd%2F%C3%A9~");
}

TEST_CASE("what encoding could not have made is refused") {
  for (const char* bad : {"Z", "Zg", "Zg=", "Zh==", "Zg==\n", "Zm9", "Z===", "====", "Zm9v=", "Zm-_", "=Zg="}) CHECK_FALSE(decode_base64(bad));
  for (const char* bad : {"Z", "Zh", "Zm+/", "Zg=", "===="}) CHECK_FALSE(decode_base64url(bad));
  CHECK(decode_base64url("Zg==") == "f");
  for (const char* bad : {"6", "6g", "0x66", " 66"}) CHECK_FALSE(decode_hex(bad));
  for (const char* bad : {"%", "%4", "%4g", "a%"}) CHECK_FALSE(decode_percent(bad));
  CHECK(decode_percent("a+b%2b") == "a+b+");
}

TEST_CASE("codecs: decoding what was encoded gives the bytes, for all bytes") {
  std::mt19937 random(3);
  for (int i = 0; i < 500; ++i) {
    std::string bytes(random() % 70, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    CHECK(decode_base64(encode_base64(bytes)) == bytes);
    CHECK(decode_base64url(encode_base64url(bytes)) == bytes);
    CHECK(decode_hex(encode_hex(bytes)) == bytes);
    CHECK(decode_percent(encode_percent(bytes)) == bytes);
    decode_base64(bytes), decode_base64url(bytes), decode_hex(bytes), decode_percent(bytes);
  }
}

TEST_CASE("characters are counted and cut whole") {
  const std::string text = "h\u00e9\u20ac\U0001f600!";
  CHECK(count_characters(text) == 5);
  CHECK(first_of(text, 2, LengthUnit::characters) == "h\u00e9");
  CHECK(first_of(text, 2, LengthUnit::bytes) == "h");
  CHECK(first_of(text, 4, LengthUnit::utf16) == "h\u00e9\u20ac");
  CHECK(first_of(text, 5, LengthUnit::utf16) == "h\u00e9\u20ac\U0001f600");
  CHECK(first_of(text, 0, LengthUnit::characters).empty());
  CHECK(last_of(text, 2) == "\U0001f600!");
  CHECK(last_of(text, 99) == text);
}

TEST_CASE("only the shortest form of real characters is UTF-8; the rest counts byte for byte") {
  for (const char* bad : {"\xff", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", "\x80", "a\xe2\x82"}) {
    CHECK_FALSE(is_utf8(bad));
    CHECK(count_characters(bad) == std::string_view(bad).size());
  }
  for (uint32_t c : {0x24u, 0xa2u, 0x7ffu, 0x800u, 0x20acu, 0xffffu, 0x10000u, 0x10ffffu}) {
    std::string text;
    append_utf8(c, text);
    CHECK(is_utf8(text));
    CHECK(first_character(text).value == c);
  }
  std::string replaced;
  append_utf8(0xd800, replaced);
  CHECK(replaced == "\ufffd");
}
