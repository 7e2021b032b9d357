// From a slice's end to a request: what is frozen with the attempt, and what an auth adds to each transmission. Shared by the engine, which sends, and by
// replay, which compares.
#pragma once

#include <memory>

#include "runtime/engine/deployment.h"
#include "runtime/engine/procedure.h"
#include "runtime/ports/ports.h"
#include "runtime/vm/vm.h"

namespace tollgate {

// `end` is a send of this exchange.
std::unique_ptr<Frozen> freeze(const Deployment& deployment, const Exchange& exchange, const SliceEnd& end);

// The whole request. `sessions` has each session's value by its index in the module, packed; "" where it is not used. `base` is the frame of the slice that
// sent. Error auth_failed: the credentials could not be made.
Result<Request> finish_request(const Deployment& deployment, const Exchange& exchange, const Frame& base, std::span<const std::string_view> sessions,
                               const Frozen& frozen, Host& host, Arena& arena);

}  // namespace tollgate
