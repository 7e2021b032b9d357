#include "cli/junit.h"

#include <fmt/format.h>

#include <map>

namespace tollgate::cli {
namespace {

// XML 1.0 has no way to write most control characters at all.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    }
  }
  return out;
}

std::string case_xml(const peer::CaseResult& result) {
  std::string head = fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\"", escaped(result.carrier), escaped(result.name),
                                 escaped(result.file), result.line);
  if (result.passed()) return head + "/>\n";
  return fmt::format("{}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", head,
                     escaped("expected " + result.failure->expected + ", happened: " + result.failure->happened), escaped(peer::report(result)));
}

}  // namespace

std::string junit_xml(const std::vector<peer::CaseResult>& cases) {
  struct Suite { size_t tests = 0, failures = 0; std::string xml; };
  std::map<std::string, Suite> suites;
  size_t failures = 0;
  for (const peer::CaseResult& result : cases) {
    Suite& suite = suites[result.carrier];
    ++suite.tests;
    suite.failures += result.passed() ? 0 : 1;
    failures += result.passed() ? 0 : 1;
    suite.xml += case_xml(result);
  }
  std::string out = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"{}\" failures=\"{}\">\n", cases.size(), failures);
  for (const auto& [carrier, suite] : suites)
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n{}  </testsuite>\n", escaped(carrier), suite.tests, suite.failures, suite.xml);
  return out + "</testsuites>\n";
}

}  // namespace tollgate::cli
