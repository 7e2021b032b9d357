#include "runtime/value/decimal.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <random>

using namespace tollgate;

TEST_CASE("a decimal is read exactly or not at all") {
  CHECK(parse_decimal("1.50")->coefficient == 150);
  CHECK(parse_decimal("1.50")->scale == 2);
  CHECK(parse_decimal("-0.007")->coefficient == -7);
  CHECK(parse_decimal("0005")->coefficient == 5);
  CHECK(parse_decimal("999999999999999999")->coefficient == 999999999999999999);
  CHECK(parse_decimal("0.000000000000000001")->scale == 18);
  for (const char* bad : {"", "-", ".", "1.", ".5", "+1", "1e3", "1,000", " 1", "1 ", "1.2.3", "--1", "1000000000000000000",
                          "0.0000000000000000001", "٣", "NaN"}) {
    INFO(bad);
    CHECK_FALSE(parse_decimal(bad));
  }
}

TEST_CASE("rescaling never rounds and never overflows") {
  CHECK(rescale({150, 2}, 1)->coefficient == 15);
  CHECK_FALSE(rescale({151, 2}, 1));
  CHECK(rescale({5, 0}, 18)->coefficient == 5000000000000000000);
  CHECK_FALSE(rescale({10, 0}, 18));
  CHECK_FALSE(rescale({1, 0}, 19));
  CHECK_FALSE(add({INT64_MAX, 0}, {1, 0}));
  CHECK_FALSE(subtract({INT64_MIN, 0}, {1, 0}));
  CHECK_FALSE(multiply({INT64_MAX, 0}, {2, 0}));
  CHECK_FALSE(multiply({1, 10}, {1, 9}));
  CHECK(to_text({INT64_MIN, 18}) == "-9.223372036854775808");
  CHECK(to_text({5, 3}) == "0.005");
  CHECK(to_text({-5, 1}) == "-0.5");
}

TEST_CASE("decimals: text and arithmetic agree, for many values") {
  std::mt19937_64 random(20260102);
  for (int i = 0; i < 2000; ++i) {
    const Decimal a{static_cast<int64_t>(random() % 2'000'000'000) - 1'000'000'000, static_cast<uint8_t>(random() % 9)};
    const Decimal b{static_cast<int64_t>(random() % 2'000'000'000) - 1'000'000'000, static_cast<uint8_t>(random() % 9)};
    const auto back = parse_decimal(to_text(a));
    REQUIRE(back);
    CHECK(back->coefficient == a.coefficient);
    CHECK(back->scale == a.scale);
    const auto sum = add(a, b);
    REQUIRE(sum);
    CHECK(compare(*subtract(*sum, b), a) == 0);
    CHECK(compare(*sum, *add(b, a)) == 0);
    CHECK(compare(a, b) == -compare(b, a));
    CHECK(compare(*sum, a) == (b.coefficient > 0) - (b.coefficient < 0));
  }
}
