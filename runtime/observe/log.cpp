#include "runtime/observe/log.h"

#include <unistd.h>

#include <cerrno>

namespace tollgate {
namespace {

constexpr std::string_view kLevels[] = {"debug", "info", "warning", "error", "off"};

}  // namespace

std::string_view level_name(LogLevel level) { return kLevels[static_cast<size_t>(level)]; }

std::optional<LogLevel> parse_level(std::string_view name) {
  for (size_t i = 0; i < std::size(kLevels); ++i)
    if (kLevels[i] == name) return static_cast<LogLevel>(i);
  return std::nullopt;
}

// A reader that has gone is no reason to stop charging: what cannot be written is dropped.
void write_to_stderr(std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    line.remove_prefix(static_cast<size_t>(written));
  }
}

bool Log::admit(int64_t wall_us) {
  const int64_t second = wall_us / 1'000'000;
  if (second != second_) {
    const uint32_t dropped = std::exchange(dropped_, 0);
    second_ = second;
    lines_ = 0;
    if (dropped > 0) line(LogLevel::warning, "log_dropped", [&](JsonWriter& w) { w.number("lines", dropped); });
  }
  if (lines_ < kLogLinesPerSecondMax) {
    ++lines_;
    return true;
  }
  ++dropped_;
  return false;
}

void Log::line(LogLevel level, std::string_view event, const std::function<void(JsonWriter&)>& more) {
  if (!wants(level)) return;
  const int64_t now = clock_.wall_us();
  if (!admit(now)) return;
  JsonWriter w;
  w.begin().time("at", now).text("level", level_name(level)).text("event", event);
  if (more) more(w);
  w.end();
  std::string line = w.take();
  line += '\n';
  sink_(line);
}

void LogObserver::event(std::string_view carrier, const EventRecord& event) {
  if (!log_.wants(LogLevel::debug)) return;
  log_.line(LogLevel::debug, event.kind, [&](JsonWriter& w) {
    w.text("carrier", carrier).text("procedure", to_text(event.procedure)).number("version", event.version);
    if (event.detail.starts_with('{')) w.raw("detail", event.detail);
  });
}

void LogObserver::opened_case(std::string_view carrier, const CaseRecord& opened) {
  log_.line(LogLevel::warning, "case", [&](JsonWriter& w) {
    w.text("carrier", carrier).text("kind", opened.kind).text("procedure", to_text(opened.procedure));
    if (opened.detail.starts_with('{')) w.raw("detail", opened.detail);
  });
}

void LogObserver::message(std::string_view carrier, std::string_view callback, std::string_view fate) {
  LogLevel level = LogLevel::warning;
#define TG_FATE(name, at, sentence) if (fate == #name) level = LogLevel::at;
#include "runtime/ports/message_fates.def"
#undef TG_FATE
  log_.line(level, "message", [&](JsonWriter& w) { w.text("carrier", carrier).text("callback", callback).text("fate", fate); });
}

void LogObserver::trouble(std::string_view where, const Error& error) {
  log_.line(LogLevel::error, "trouble", [&](JsonWriter& w) { w.text("where", where).text("code", error.code).text("message", error.message); });
}

}  // namespace tollgate
