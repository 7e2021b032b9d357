// Files that only their owner may read, or that must at least fit in memory.
#pragma once

#include <string>

#include "runtime/base/result.h"

namespace tollgate {

constexpr size_t kPrivateFileMax = 1024 * 1024;
constexpr size_t kModuleFileMax = 16 * 1024 * 1024;

enum class Privacy : uint8_t { any, owner_only };

// The file's bytes. Errors: file_missing, file_unreadable, file_exposed (owner_only, and group or others may read or write it), file_too_large.
Result<std::string> read_file(const std::string& path, size_t bytes_max, Privacy privacy);

}  // namespace tollgate
