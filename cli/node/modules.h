// Modules on disk, as `tollgate build` leaves them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/load/program.h"

namespace tollgate::cli {

// Every .tgm file of the folder, loaded and verified, by name.
Result<std::vector<std::shared_ptr<const Program>>> load_modules(const std::string& folder);

}  // namespace tollgate::cli
