#include "runtime/value/zone.h"

#include <date/tz.h>

#include <algorithm>
#include <string>

namespace tollgate {
namespace {

int64_t floor_seconds(int64_t us) {
  return us / kUsPerSecond - (us % kUsPerSecond < 0 ? 1 : 0);
}

}  // namespace

std::optional<Zone> find_zone(std::string_view name) {
  Zone zone;
  if (name == "UTC") return zone;
  if (name.empty() || name.size() > kZoneNameMax) return std::nullopt;
  try {  // the library knows no other way to say "no such zone", nor "no database"
    zone.zone_ = date::locate_zone(std::string(name));
  } catch (const std::exception&) {
    return std::nullopt;
  }
  return zone;
}

int32_t Zone::offset_at(int64_t us) const {
  if (zone_ == nullptr) return 0;
  const date::sys_seconds at{std::chrono::seconds(floor_seconds(std::clamp(us, kTimeMinUs, kTimeMaxUs)))};
  return static_cast<int32_t>(static_cast<const date::time_zone*>(zone_)->get_info(at).offset.count());
}

Result<int64_t> Zone::instant_of(int64_t local_us) const {
  if (local_us < kTimeMinUs || local_us > kTimeMaxUs) return Error{"time_text", "the date is outside the years 1 to 9999"};
  if (zone_ == nullptr) return local_us;
  const date::local_seconds at{std::chrono::seconds(floor_seconds(local_us))};
  const date::local_info info = static_cast<const date::time_zone*>(zone_)->get_info(at);
  if (info.result == date::local_info::nonexistent) {
    return Error{"time_gap", "clocks of the zone go forward over that time: it does not exist"};
  }
  return local_us - info.first.offset.count() * kUsPerSecond;
}

}  // namespace tollgate
