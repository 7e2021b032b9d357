#include <catch2/catch.hpp>

#include "runtime/value/decimal_picture.h"

using namespace tollgate;

namespace {

std::string again(std::string_view picture, std::string_view text) {
  auto p = parse_decimal_picture(picture);
  REQUIRE(p);
  auto d = parse_decimal_like(text, *p);
  return d ? to_text(*d) : "no";
}
std::string like(std::string_view picture, std::string_view plain) {
  auto p = parse_decimal_picture(picture);
  REQUIRE(p);
  auto text = decimal_like(*parse_decimal(plain), *p);
  return text ? *text : "no";
}

}  // namespace

TEST_CASE("pictures of decimals") {
  for (const char* good : {"1234", "1234.56", "1234,5", "1,234.56", "1.234,56", "1 234,56", "1'234.567", "1,234"}) {
    INFO(good);
    CHECK(parse_decimal_picture(good));
  }
  for (const char* bad : {"", "1", "123", "9,99", "12,345.67", "1,234,56", "1,234.", "1234.5x", "1-234.5", "1x", "1,23,4"}) {
    INFO(bad);
    CHECK_FALSE(parse_decimal_picture(bad));
  }
}

TEST_CASE("decimals like a picture") {
  CHECK(like("1.234,56", "1234567.5") == "1.234.567,50");
  CHECK(like("1.234,56", "-1234") == "-1.234,00");
  CHECK(like("1.234,56", "999.99") == "999,99");
  CHECK(like("1.234,56", "0.125") == "no");
  CHECK(like("1,234", "1234567") == "1,234,567");
  CHECK(like("1234.5", "1234567") == "1234567.0");
  CHECK(again("1.234,56", "1.234.567,50") == "1234567.50");
  CHECK(again("1.234,56", "1234567,5") == "1234567.5");
  CHECK(again("1.234,56", "-12,50") == "-12.50");
  CHECK(again("1.234,56", "12.50") == "no");
  CHECK(again("1.234,56", "1.23.456") == "no");
  CHECK(again("1.234,56", "1,2,3") == "no");
  CHECK(again("1 234,56", "1.5") == "no");
  CHECK(again("1234,56", "12.34") == "no");
  CHECK(again("1,234", "12.5") == "no");
  CHECK(again("1,234.56", "") == "no");
  CHECK(again("1,234.56", "12.") == "no");
}
