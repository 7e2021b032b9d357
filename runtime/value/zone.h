// Zone: an IANA time zone, from the system's tz database ("UTC" needs none). Cheap to copy; safe to use from any thread.
// Years past the last transition that the database states (2037 in most) keep the rule of that last transition.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "runtime/base/result.h"

namespace tollgate {

constexpr size_t kZoneNameMax = 64;
// Instants from the year 1 to the end of 9999 (UTC): the only ones that have a date. Others are refused, or clamped where said.
constexpr int64_t kTimeMinUs = -62'135'596'800'000'000;
constexpr int64_t kTimeMaxUs = 253'402'300'799'999'999;
constexpr int64_t kUsPerSecond = 1'000'000;

class Zone {
 public:
  Zone() = default;  // UTC
  // Seconds east of UTC at that instant (clamped into kTimeMinUs..kTimeMaxUs).
  int32_t offset_at(int64_t us) const;
  // The instant at which clocks of the zone show `local_us` (microseconds, as if the zone were UTC). A time that is skipped when clocks go
  // forward is an Error (time_gap); one that comes twice when they go back is the earlier.
  Result<int64_t> instant_of(int64_t local_us) const;

 private:
  friend std::optional<Zone> find_zone(std::string_view name);
  const void* zone_ = nullptr;  // date::time_zone, owned by the database
};

// By its full name, "Africa/Kampala"; nullopt when the database has none of that name, or there is no database.
std::optional<Zone> find_zone(std::string_view name);

}  // namespace tollgate
