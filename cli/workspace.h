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
// The paths, and for a file NAME.carrier the tests beside it, NAME.test.carrier; for those the file that they test.
std::vector<std::string> with_tests_beside(const std::vector<std::string>& paths);
// "2026-11-26", in UTC: what the compiler is told, since it has no clock. Only where files are judged: a node must start on any day.
std::string today();
// Writes whole or not at all: a temporary beside it, then a rename.
Status write_file(const std::string& path, std::string_view bytes);

// What a compilation that failed is to the caller: findings in the files, or a defect of ours.
int exit_of(const Compilation& compilation);

}  // namespace tollgate::cli
