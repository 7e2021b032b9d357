#include "compiler/diag/pages.h"

namespace tollgate {

std::optional<std::string_view> find_page(std::string_view code) {
  for (const DiagnosticPage& page : diagnostic_pages())
    if (page.name.size() == code.size() + 3 && page.name.starts_with(code)) return page.text;
  return std::nullopt;
}

}  // namespace tollgate
