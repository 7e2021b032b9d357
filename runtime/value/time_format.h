// Times as carriers write them. A pattern is written as in java.time, since that is what carriers' documents quote:
//
//   yyyy yy      year, in four digits; in two, of 2000 to 2099      MM M MMM MMMM   month: 01, 1, Jan, January
//   dd d         day of the month                                   EEE EEEE        Fri, Friday
//   HH H hh h a  hour of the day; of the half day with AM or PM     mm m ss s       minute, second
//   S … SSSSSSSSS  that many digits of the fraction (cut, not rounded)
//   XXX XX X     offset: +03:00, +0300, +03; Z when it is zero      xxx xx x        the same without Z
//   Z            +0300                                              'text' ''       literal text, a quote
//
// Other letters and [ ] { } # are Errors; all other characters stand for themselves. Names are English.
//
//   auto pattern = parse_time_pattern("yyyy-MM-dd'T'HH:mm:ssXXX");      // once, or each time: it allocates nothing
//   format_time(*pattern, us + 1'000'000 * offset_s, offset_s);         // "2026-01-02T03:04:05+03:00"
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/result.h"
#include "runtime/value/zone.h"

namespace tollgate {

constexpr size_t kTimePatternMax = 64;  // bytes of a pattern

enum class TimeField : uint8_t {
  literal, year4, year2, month, month_short, month_long, day, weekday_short, weekday_long, hour24, hour12, half, minute, second, fraction,
  offset_z,  // with Z for zero
  offset,    // always digits
};

struct TimeItem {
  TimeField field = TimeField::literal;
  uint8_t width = 0;  // digits (1: as many as needed), or of offset: 1 hours, 2 without colon, 3 with colon
  char byte = 0;      // literal
};

// A pattern that was read; a value without pointers.
struct TimePattern {
  std::array<TimeItem, kTimePatternMax> items{};
  uint8_t count = 0;
  bool has_offset = false;  // a text of this pattern states its offset
  bool says_utc = false;    // it contains the quoted text 'Z', 'UTC' or 'GMT' and no offset: such a text is in UTC

  // Whether texts can be read with it: year, month and day are there, and a half day where hours are of twelve.
  bool readable() const;
  bool has(TimeField field) const;
};

// Error time_pattern, which names the piece.
Result<TimePattern> parse_time_pattern(std::string_view pattern);

// `shifted_us` is the instant plus the offset, in microseconds (clamped into the years 1 to 9999); `offset_s` is what X, x and Z show.
std::string format_time(const TimePattern& pattern, int64_t shifted_us, int32_t offset_s);

// The instant. The text's own offset decides; else UTC if the pattern says so; else `zone`, which may be null only if one of the
// others decides. All of the text must be used, every date must exist, a weekday must agree, second 60 reads as 59. Fields that the
// pattern lacks are zero. Errors: time_text, time_gap (see Zone::instant_of); time_pattern when the pattern is not readable.
Result<int64_t> parse_time(const TimePattern& pattern, std::string_view text, const Zone* zone);

// Both with a stated pattern, which is how a carrier's form of time is kept in a module: a pattern that says its zone (an offset, or 'Z'),
// or a zone's name, a line end and a pattern: "Africa/Nairobi\nyyyyMMddHHmmss". Without either, writing is in UTC and reading fails.
// Nullopt for all that the Errors above say.
std::optional<int64_t> parse_time(std::string_view text, std::string_view stated);
std::optional<std::string> format_time(int64_t us, std::string_view stated);

// RFC 3339 with `digits` (0 to 6) of the fraction, cut; offset zero is written Z.
std::string format_rfc3339(int64_t shifted_us, int32_t offset_s = 0, int digits = 0);
// RFC 3339 in UTC with as much fraction as there is: for people and traces.
std::string exact_rfc3339(int64_t shifted_us, int32_t offset_s);
// Any offset, any fraction up to nine digits (cut to microseconds), either case of T and Z. Nullopt for anything else.
std::optional<int64_t> parse_rfc3339(std::string_view text);

// "10min", "90s", "1500ms": as the language writes durations, in the largest unit that is exact.
std::string duration_text(int64_t ms);

}  // namespace tollgate
