// Date and time of day, without a zone.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace tollgate {

struct Civil {
  int year = 1970;
  unsigned month = 1, day = 1;
  int hour = 0, minute = 0, second = 0, micros = 0;
  unsigned weekday = 4;  // 0 Sunday; of split only
};

constexpr int64_t kUsPerDay = 86'400'000'000;

// `us` since 1970 as a date; must lie in the years 1 to 9999.
inline Civil split(int64_t us) {
  using namespace std::chrono;
  const int64_t days = us / kUsPerDay - (us % kUsPerDay < 0 ? 1 : 0);
  const int64_t rest = us - days * kUsPerDay;
  const sys_days date{std::chrono::days(days)};
  const year_month_day ymd{date};
  const int64_t seconds = rest / 1'000'000;
  return {static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
          static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60),
          static_cast<int>(rest % 1'000'000), weekday{date}.c_encoding()};
}

// Back to microseconds; nullopt for a date or time of day that does not exist. Second 60 reads as 59: nobody bills in a leap second.
inline std::optional<int64_t> join_civil(const Civil& c) {
  using namespace std::chrono;
  const year_month_day ymd{year{c.year}, month{c.month}, day{c.day}};
  if (c.year < 1 || c.year > 9999 || !ymd.ok()) return std::nullopt;
  if (c.hour > 23 || c.minute > 59 || c.second > 60) return std::nullopt;
  const int64_t days = sys_days{ymd}.time_since_epoch().count();
  const int second = c.second == 60 ? 59 : c.second;
  return days * kUsPerDay + ((c.hour * 60 + c.minute) * int64_t{60} + second) * 1'000'000 + c.micros;
}

}  // namespace tollgate
