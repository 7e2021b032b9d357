// Workflow commands of GitHub Actions: what a job prints so becomes an annotation beside the line.
#include <fmt/format.h>

#include "compiler/diag/facts.h"
#include "compiler/diag/render.h"

namespace tollgate {
namespace {

// A command is one line; in a property, its own separators are escaped too.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else out += c;
  }
  return out;
}

std::string command(const Diagnostic& d, const SourceSet& sources) {
  const SourceFile& file = sources.file(d.primary.file);
  const LineColumn begin = file.line_column(d.primary.begin), end = file.line_column(d.primary.end);
  // A column is only understood while begin and end stand on one line.
  const std::string columns = begin.line == end.line ? fmt::format(",col={},endColumn={}", begin.column, end.column) : "";
  const std::string more = details(d);
  return fmt::format("::{} file={},line={},endLine={}{},title={}::{}\n", severity_name(d.severity), escaped(file.name(), true), begin.line, end.line, columns,
                     d.code(), escaped(more.empty() ? d.headline : d.headline + "\n" + more, false));
}

}  // namespace

std::string render_github(const Sink& sink, const SourceSet& sources) {
  std::string out;
  for (const Diagnostic& d : sink.all()) out += command(d, sources);
  if (sink.lost() > 0) out += fmt::format("::warning title=tollgate::{}\n", left_out(sink.lost()));
  return out;
}

}  // namespace tollgate
