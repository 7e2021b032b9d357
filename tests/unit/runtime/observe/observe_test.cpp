// Breaks if a line of the log is not one JSON object, if a flood is written in full, or if labels of a metric can grow without bound.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "runtime/observe/log.h"
#include "runtime/observe/metrics.h"
#include "runtime/ports/fakes.h"
#include "tests/unit/source_dir.h"

using namespace tollgate;
using nlohmann::json;

namespace {

struct Lines {
  ManualClock clock;
  std::vector<std::string> lines;
  Log log;
  explicit Lines(LogLevel level) : log(clock, level, [this](std::string_view line) { lines.emplace_back(line); }) {}
};

EventRecord event_of(std::string kind, std::string detail) {
  EventRecord event;
  event.kind = std::move(kind);
  event.detail = std::move(detail);
  event.version = 3;
  return event;
}

}  // namespace

TEST_CASE("a line is one JSON object whatever is in it") {
  Lines l(LogLevel::debug);
  const std::string ugly = std::string("quote \" back \\ line\nnul ") + '\0' + " high \xff\xc0\x80 cut \xe2\x82 good €";
  l.log.line(LogLevel::info, ugly, [&](JsonWriter& w) { w.text("x", ugly).number("n", -5).boolean("b", true); });
  REQUIRE(l.lines.size() == 1);
  CHECK(l.lines[0].find('\n') == l.lines[0].size() - 1);
  const json parsed = json::parse(l.lines[0]);
  CHECK(parsed["level"] == "info");
  CHECK(parsed["n"] == -5);
  CHECK(parsed["b"] == true);
  CHECK(parsed["at"] == "2026-05-28T20:26:40.000000Z");
  CHECK(parsed["x"].get<std::string>().ends_with("good €"));
}

TEST_CASE("events are for debugging, cases are warnings, troubles are errors") {
  Lines debug(LogLevel::debug), info(LogLevel::info), off(LogLevel::off);
  for (Lines* l : {&debug, &info, &off}) {
    LogObserver observer(l->log);
    observer.event("mtn_ug", event_of("reply", "{\"state\":\"succeeded\"}"));
    observer.event("mtn_ug", event_of("case", "{}"));
    observer.opened_case("mtn_ug", {ProcedureId{}, "over_capture", "{\"paid\":7}", 5});
    observer.message("mtn_ug", "paid", "foreign");
    observer.message("mtn_ug", "paid", "matched");
    observer.trouble("commit", {"store_full", "the disk is full"});
  }
  CHECK(debug.lines.size() == 6);
  REQUIRE(info.lines.size() == 3);
  CHECK(off.lines.empty());
  CHECK(json::parse(debug.lines[0])["detail"]["state"] == "succeeded");
  CHECK(json::parse(info.lines[0])["level"] == "warning");
  CHECK(json::parse(info.lines[0])["kind"] == "over_capture");
  CHECK(json::parse(info.lines[0])["detail"]["paid"] == 7);
  CHECK(json::parse(info.lines[1])["level"] == "warning");
  CHECK(json::parse(info.lines[1])["fate"] == "foreign");
  CHECK(json::parse(info.lines[1])["callback"] == "paid");
  CHECK(json::parse(info.lines[2])["code"] == "store_full");
}

TEST_CASE("a flood is cut, and the cut is told") {
  Lines l(LogLevel::info);
  for (uint32_t i = 0; i < 3 * kLogLinesPerSecondMax; ++i) l.log.line(LogLevel::error, "flood");
  CHECK(l.lines.size() == kLogLinesPerSecondMax);
  l.clock.advance(1'000'000);
  l.log.line(LogLevel::error, "after");
  REQUIRE(l.lines.size() == kLogLinesPerSecondMax + 2);
  CHECK(json::parse(l.lines[kLogLinesPerSecondMax])["lines"] == 2 * kLogLinesPerSecondMax);
}

TEST_CASE("events, ends, answers and gauges are counted") {
  Metrics metrics;
  metrics.event("mtn_ug", event_of("accepted", "{}"));
  metrics.event("mtn_ug", event_of("reply", "{\"state\":\"succeeded\",\"outcome\":\"succeeded\"}"));
  metrics.event("mtn_ug", event_of("reply", "{\"state\":\"waiting\",\"outcome\":\"await\"}"));
  metrics.opened_case("mtn_ug", {ProcedureId{}, "over_capture", "{}", 5});
  metrics.message("mtn_ug", "paid", "foreign");
  metrics.event("mtn_ug", event_of("reply", "{\"state\":\"succeeded\",\"outcome\":\"succeeded\"}"));
  metrics.answered("submit", 202);
  metrics.trouble("x", {"a", "b"});
  int64_t open = 7;
  metrics.gauge("tollgate_procedures_open", [&] { return open; });
  const std::string text = metrics.text();
  CHECK(text.find("tollgate_events_total{carrier=\"mtn_ug\",kind=\"reply\"} 3\n") != text.npos);
  CHECK(text.find("tollgate_states_total{carrier=\"mtn_ug\",state=\"succeeded\"} 2\n") != text.npos);
  CHECK(text.find("tollgate_states_total{carrier=\"mtn_ug\",state=\"waiting\"} 1\n") != text.npos);
  CHECK(text.find("other") == text.npos);
  CHECK(text.find("tollgate_cases_total{carrier=\"mtn_ug\",kind=\"over_capture\"} 1\n") != text.npos);
  CHECK(text.find("tollgate_messages_total{carrier=\"mtn_ug\",fate=\"foreign\"} 1\n") != text.npos);
  CHECK(text.find("tollgate_procedures_accepted_total 1\n") != text.npos);
  CHECK(text.find("tollgate_procedures_finished_total 2\n") != text.npos);
  CHECK(text.find("tollgate_answers_total{route=\"submit\",status=\"202\"} 1\n") != text.npos);
  CHECK(text.find("tollgate_troubles_total 1\n") != text.npos);
  CHECK(text.find("# TYPE tollgate_procedures_open gauge\ntollgate_procedures_open 7\n") != text.npos);
}

TEST_CASE("labels are bounded") {
  Metrics metrics;
  for (int i = 0; i < 5000; ++i) metrics.opened_case("mtn_ug", {ProcedureId{}, "kind" + std::to_string(i), "{}", 5}), metrics.message("mtn_ug", "paid", "fate" + std::to_string(i));
  for (int i = 0; i < 5000; ++i) metrics.event("carrier" + std::to_string(i), event_of("kind" + std::to_string(i), "{\"state\":\"s" + std::to_string(i) + "\"}"));
  const std::string text = metrics.text();
  CHECK(std::count(text.begin(), text.end(), '\n') < 3 * static_cast<long>(kMetricCarriersMax));
  CHECK(text.find("carrier=\"other\",kind=\"other\"") != text.npos);
}

TEST_CASE("the page of metrics and of messages' fates has every row of the tables, and no other metric") {
  std::ifstream in(std::string(tollgate::test::source_dir()) + "/docs/reference/metrics.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  std::set<std::string> known;
  for (const MetricRow& row : metric_rows()) {
    INFO(row.name);
    known.emplace(row.name);
    CHECK(page.find("| `" + std::string(row.name) + "` | " + std::string(row.type) + " | " + std::string(row.labels) + " | " + std::string(row.sentence) + " |\n") != page.npos);
  }
#define TG_FATE(name, level, sentence) CHECK(page.find("| `" #name "` | " #level " | " sentence " |\n") != page.npos);
#include "runtime/ports/message_fates.def"
#undef TG_FATE
  const std::regex name("`(tollgate_[a-z_]+)`");
  for (std::sregex_iterator at(page.begin(), page.end(), name), end; at != end; ++at) CHECK(known.contains((*at)[1].str()));
}

TEST_CASE("times are UTC, also before 1970") {
  CHECK(time_text(0) == "1970-01-01T00:00:00.000000Z");
  CHECK(time_text(-1) == "1969-12-31T23:59:59.999999Z");
  CHECK(time_text(1'709'164'800'000'000) == "2024-02-29T00:00:00.000000Z");
}
