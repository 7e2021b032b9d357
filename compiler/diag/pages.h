// The page of each diagnostic: what it means, what it prevents, a wrong sample and a right one. Written by hand in
// docs/reference/diagnostics/CRnnnn.md, embedded at build; tests/docs/pages.cpp compiles both samples of each.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace tollgate {

struct DiagnosticPage {
  std::string_view name;  // "CR0501.md"
  std::string_view text;  // Markdown
};

// Every page, sorted by name. Lives as long as the program.
std::span<const DiagnosticPage> diagnostic_pages();
// By code ("CR0501"); nothing when it has none.
std::optional<std::string_view> find_page(std::string_view code);

}  // namespace tollgate
