#include <fmt/format.h>

#include "compiler/diag/diagnostic.h"
#include "tollgate/compiler.h"

namespace tollgate {

std::optional<std::string> explain(std::string_view code) {
  std::optional<Diag> found = find_diagnostic(code);
  if (!found) return std::nullopt;
  const DiagnosticRow& row = row_of(*found);
  return fmt::format("{}[{}] {}\n\n  {}\n\nWhy: {}.\n", row.severity == Severity::error ? "error" : "warning", row.code, row.name, row.headline, row.why);
}

}  // namespace tollgate
