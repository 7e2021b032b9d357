// The carriers of a configuration, added to an engine.
#pragma once

#include "runtime/api/config.h"
#include "runtime/engine/engine.h"

namespace tollgate {

// How many were added. Errors name the file or the setting: a module that is damaged, two of one carrier, a setting that is missing or of no carrier.
Result<size_t> add_carriers(Engine& engine, const NodeConfig& config);

}  // namespace tollgate
