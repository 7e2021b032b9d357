// A procedure of a node's store run again, beside the running node or without it: the store is only read.
#pragma once

#include <memory>

#include "runtime/api/config.h"
#include "runtime/engine/replay_report.h"
#include "runtime/load/program.h"
#include "runtime/ports/records.h"

namespace tollgate {

struct StoredReplay {
  ProcedureRecord procedure;
  ReplayReport report;
};

// On the definition that the procedure began with, or on `instead` with the configured settings. Errors are one line each: no such procedure, a definition
// that is not among the modules, a store or key file that cannot be read.
Result<StoredReplay> replay_stored(const NodeConfig& config, const ProcedureId& id, std::shared_ptr<const Program> instead);

}  // namespace tollgate
