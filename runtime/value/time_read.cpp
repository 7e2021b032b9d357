#include <algorithm>
#include <optional>

#include "runtime/value/civil.h"
#include "runtime/value/time_format.h"
#include "runtime/value/time_names.h"

namespace tollgate {
namespace {

constexpr int kMicrosDigits = 6;
constexpr int kOffsetHoursMax = 18;

Error bad_text(const char* why) { return {"time_text", std::string("the time cannot be read: ") + why}; }

struct TimeRead {
  Civil civil;
  bool afternoon = false;
  std::optional<unsigned> weekday;
  std::optional<int32_t> offset_s;
};

class TextReader {
 public:
  explicit TextReader(std::string_view text) : text_(text) {}
  bool done() const { return text_.empty(); }

  // `width` digits, or for 1: one or two.
  bool number(int width, int& n) {
    const size_t least = static_cast<size_t>(width), most = width == 1 ? 2 : least;
    size_t i = 0;
    for (n = 0; i < most && i < text_.size() && text_[i] >= '0' && text_[i] <= '9'; ++i) n = n * 10 + (text_[i] - '0');
    if (i < least) return false;
    text_.remove_prefix(i);
    return true;
  }
  bool number(int width, unsigned& n) {
    int value = 0;
    const bool good = number(width, value);
    n = static_cast<unsigned>(value);
    return good;
  }

  bool literal(char c) {
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  // The place of the name that comes next, counted from 0.
  template <class Names>
  bool name(const Names& names, bool in_short, unsigned& found) {
    for (unsigned i = 0; i < names.size(); ++i) {
      const std::string_view wanted = in_short ? names[i].substr(0, kShortName) : names[i];
      if (!text_.starts_with(wanted)) continue;
      text_.remove_prefix(wanted.size());
      found = i;
      return true;
    }
    return false;
  }

  bool fraction(int least, int most, int& micros) {
    int i = 0, unit = 100'000;
    for (micros = 0; i < most && !text_.empty() && text_[0] >= '0' && text_[0] <= '9'; ++i, unit /= 10) {
      if (i < kMicrosDigits) micros += (text_[0] - '0') * unit;
      text_.remove_prefix(1);
    }
    return i >= least;
  }

  bool half(bool& afternoon) {
    afternoon = text_.starts_with("PM");
    if (!afternoon && !text_.starts_with("AM")) return false;
    text_.remove_prefix(2);
    return true;
  }

  // width as in TimeItem; hours alone may be followed by minutes.
  bool offset(int width, bool z_is_zero, int32_t& seconds) {
    seconds = 0;
    if (z_is_zero && literal('Z')) return true;
    const bool west = !text_.empty() && text_[0] == '-';
    if (!west && (text_.empty() || text_[0] != '+')) return false;
    text_.remove_prefix(1);
    int hours = 0, minutes = 0;
    if (!number(2, hours) || hours > kOffsetHoursMax) return false;
    if (width == 3 && !literal(':')) return false;
    const bool minutes_follow = width > 1 || (!text_.empty() && text_[0] >= '0' && text_[0] <= '9');
    if (minutes_follow && (!number(2, minutes) || minutes > 59)) return false;
    seconds = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
  }

 private:
  std::string_view text_;
};

bool read_item(const TimeItem& item, TextReader& in, TimeRead& out) {
  Civil& c = out.civil;
  const int width = item.width;
  unsigned place = 0;
  switch (item.field) {
    case TimeField::literal: return in.literal(item.byte);
    case TimeField::year4: return in.number(4, c.year);
    case TimeField::year2:
      if (!in.number(2, c.year)) return false;
      c.year += 2000;
      return true;
    case TimeField::month: return in.number(width, c.month);
    case TimeField::month_short: case TimeField::month_long:
      if (!in.name(kMonthNames, item.field == TimeField::month_short, place)) return false;
      c.month = place + 1;
      return true;
    case TimeField::day: return in.number(width, c.day);
    case TimeField::weekday_short: case TimeField::weekday_long:
      if (!in.name(kWeekdayNames, item.field == TimeField::weekday_short, place)) return false;
      out.weekday = place;
      return true;
    case TimeField::hour24: return in.number(width, c.hour);
    case TimeField::hour12:
      if (!in.number(width, c.hour) || c.hour < 1 || c.hour > 12) return false;
      c.hour %= 12;
      return true;
    case TimeField::half: return in.half(out.afternoon);
    case TimeField::minute: return in.number(width, c.minute);
    case TimeField::second: return in.number(width, c.second);
    case TimeField::fraction: return in.fraction(width, width, c.micros);
    case TimeField::offset_z: case TimeField::offset: {
      int32_t seconds = 0;
      if (!in.offset(width, item.field == TimeField::offset_z, seconds)) return false;
      out.offset_s = seconds;
      return true;
    }
  }
  return false;
}

Result<int64_t> in_range(int64_t us) {
  if (us < kTimeMinUs || us > kTimeMaxUs) return bad_text("it is outside the years 1 to 9999");
  return us;
}

Result<int64_t> resolve(TimeRead read, bool utc, const Zone* zone) {
  if (read.afternoon) read.civil.hour += 12;
  const auto local = join_civil(read.civil);
  if (!local) return bad_text("there is no such date or time of day");
  if (read.weekday && split(*local).weekday != *read.weekday) return bad_text("the weekday is not that of the date");
  if (read.offset_s) return in_range(*local - *read.offset_s * kUsPerSecond);
  if (utc) return in_range(*local);
  if (zone == nullptr) return bad_text("nothing states its zone");
  auto instant = zone->instant_of(*local);
  return instant ? in_range(*instant) : instant;
}

struct StatedForm {
  TimePattern pattern;
  std::optional<Zone> zone;
};

std::optional<StatedForm> read_stated(std::string_view stated) {
  StatedForm form;
  if (const size_t end = stated.find('\n'); end != std::string_view::npos) {
    form.zone = find_zone(stated.substr(0, end));
    if (!form.zone) return std::nullopt;
    stated.remove_prefix(end + 1);
  }
  auto pattern = parse_time_pattern(stated);
  if (!pattern) return std::nullopt;
  form.pattern = *pattern;
  return form;
}

}  // namespace

Result<int64_t> parse_time(const TimePattern& pattern, std::string_view text, const Zone* zone) {
  if (!pattern.readable()) return Error{"time_pattern", "the time pattern cannot be read with: it lacks year, month, day or half day"};
  TimeRead read;
  TextReader in(text);
  for (int i = 0; i < pattern.count; ++i) {
    if (!read_item(pattern.items[static_cast<size_t>(i)], in, read)) return bad_text("it does not have the form of the pattern");
  }
  if (!in.done()) return bad_text("more follows than the pattern has");
  return resolve(read, pattern.says_utc, zone);
}

std::optional<int64_t> parse_time(std::string_view text, std::string_view stated) {
  auto form = read_stated(stated);
  if (!form) return std::nullopt;
  auto us = parse_time(form->pattern, text, form->zone ? &*form->zone : nullptr);
  return us ? std::optional<int64_t>(*us) : std::nullopt;
}

std::optional<std::string> format_time(int64_t us, std::string_view stated) {
  auto form = read_stated(stated);
  if (!form || us < kTimeMinUs || us > kTimeMaxUs) return std::nullopt;
  const int32_t offset_s = form->zone ? form->zone->offset_at(us) : 0;
  return format_time(form->pattern, us + offset_s * kUsPerSecond, offset_s);
}

std::optional<int64_t> parse_rfc3339(std::string_view text) {
  TimeRead read;
  TextReader in(text);
  Civil& c = read.civil;
  const bool date = in.number(4, c.year) && in.literal('-') && in.number(2, c.month) && in.literal('-') && in.number(2, c.day);
  const bool clock = date && (in.literal('T') || in.literal('t')) && in.number(2, c.hour) && in.literal(':') && in.number(2, c.minute) &&
                     in.literal(':') && in.number(2, c.second);
  if (!clock) return std::nullopt;
  if (in.literal('.') && !in.fraction(1, 9, c.micros)) return std::nullopt;
  int32_t offset_s = 0;
  if (!in.literal('z') && !in.offset(3, true, offset_s)) return std::nullopt;
  read.offset_s = offset_s;
  auto us = resolve(read, false, nullptr);
  return in.done() && us ? std::optional<int64_t>(*us) : std::nullopt;
}

}  // namespace tollgate
