// `--format NAME`, the same for every command that shows findings.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tollgate/compiler.h"

namespace tollgate::cli {

// Nothing for a name that is no format.
std::optional<Rendering> format_named(std::string_view name);
// "terminal, colour, …"
std::string format_names();
// Is it read by people? Then it goes to standard error, and the command says on standard output that all is well.
bool for_people(Rendering rendering);

}  // namespace tollgate::cli
