// Carrier files on disk, as the commands take them.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "tollgate/compiler.h"

namespace tollgate::cli {

// Every file named, and for a folder every .carrier file below it, sorted, each once. A path that cannot be read is an Error with its reason.
Result<std::vector<SourceText>> read_sources(const std::vector<std::string>& paths);
Result<std::string> read_file(const std::string& path);
// Writes whole or not at all: a temporary beside it, then a rename.
Status write_file(const std::string& path, std::string_view bytes);

}  // namespace tollgate::cli
