#include "runtime/value/value.h"

#include <catch2/catch.hpp>
#include <random>
#include <vector>

using namespace tollgate;

namespace {

// One value of every kind.
std::vector<Value> all_kinds(Arena& arena) {
  Value* elements = arena.array<Value>(4);
  elements[0] = Value::text("a");
  elements[1] = Value::text("1", kSecret);
  elements[2] = Value::text("b");
  elements[3] = Value::text("");
  Value null;
  null.kind = Kind::null;
  return {Value::missing(), null, Value::boolean(true), Value::number(INT64_MIN), Value::decimal(-150, 2), Value::text("héllo", kPersonal),
          Value::text_of(Kind::bytes, std::string_view("\0\xff", 2), kSealed), Value::text_of(Kind::secret, "pass", kPublic),
          Value::text_of(Kind::msisdn, "256770000001", kPublic), Value::money(500000, 2, pack_currency("KES")),
          Value::currency(pack_currency("UGX")), Value::time(1767323045000000), Value::duration(-1),
          Value::text_of(Kind::uuid, "6ba7b810-9dad-11d1-80b4-00c04fd430c8", kPublic), Value::text_of(Kind::url, "https://a.example", kPublic),
          Value::list(elements, 4), Value::pairs(elements, 2), Value::local_time(1767333845000000, -10800),
          Value::text_of(Kind::public_key, "der", kPublic), Value::text_of(Kind::private_key, "der", kPublic), Value::text_of(Kind::certificate, "der", kPublic)};
}

std::string encoded(const Value& v) {
  std::string out;
  encode_value(v, out);
  return out;
}

}  // namespace

TEST_CASE("every kind survives its bytes, and equal bytes mean equal values") {
  Arena arena;
  const auto values = all_kinds(arena);
  REQUIRE(values.size() == kKindCount);
  std::string all;
  for (const Value& v : values) encode_value(v, all);
  std::string_view in = all;
  for (const Value& v : values) {
    INFO(kind_name(v.kind));
    auto back = decode_value(in, arena);
    REQUIRE(back.ok());
    CHECK(back->kind == v.kind);
    CHECK(back->labels == v.labels);
    CHECK(same(*back, v));
    CHECK(deep_labels(*back) == deep_labels(v));
    CHECK(encoded(*back) == encoded(v));
  }
  CHECK(in.empty());
}

TEST_CASE("damaged bytes give an error, never a crash, and take nothing from the input") {
  Arena arena;
  std::mt19937 random(7);
  for (const Value& v : all_kinds(arena)) {
    const std::string good = encoded(v);
    for (size_t cut = 0; cut < good.size(); ++cut) {
      std::string_view in(good.data(), cut);
      CHECK_FALSE(decode_value(in, arena).ok());
      CHECK(in.size() == cut);
    }
    for (int i = 0; i < 300; ++i) {
      Arena scratch;
      std::string bad = good;
      for (int flips = 1 + static_cast<int>(random() % 3); flips > 0; --flips) bad[random() % bad.size()] = static_cast<char>(random());
      std::string_view in = bad;
      auto back = decode_value(in, scratch);
      if (back.ok()) CHECK(encoded(*back) == bad.substr(0, bad.size() - in.size()));  // canonical: one text of bytes for each value
    }
  }
  for (int i = 0; i < 5000; ++i) {
    Arena scratch;
    std::string noise(random() % 40, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    if (!noise.empty()) noise[0] = static_cast<char>(random() % kKindCount);
    std::string_view in = noise;
    decode_value(in, scratch).ok();
  }
}

TEST_CASE("a value that lies about its kind, labels, depth or size is refused") {
  Arena arena;
  const auto refused = [&](std::string bytes) {
    std::string_view in = bytes;
    auto back = decode_value(in, arena);
    return !back.ok() && back.error().code == "value_corrupt";
  };
  std::string secret = encoded(Value::text_of(Kind::secret, "x", kPublic));
  secret[1] = kPublic;
  CHECK(refused(secret));
  CHECK(refused(std::string("\x07", 1)));
  CHECK(refused(std::string("\xff\0", 2)));
  CHECK(refused(std::string("\0\x08", 2)));
  std::string number = encoded(Value::text_of(Kind::msisdn, "256770000001", kPublic));
  number[6] = '+';
  CHECK(refused(number));
  CHECK(refused(std::string("\x0f\0\xff\xff\xff\x7f", 6)));
  std::string deep;
  for (int i = 0; i <= kValueDepthMax; ++i) deep += std::string("\x0f\0\1\0\0\0", 6);
  CHECK(refused(deep + std::string("\0\0", 2)));
}

TEST_CASE("equality is by kind and meaning; labels do not count") {
  CHECK(same(Value::decimal(10, 1), Value::decimal(100, 2)));
  CHECK_FALSE(same(Value::number(1), Value::decimal(1, 0)));
  CHECK_FALSE(same(Value::text("0"), Value::number(0)));
  CHECK(same(Value::text("a", kSecret), Value::text("a")));
  CHECK(same(Value::money(5, 0, pack_currency("KES")), Value::money(500, 2, pack_currency("KES"))));
  CHECK_FALSE(same(Value::money(5, 0, pack_currency("KES")), Value::money(5, 0, pack_currency("UGX"))));
  CHECK(same(Value::missing(), Value::missing()));
  CHECK(compare(Value::decimal(-INT64_MAX, 18), Value::decimal(INT64_MAX, 0)) == -1);
  CHECK(compare(Value::text("a"), Value::text("ab")) == -1);
}

TEST_CASE("what people see has no secret and no user in it") {
  CHECK(redacted(Value::text_of(Kind::secret, "hunter2", kPublic)) == "‹secret›");
  CHECK(redacted(Value::text("proof", kSealed)) == "‹secret›");
  CHECK(redacted(Value::text_of(Kind::msisdn, "256770000001", kPublic)) == "‹personal›");
  CHECK(redacted(Value::text_of(Kind::bytes, "abc", kPublic)) == "‹3 bytes›");
  CHECK(redacted(Value::money(5000, 0, pack_currency("UGX"))) == "UGX 5000");
  CHECK(plain(Value::text("23503452")) == "23503452");
  CHECK(plain(Value::time(1767323045678000)) == "2026-01-02T03:04:05.678Z");
  CHECK(plain(Value::duration(600'000)) == "10min");
  Arena arena;
  Value elements[] = {Value::text("key"), Value::text("s3cret", kSecret)};
  CHECK(redacted(Value::pairs(elements, 1)) == "{key: ‹secret›}");
  for (const Value& v : all_kinds(arena)) CHECK(redacted(v).find("pass") == std::string::npos);
}

TEST_CASE("currency codes are three capitals") {
  CHECK(unpack_currency(pack_currency("UGX")) == "UGX");
  for (const char* bad : {"", "UG", "ugx", "UGXX", "U X", "UG1"}) CHECK(pack_currency(bad) == 0);
}

TEST_CASE("labels that a kind has by nature cannot be left off") {
  CHECK(Value::text_of(Kind::secret, "x", kPublic).labels == kSecret);
  CHECK(Value::text_of(Kind::msisdn, "256770000001", kSealed).labels == (kSealed | kPersonal));
}
