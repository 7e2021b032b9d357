// JUnit XML, as CI servers read it. There is no standard; these elements and attributes are what all of them understand.
#include <fmt/format.h>

#include "compiler/diag/facts.h"
#include "compiler/diag/render.h"
#include "compiler/source/text_check.h"

namespace tollgate {
namespace {

// XML 1.0 has no other control characters than tab and line breaks, not even escaped; they become U+FFFD.
std::string xml_text(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    const size_t length = point.length == 0 ? 1 : point.length;
    const bool illegal = point.length == 0 || (point.value < 0x20 && point.value != '\n' && point.value != '\t') || point.value >= 0xFFFE;
    if (illegal) out += "\xEF\xBF\xBD";
    else if (point.value == '&') out += "&amp;";
    else if (point.value == '<') out += "&lt;";
    else if (point.value == '>') out += "&gt;";
    else if (point.value == '"') out += "&quot;";
    else out += text.substr(at, length);
    at += length;
  }
  return out;
}

std::string test_case(const Diagnostic& d, const SourceSet& sources) {
  const SourceFile& file = sources.file(d.primary.file);
  const LineColumn at = file.line_column(d.primary.begin);
  const std::string head = fmt::format("  <testcase classname=\"{}\" name=\"{}:{}: {}\" file=\"{}\" line=\"{}\" time=\"0\">", xml_text(file.name()), at.line,
                                       at.column, d.code(), xml_text(file.name()), at.line);
  const std::string body = xml_text(render_terminal(d, sources));
  if (d.severity == Severity::error)
    return fmt::format("{}\n    <failure type=\"{}\" message=\"{}\">{}</failure>\n  </testcase>\n", head, d.code(), xml_text(d.headline), body);
  return fmt::format("{}\n    <system-out>{}</system-out>\n  </testcase>\n", head, body);
}

}  // namespace

std::string render_junit(const Sink& sink, const SourceSet& sources) {
  std::string cases;
  size_t count = 0, failures = 0;
  for (const Diagnostic& d : sink.all()) {
    ++count;
    failures += d.severity == Severity::error ? 1 : 0;
    cases += test_case(d, sources);
  }
  if (sink.lost() > 0) cases += fmt::format("  <system-out>{}</system-out>\n", left_out(sink.lost()));
  if (count == 0) {
    count = 1;
    cases = "  <testcase classname=\"tollgate\" name=\"no findings\" time=\"0\"/>\n";
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"tollgate check\" tests=\"{}\" failures=\"{}\" errors=\"0\" "
      "skipped=\"0\" time=\"0\">\n{}</testsuite>\n</testsuites>\n",
      count, failures, cases);
}

}  // namespace tollgate
