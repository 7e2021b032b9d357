// Numbers, identifiers, URLs, currencies.
#include <catch2/catch.hpp>
#include <random>

#include "runtime/value/currency.h"
#include "runtime/value/msisdn.h"
#include "runtime/value/url.h"
#include "runtime/value/uuid.h"
#include "runtime/value/value.h"

using namespace tollgate;

TEST_CASE("a number is read in the stated form and no other") {
  CHECK(parse_msisdn("256770000001", MsisdnForm::digits) == "256770000001");
  CHECK(parse_msisdn("+256770000001", MsisdnForm::plus) == "256770000001");
  CHECK(parse_msisdn("tel:+256770000001", MsisdnForm::tel) == "256770000001");
  CHECK_FALSE(parse_msisdn("+256770000001", MsisdnForm::digits));
  CHECK_FALSE(parse_msisdn("256770000001", MsisdnForm::plus));
  CHECK_FALSE(parse_msisdn("tel:256770000001", MsisdnForm::tel));
  CHECK_FALSE(parse_msisdn("770000001", MsisdnForm::national));
  for (const char* bad : {"", "0770000001", "256 770 000001", "25677000000a", "123456", "1234567890123456", "+"}) {
    CHECK_FALSE(parse_msisdn(bad, MsisdnForm::digits));
  }
  CHECK(is_msisdn("1234567"));
  CHECK(is_msisdn("123456789012345"));
}

TEST_CASE("numbers: reading what was written gives the number, for many") {
  std::mt19937 random(11);
  for (int i = 0; i < 500; ++i) {
    std::string digits(kMsisdnDigitsMin + random() % (kMsisdnDigitsMax - kMsisdnDigitsMin + 1), '1');
    for (char& c : digits) c = static_cast<char>('1' + random() % 9);
    for (auto form : {MsisdnForm::digits, MsisdnForm::plus, MsisdnForm::tel}) {
      const std::string written = format_msisdn(digits, form);
      CHECK(parse_msisdn(written, form) == digits);
    }
    CHECK(std::string(country_code(digits)) + format_msisdn(digits, MsisdnForm::national) == digits);
  }
}

TEST_CASE("country codes split where E.164 splits them") {
  CHECK(country_code("12125550100") == "1");
  CHECK(country_code("79031811737") == "7");
  CHECK(country_code("447700900000") == "44");
  CHECK(country_code("254700000000") == "254");
  CHECK(country_code("861380000000") == "86");
  CHECK(country_code("852500000000") == "852");
  CHECK(format_msisdn("79031811737", MsisdnForm::national) == "9031811737");
}

TEST_CASE("a uuid is 36 characters, kept in lower case") {
  CHECK(parse_uuid("6BA7B810-9DAD-11D1-80B4-00C04FD430C8") == "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  CHECK_FALSE(is_uuid("6BA7B810-9DAD-11D1-80B4-00C04FD430C8"));
  for (const char* bad : {"", "6ba7b8109dad11d180b400c04fd430c8", "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}",
                          "6ba7b810-9dad-11d1-80b4-00c04fd430cg", "6ba7b810-9dad-11d1-80b4-00c04fd430c", "6ba7b810x9dad-11d1-80b4-00c04fd430c8"}) {
    CHECK_FALSE(parse_uuid(bad));
  }
  std::array<uint8_t, 16> ones;
  ones.fill(0xff);
  CHECK(make_uuid(ones) == "ffffffff-ffff-4fff-bfff-ffffffffffff");
  CHECK(make_uuid({}) == "00000000-0000-4000-8000-000000000000");
  CHECK(is_uuid(make_uuid(ones)));
}

TEST_CASE("urls: absolute, http or https, nothing hidden in them") {
  auto parts = parse_url("HTTPS://Api.Example.com:8443/a/b?c=d&e");
  REQUIRE(parts);
  CHECK(parts->https);
  CHECK(parts->host == "Api.Example.com");
  CHECK(parts->port == 8443);
  CHECK(parts->path == "/a/b");
  CHECK(parts->query == "c=d&e");
  CHECK(parse_url("http://127.0.0.1")->port == 80);
  CHECK(parse_url("https://[::1]:9/x")->host == "[::1]");
  CHECK(parse_url("https://[::1]")->port == 443);
  CHECK(parse_url("https://h?q")->query == "q");
  CHECK(url_host("https://A.B:1/") == "a.b");
  for (const char* bad : {"", "https://", "https:///x", "ftp://a", "//a", "/a", "a", "https://user@a", "https://a:0", "https://a:65536", "https://a:",
                          "https://a b", "https://a\r\nX: y", "https://a/<", "https://ä", "https://a#f", "https://.a", "javascript:1", "https://a:8x"}) {
    INFO(bad);
    CHECK_FALSE(parse_url(bad));
  }
  CHECK(parse_url("https://a/" + std::string(kUrlMax - 10, 'x')));
  CHECK_FALSE(parse_url("https://a/" + std::string(kUrlMax - 9, 'x')));
}

TEST_CASE("currencies are found by code, sorted, and carry the exponents that money needs") {
  CHECK(find_currency("UGX")->exponent == 0);
  CHECK(find_currency("KES")->exponent == 2);
  CHECK(find_currency("BHD")->exponent == 3);
  CHECK(find_currency("AUD")->numeric == 36);
  CHECK(find_currency(pack_currency("XOF"))->numeric == 952);
  CHECK(find_currency("XXX") == nullptr);
  CHECK(find_currency("ugx") == nullptr);
  CHECK(find_currency(uint32_t{0}) == nullptr);
  std::string_view last;
  for (const Currency& c : currencies()) {
    INFO(c.code);
    CHECK(last < c.code);
    CHECK(pack_currency(c.code) != 0);
    CHECK(find_currency(c.code) == &c);
    CHECK((c.numeric > 0 && c.numeric < 1000));
    CHECK(c.exponent <= 3);
    last = c.code;
  }
}
