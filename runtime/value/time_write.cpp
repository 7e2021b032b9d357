#include <algorithm>

#include "runtime/value/civil.h"
#include "runtime/value/time_format.h"
#include "runtime/value/time_names.h"

namespace tollgate {
namespace {

void put_number(int n, int width, std::string& out) {
  const std::string digits = std::to_string(n);
  if (static_cast<int>(digits.size()) < width) out.append(static_cast<size_t>(width) - digits.size(), '0');
  out += digits;
}

void put_fraction(int micros, int digits, std::string& out) {
  for (int i = 0, unit = 100'000; i < digits; ++i, unit /= 10) out += unit == 0 ? '0' : static_cast<char>('0' + micros / unit % 10);
}

// width: 1 hours (and minutes if there are any), 2 without colon, 3 with colon. Seconds of an offset, which only zones before 1972 have,
// are cut.
void put_offset(int32_t offset_s, int width, std::string& out) {
  const int minutes = std::abs(offset_s) / 60;
  out += offset_s < 0 && minutes > 0 ? '-' : '+';
  put_number(minutes / 60, 2, out);
  if (width == 1 && minutes % 60 == 0) return;
  if (width == 3) out += ':';
  put_number(minutes % 60, 2, out);
}

int half_day_hour(int hour) { return hour % 12 == 0 ? 12 : hour % 12; }

void put_item(const TimeItem& item, const Civil& c, int32_t offset_s, std::string& out) {
  const int width = item.width;
  switch (item.field) {
    case TimeField::literal: out += item.byte; break;
    case TimeField::year4: put_number(c.year, 4, out); break;
    case TimeField::year2: put_number(c.year % 100, 2, out); break;
    case TimeField::month: put_number(static_cast<int>(c.month), width, out); break;
    case TimeField::month_short: out += kMonthNames[c.month - 1].substr(0, kShortName); break;
    case TimeField::month_long: out += kMonthNames[c.month - 1]; break;
    case TimeField::day: put_number(static_cast<int>(c.day), width, out); break;
    case TimeField::weekday_short: out += kWeekdayNames[c.weekday].substr(0, kShortName); break;
    case TimeField::weekday_long: out += kWeekdayNames[c.weekday]; break;
    case TimeField::hour24: put_number(c.hour, width, out); break;
    case TimeField::hour12: put_number(half_day_hour(c.hour), width, out); break;
    case TimeField::half: out += c.hour < 12 ? "AM" : "PM"; break;
    case TimeField::minute: put_number(c.minute, width, out); break;
    case TimeField::second: put_number(c.second, width, out); break;
    case TimeField::fraction: put_fraction(c.micros, width, out); break;
    case TimeField::offset_z:
      if (offset_s / 60 == 0) out += 'Z';
      else put_offset(offset_s, width, out);
      break;
    case TimeField::offset: put_offset(offset_s, width, out); break;
  }
}

}  // namespace

std::string format_time(const TimePattern& pattern, int64_t shifted_us, int32_t offset_s) {
  const Civil civil = split(std::clamp(shifted_us, kTimeMinUs, kTimeMaxUs));
  std::string out;
  for (int i = 0; i < pattern.count; ++i) put_item(pattern.items[static_cast<size_t>(i)], civil, offset_s, out);
  return out;
}

std::string format_rfc3339(int64_t shifted_us, int32_t offset_s, int digits) {
  const Civil c = split(std::clamp(shifted_us, kTimeMinUs, kTimeMaxUs));
  std::string out;
  put_number(c.year, 4, out);
  out += '-';
  put_number(static_cast<int>(c.month), 2, out);
  out += '-';
  put_number(static_cast<int>(c.day), 2, out);
  out += 'T';
  put_number(c.hour, 2, out);
  out += ':';
  put_number(c.minute, 2, out);
  out += ':';
  put_number(c.second, 2, out);
  if (digits > 0) {
    out += '.';
    put_fraction(c.micros, digits, out);
  }
  put_item({TimeField::offset_z, 3, 0}, c, offset_s, out);
  return out;
}

std::string exact_rfc3339(int64_t shifted_us, int32_t offset_s) {
  const int64_t micros = shifted_us % kUsPerSecond;
  return format_rfc3339(shifted_us, offset_s, micros == 0 ? 0 : micros % 1000 == 0 ? 3 : 6);
}

std::string duration_text(int64_t ms) {
  struct Unit { int64_t ms; const char* name; };
  for (const Unit unit : {Unit{3'600'000, "h"}, Unit{60'000, "min"}, Unit{1000, "s"}}) {
    if (ms != 0 && ms % unit.ms == 0) return std::to_string(ms / unit.ms) + unit.name;
  }
  return ms == 0 ? "0s" : std::to_string(ms) + "ms";
}

}  // namespace tollgate
