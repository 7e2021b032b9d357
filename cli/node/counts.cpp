#include <charconv>

#include "cli/node/command.h"

namespace tollgate::cli {
namespace {

std::optional<uint64_t> number_of(const std::string& text, uint64_t most) {
  uint64_t value = 0;
  auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (trouble != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

}  // namespace

std::optional<uint64_t> count_of(const std::string& text) { return number_of(text, kCountMax); }

std::optional<Haste> haste_of(const NodeArguments& arguments) {
  const auto speed = number_of(arguments.option("speed", "1"), kSpeedMax);
  const auto from_ms = number_of(arguments.option("speed-from", std::to_string(SystemClock().wall_us() / 1000)), INT64_MAX / 1'000'000);
  if (!speed || *speed == 0 || !from_ms) return std::nullopt;
  return Haste{static_cast<uint32_t>(*speed), static_cast<int64_t>(*from_ms) * 1000};
}

}  // namespace tollgate::cli
