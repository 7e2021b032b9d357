#include <fmt/format.h>

#include "compiler/diag/facts.h"
#include "compiler/diag/render.h"

namespace tollgate {

std::string render_brief(const Sink& sink, const SourceSet& sources) {
  std::string out;
  for (const Diagnostic& d : sink.diagnostics()) {
    const SourceFile& file = sources.file(d.primary.file);
    const LineColumn at = file.line_column(d.primary.begin);
    out += fmt::format("{}:{}:{}: {}[{}]: {}\n", file.name(), at.line, at.column, severity_name(d.severity), d.code(), d.headline);
  }
  if (const size_t more = sink.not_shown(); more > 0) out += fmt::format("and {} more\n", more);
  return out;
}

}  // namespace tollgate
