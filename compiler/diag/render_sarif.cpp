// SARIF 2.1.0, the OASIS format that code scanners speak: https://docs.oasis-open.org/sarif/sarif/v2.1.0/
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/diag/facts.h"
#include "compiler/diag/pages.h"
#include "compiler/diag/render.h"

namespace tollgate {
namespace {

// A path as a URI reference: what is no unreserved character is percent-encoded, an absolute path becomes file://.
std::string uri(std::string_view path) {
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) out += c;
    else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string message(std::string_view text) { return fmt::format("{{\"text\":{}}}", json_text(text)); }

std::string artifact(const SourceFile& file) { return fmt::format("{{\"uri\":{}}}", json_text(uri(file.name()))); }

std::string region(const SourceFile& file, const Span& span) {
  const LineColumn begin = file.line_column(span.begin), end = file.line_column(span.end);
  return fmt::format("{{\"startLine\":{},\"startColumn\":{},\"endLine\":{},\"endColumn\":{},\"byteOffset\":{},\"byteLength\":{}}}", begin.line,
                     begin.column, end.line, end.column, span.begin, span.size());
}

std::string physical(const SourceSet& sources, const Span& span) {
  const SourceFile& file = sources.file(span.file);
  return fmt::format("\"physicalLocation\":{{\"artifactLocation\":{},\"region\":{}}}", artifact(file), region(file, span));
}

// The edits of one help, file by file.
std::string fix(const Help& help, const SourceSet& sources) {
  std::map<uint32_t, std::vector<const Edit*>> by_file;
  for (const Edit& edit : help.edits) by_file[static_cast<uint32_t>(edit.span.file)].push_back(&edit);
  const auto replacement = [&](const Edit* edit) {
    return fmt::format("{{\"deletedRegion\":{},\"insertedContent\":{}}}", region(sources.file(edit->span.file), edit->span), message(edit->replacement));
  };
  const auto change = [&](const auto& entry) {
    return fmt::format("{{\"artifactLocation\":{},\"replacements\":{}}}", artifact(sources.file(FileId{entry.first})), json_array(entry.second, replacement));
  };
  return fmt::format("{{\"description\":{},\"artifactChanges\":{},\"properties\":{{\"grade\":\"{}\"}}}}", message(help.text), json_array(by_file, change),
                     grade_name(help.grade));
}

std::string result(const Diagnostic& d, size_t rule, const SourceSet& sources) {
  const std::string more = details(d);
  size_t id = 0;
  const auto related = [&](const Label& l) { return fmt::format("{{\"id\":{},{},\"message\":{}}}", ++id, physical(sources, l.span), message(l.text)); };
  std::vector<Help> fixes;
  std::copy_if(d.helps.begin(), d.helps.end(), std::back_inserter(fixes), [](const Help& help) { return !help.edits.empty(); });
  return fmt::format(
      "{{\"ruleId\":\"{}\",\"ruleIndex\":{},\"level\":\"{}\",\"message\":{},\"locations\":[{{{}}}],\"relatedLocations\":{},"
      "\"partialFingerprints\":{{\"tollgate/v1\":\"{}\"}},\"fixes\":{}}}",
      d.code(), rule, severity_name(d.severity), message(more.empty() ? d.headline : d.headline + "\n" + more), physical(sources, d.primary),
      json_array(d.also, related), fingerprint(d, sources.file(d.primary.file)),
      json_array(fixes, [&](const Help& help) { return fix(help, sources); }));
}

std::string rule(Diag id) {
  const DiagnosticRow& row = row_of(id);
  const std::string page(find_page(row.code).value_or(row.why));
  return fmt::format(
      "{{\"id\":\"{}\",\"name\":\"{}\",\"shortDescription\":{},\"fullDescription\":{},\"help\":{{\"text\":{},\"markdown\":{}}},"
      "\"defaultConfiguration\":{{\"level\":\"{}\"}}}}",
      row.code, row.name, message(row.headline), message(row.why), json_text(page), json_text(page), severity_name(row.severity));
}

}  // namespace

std::string render_sarif(const Sink& sink, const SourceSet& sources) {
  const std::vector<Diagnostic> all = sink.all();
  std::vector<Diag> rules;
  for (const Diagnostic& d : all)
    if (std::find(rules.begin(), rules.end(), d.id) == rules.end()) rules.push_back(d.id);
  std::sort(rules.begin(), rules.end(), [](Diag a, Diag b) { return row_of(a).code < row_of(b).code; });
  const auto one = [&](const Diagnostic& d) {
    return result(d, static_cast<size_t>(std::find(rules.begin(), rules.end(), d.id) - rules.begin()), sources);
  };
  const std::string cut = sink.lost() == 0 ? "" : fmt::format(
      ",\"invocations\":[{{\"executionSuccessful\":true,\"toolExecutionNotifications\":[{{\"level\":\"warning\",\"message\":{}}}]}}]", message(left_out(sink.lost())));
  return fmt::format(
      "{{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{{\"name\":\"tollgate\","
      "\"rules\":{}}}}},\"columnKind\":\"unicodeCodePoints\",\"results\":{}{}}}]}}\n",
      json_array(rules, rule), json_array(all, one), cut);
}

}  // namespace tollgate
