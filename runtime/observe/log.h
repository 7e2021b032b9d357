// Log: one JSON object a line, for people and for whatever collects standard error. It writes only what it is given, and it is given only
// redacted details; it bounds how much it writes, so that an outage of the store does not also fill a disk.
//
//   Log log(clock, LogLevel::info, write_to_stderr);
//   log.line(LogLevel::info, "ready", [](JsonWriter& w) { w.text("listen", "127.0.0.1:8080"); });
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "runtime/observe/json_writer.h"
#include "runtime/ports/ports.h"

namespace tollgate {

enum class LogLevel : uint8_t { debug, info, warning, error, off };

std::string_view level_name(LogLevel level);
std::optional<LogLevel> parse_level(std::string_view name);

constexpr uint32_t kLogLinesPerSecondMax = 5000;

void write_to_stderr(std::string_view line);

class Log {
 public:
  using Sink = std::function<void(std::string_view line)>;   // with its line feed

  Log(Clock& clock, LogLevel least, Sink sink) : clock_(clock), least_(least), sink_(std::move(sink)) {}
  bool wants(LogLevel level) const { return level >= least_ && least_ != LogLevel::off; }
  // {"at":…,"level":…,"event":event, then what `more` adds}
  void line(LogLevel level, std::string_view event, const std::function<void(JsonWriter&)>& more = {});

 private:
  bool admit(int64_t wall_us);

  Clock& clock_;
  LogLevel least_;
  Sink sink_;
  int64_t second_ = 0;
  uint32_t lines_ = 0, dropped_ = 0;
};

// Writes the engine's events (debug), carriers' messages (as message_fates.def says), cases (warnings) and troubles (errors).
class LogObserver final : public Observer {
 public:
  explicit LogObserver(Log& log) : log_(log) {}
  void event(std::string_view carrier, const EventRecord& event) override;
  void trouble(std::string_view where, const Error& error) override;
  void opened_case(std::string_view carrier, const CaseRecord& opened) override;
  void message(std::string_view carrier, std::string_view callback, std::string_view fate) override;

 private:
  Log& log_;
};

}  // namespace tollgate
