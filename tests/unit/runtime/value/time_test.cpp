#include <catch2/catch.hpp>
#include <random>

#include "runtime/value/time_format.h"

using namespace tollgate;

namespace {

constexpr int64_t kMorning = 1767323045'678901;  // 2026-01-02T03:04:05.678901Z, a Friday

std::string in_zone(std::string_view zone, std::string_view pattern, int64_t us = kMorning) {
  return *format_time(us, std::string(zone) + "\n" + std::string(pattern));
}

}  // namespace

TEST_CASE("times are written as carriers write them") {
  CHECK(in_zone("UTC", "yyyyMMddHHmmss") == "20260102030405");
  CHECK(in_zone("Africa/Nairobi", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX") == "2026-01-02T06:04:05.678+03:00");
  CHECK(in_zone("UTC", "yyyy-MM-dd'T'HH:mm:ss'Z'") == "2026-01-02T03:04:05Z");
  CHECK(in_zone("UTC", "HH:mmXXX") == "03:04Z");
  CHECK(in_zone("UTC", "HH:mmxxx") == "03:04+00:00");
  CHECK(in_zone("UTC", "EEE, dd MMM yyyy HH:mm:ss Z") == "Fri, 02 Jan 2026 03:04:05 +0000");
  CHECK(in_zone("Asia/Kolkata", "EEEE d MMMM yy h:mm a X") == "Friday 2 January 26 8:34 AM +0530");
  CHECK(in_zone("Asia/Kolkata", "XX") == "+0530");
  CHECK(in_zone("America/New_York", "yyyyMMdd X") == "20260101 -05");
  CHECK(in_zone("UTC", "SSSSSSSSS") == "678901000");
  CHECK(in_zone("UTC", "''yyyy''") == "'2026'");
  CHECK(in_zone("UTC", "hh a", 0) == "12 AM");
  CHECK(in_zone("UTC", "hh a", 43'200'000'000) == "12 PM");
  CHECK(in_zone("UTC", "yyyy-MM-dd HH:mm:ss.SSSSSS", -1) == "1969-12-31 23:59:59.999999");
  CHECK(format_rfc3339(kMorning) == "2026-01-02T03:04:05Z");
  CHECK(format_rfc3339(kMorning + 3 * 3'600'000'000, 10800, 3) == "2026-01-02T06:04:05.678+03:00");
  CHECK(format_rfc3339(INT64_MAX) == "9999-12-31T23:59:59Z");
}

TEST_CASE("a pattern with a piece that means nothing is refused, and says which") {
  for (const char* bad : {"", "yyyyy", "yyy", "YYYY", "'open", "[HH]", "Q", "HHH", "SSSSSSSSSS", "XXXX", "aa", "DD", "T"}) {
    INFO(bad);
    auto pattern = parse_time_pattern(bad);
    REQUIRE_FALSE(pattern.ok());
    CHECK(pattern.error().code == "time_pattern");
  }
  CHECK(parse_time_pattern("YYYY").error().message.find("`YYYY`") != std::string::npos);
  CHECK(parse_time_pattern(std::string(kTimePatternMax, '-')).ok());
  CHECK_FALSE(parse_time_pattern(std::string(kTimePatternMax + 1, '-')).ok());
  CHECK(parse_time_pattern("HH'Z'")->says_utc);
  CHECK_FALSE(parse_time_pattern("HH'Z'X")->says_utc);
  CHECK_FALSE(parse_time_pattern("yyyyMM")->readable());
}

TEST_CASE("times are read with the zone that is stated, and refused when none is") {
  CHECK(parse_time("20260102060405", "Africa/Nairobi\nyyyyMMddHHmmss") == 1767323045'000000);
  CHECK(parse_time("2026-01-02T06:04:05+03:00", "yyyy-MM-dd'T'HH:mm:ssXXX") == 1767323045'000000);
  CHECK(parse_time("2026-01-02T03:04:05Z", "yyyy-MM-dd'T'HH:mm:ssXXX") == 1767323045'000000);
  CHECK(parse_time("2026-01-02T03:04:05Z", "yyyy-MM-dd'T'HH:mm:ss'Z'") == 1767323045'000000);
  CHECK(parse_time("2/1/2026 8:34 AM", "Asia/Kolkata\nd/M/yyyy h:mm a") == 1767323040'000000);
  CHECK(parse_time("Fri, 02 Jan 2026 03:04:05 +0000", "EEE, dd MMM yyyy HH:mm:ss Z") == 1767323045'000000);
  CHECK(parse_time("20261231235960", "UTC\nyyyyMMddHHmmss") == parse_time("20261231235959", "UTC\nyyyyMMddHHmmss"));
  CHECK_FALSE(parse_time("20260102060405", "yyyyMMddHHmmss"));
  CHECK_FALSE(parse_time("20260102060405", "Africa/Nowhere\nyyyyMMddHHmmss"));
  CHECK_FALSE(parse_time("2026010206040", "UTC\nyyyyMMddHHmmss"));
  CHECK_FALSE(parse_time("202601020604050", "UTC\nyyyyMMddHHmmss"));
  CHECK_FALSE(parse_time("20260230000000", "UTC\nyyyyMMddHHmmss"));
  CHECK_FALSE(parse_time("20260102240000", "UTC\nyyyyMMddHHmmss"));
  CHECK_FALSE(parse_time("20261302000000", "UTC\nyyyyMMddHHmmss"));
  CHECK_FALSE(parse_time("2026-01-02T03:04:05+0300", "yyyy-MM-dd'T'HH:mm:ssXXX"));
  CHECK_FALSE(parse_time("2026-01-02T03:04:05+19:00", "yyyy-MM-dd'T'HH:mm:ssXXX"));
  CHECK_FALSE(parse_time("Mon, 02 Jan 2026 03:04:05 +0000", "EEE, dd MMM yyyy HH:mm:ss Z"));
  CHECK_FALSE(parse_time("13:00 PM 2026-01-02", "UTC\nhh:mm a yyyy-MM-dd"));
  CHECK_FALSE(parse_time("0304", "UTC\nHHmm"));
}

TEST_CASE("an hour that clocks skip is refused; an hour that comes twice is the earlier one") {
  const auto zone = find_zone("America/New_York");
  REQUIRE(zone);
  const auto pattern = parse_time_pattern("yyyy-MM-dd HH:mm");
  auto skipped = parse_time(*pattern, "2026-03-08 02:30", &*zone);
  REQUIRE_FALSE(skipped.ok());
  CHECK(skipped.error().code == "time_gap");
  auto twice = parse_time(*pattern, "2026-11-01 01:30", &*zone);
  REQUIRE(twice.ok());
  CHECK(format_rfc3339(*twice) == "2026-11-01T05:30:00Z");
  CHECK(zone->offset_at(*twice) == -4 * 3600);
}

TEST_CASE("zones are those of the system, by their full name") {
  CHECK(find_zone("UTC"));
  CHECK(find_zone("Africa/Dar_es_Salaam")->offset_at(kMorning) == 10800);
  for (const char* bad : {"", "EAT+3", "Africa", "africa/kampala", "../../etc/passwd", "Africa/Kampala ", "+03:00"}) CHECK_FALSE(find_zone(bad));
  CHECK_FALSE(find_zone(std::string(kZoneNameMax + 1, 'a')));
  find_zone("Europe/Madrid")->offset_at(INT64_MAX);
  find_zone("Europe/Madrid")->offset_at(INT64_MIN);
}

TEST_CASE("RFC 3339 is read in all its spellings") {
  for (const char* good : {"2026-01-02T03:04:05Z", "2026-01-02t03:04:05z", "2026-01-02T06:04:05+03:00", "2026-01-01T22:04:05-05:00",
                           "2026-01-02T03:04:05.000000000Z", "2026-01-02T03:04:05-00:00"}) {
    CHECK(parse_rfc3339(good) == 1767323045'000000);
  }
  CHECK(parse_rfc3339("2026-01-02T03:04:05.678901999Z") == kMorning);
  for (const char* bad : {"", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02 03:04:05Z", "2026-01-02T03:04Z", "2026-01-02T03:04:05.Z",
                          "2026-01-02T03:04:05+0300", "2026-01-02T03:04:05Zx", "2026-02-29T00:00:00Z", "0000-01-01T00:00:00Z",
                          "2026-01-02T03:04:05.1234567890Z", "9999-12-31T23:59:59-01:00"}) {
    INFO(bad);
    CHECK_FALSE(parse_rfc3339(bad));
  }
}

TEST_CASE("times: reading what was written gives the instant, in many zones and patterns") {
  std::mt19937_64 random(5);
  const char* zones[] = {"UTC", "Africa/Nairobi", "Asia/Kathmandu", "America/New_York", "Pacific/Chatham", "Europe/Madrid"};
  const char* patterns[] = {"yyyy-MM-dd'T'HH:mm:ss.SSSSSSxxx", "yyMMddhhmmssSSSSSS a XX", "EEEE, d MMMM yyyy HH:mm:ss.SSSSSS Z", "d/M/yyyy H:m:s.SSSSSSXXX"};
  for (int i = 0; i < 600; ++i) {
    const int64_t us = 946'684'800'000'000 + static_cast<int64_t>(random() % 1'100'000'000'000'000);  // 2000 to 2034
    const std::string stated = std::string(zones[random() % 6]) + "\n" + patterns[random() % 4];
    const auto text = format_time(us, stated);
    REQUIRE(text);
    INFO(stated << " " << *text);
    CHECK(parse_time(*text, stated) == us);
    CHECK(parse_rfc3339(exact_rfc3339(us, 0)) == us);
  }
}

TEST_CASE("durations are written in the largest exact unit") {
  CHECK(duration_text(0) == "0s");
  CHECK(duration_text(1500) == "1500ms");
  CHECK(duration_text(90'000) == "90s");
  CHECK(duration_text(-600'000) == "-10min");
  CHECK(duration_text(7'200'000) == "2h");
  CHECK(duration_text(INT64_MIN) == "-9223372036854775808ms");
}
