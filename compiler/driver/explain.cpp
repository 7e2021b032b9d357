#include "compiler/diag/diagnostic.h"
#include "compiler/diag/pages.h"
#include "tollgate/compiler.h"

namespace tollgate {

std::optional<std::string> explain(std::string_view code) {
  if (!find_diagnostic(code)) return std::nullopt;
  const std::optional<std::string_view> page = find_page(code);
  return page ? std::string(*page) : std::string();
}

}  // namespace tollgate
