// Time, LocalTime, Duration.
#include <algorithm>

#include "runtime/builtins/functions.h"
#include "runtime/value/time_format.h"

namespace tollgate {
namespace {

constexpr int64_t kUsPerMs = 1000;
constexpr std::string_view kNoDate = "the time is outside the years 1 to 9999";
constexpr std::string_view kOverflow = "the length of time does not fit";
constexpr std::string_view kNoZone = "names no time zone";
constexpr std::string_view kNoPattern = "is no time pattern";

bool has_date(int64_t us) { return us >= kTimeMinUs && us <= kTimeMaxUs; }

int64_t floor_divide(int64_t n, int64_t d) { return n / d - (n % d < 0 ? 1 : 0); }

bool localize(BuiltinContext& c, const Value& time, std::string_view zone_name, Value& local) {
  if (!has_date(time.integer)) return c.fault(kNoDate);
  const auto zone = find_zone(zone_name);
  if (!zone) return c.fault(kNoZone);
  const int32_t offset_s = zone->offset_at(time.integer);
  return c.give(Value::local_time(time.integer + offset_s * kUsPerSecond, offset_s), local);
}

bool give_formatted(BuiltinContext& c, const Value& local, std::string_view written, Value& out) {
  const auto pattern = parse_time_pattern(written);
  if (!pattern) return c.fault(kNoPattern);
  return c.give_text(format_time(*pattern, local.integer, local.offset_seconds()), out);
}

bool give_moved(BuiltinContext& c, int64_t us, int64_t ms, Value& out) {
  int64_t by = 0, moved = 0;
  if (__builtin_mul_overflow(ms, kUsPerMs, &by) || __builtin_add_overflow(us, by, &moved) || !has_date(moved)) return c.fault(kNoDate);
  return c.give(Value::time(moved), out);
}

}  // namespace

TG_RUN(time_utc) { return c.give(Value::local_time(a[0].integer, 0), out); }
TG_RUN(time_utc_pattern) { return give_formatted(c, Value::local_time(a[0].integer, 0), a[1].view(), out); }
TG_RUN(time_in) { return localize(c, a[0], a[1].view(), out); }
TG_RUN(time_in_pattern) {
  Value local;
  return localize(c, a[0], a[1].view(), local) && give_formatted(c, local, a[2].view(), out);
}
TG_RUN(time_rfc3339) { return c.give_text(format_rfc3339(a[0].integer), out); }
TG_RUN(time_epoch) { return c.give(Value::number(floor_divide(a[0].integer, kUsPerSecond)), out); }
TG_RUN(time_epoch_ms) { return c.give(Value::number(floor_divide(a[0].integer, kUsPerMs)), out); }
TG_RUN(time_http_date) {
  static const TimePattern pattern = *parse_time_pattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'");
  return c.give_text(format_time(pattern, a[0].integer, 0), out);
}

// Past the last date there is, the last date: nothing that is signed may fail.
TG_RUN(time_later) {
  int64_t by = 0, moved = 0;
  const bool overflows = __builtin_mul_overflow(a[1].integer, kUsPerMs, &by) || __builtin_add_overflow(a[0].integer, by, &moved);
  if (overflows) moved = a[1].integer < 0 ? kTimeMinUs : kTimeMaxUs;
  return c.give(Value::time(std::clamp(moved, kTimeMinUs, kTimeMaxUs)), out);
}

TG_RUN(integer_since_epoch) {
  int64_t us = 0;
  const bool good = !__builtin_mul_overflow(a[0].integer, kUsPerSecond, &us) && has_date(us);
  return good ? c.give(Value::time(us), out) : c.give_missing(out);
}

TG_RUN(integer_since_epoch_ms) {
  int64_t us = 0;
  const bool good = !__builtin_mul_overflow(a[0].integer, kUsPerMs, &us) && has_date(us);
  return good ? c.give(Value::time(us), out) : c.give_missing(out);
}

TG_RUN(local_time_format) { return give_formatted(c, a[0], a[1].view(), out); }

TG_RUN(duration_ms) { return c.give(Value::number(a[0].integer), out); }
TG_RUN(duration_seconds) {
  if (a[0].integer % 1000 != 0) return c.fault("the length of time is no whole number of seconds");
  return c.give(Value::number(a[0].integer / 1000), out);
}
TG_RUN(duration_text) { return c.give_text(duration_text(a[0].integer), out); }

TG_RUN(duration_add) {
  int64_t sum = 0;
  return __builtin_add_overflow(a[0].integer, a[1].integer, &sum) ? c.fault(kOverflow) : c.give(Value::duration(sum), out);
}
TG_RUN(duration_subtract) {
  int64_t rest = 0;
  return __builtin_sub_overflow(a[0].integer, a[1].integer, &rest) ? c.fault(kOverflow) : c.give(Value::duration(rest), out);
}
TG_RUN(time_add) { return give_moved(c, a[0].integer, a[1].integer, out); }
TG_RUN(time_subtract) {
  int64_t back = 0;
  return __builtin_sub_overflow(int64_t{0}, a[1].integer, &back) ? c.fault(kNoDate) : give_moved(c, a[0].integer, back, out);
}
TG_RUN(time_between) {
  int64_t us = 0;  // overflows only for instants that have no date, which no builtin gives
  if (__builtin_sub_overflow(a[0].integer, a[1].integer, &us)) return c.fault(kNoDate);
  return c.give(Value::duration(floor_divide(us, kUsPerMs)), out);
}

}  // namespace tollgate
