// What a carrier adds to a callback so that a declared verify holds: the verify's own proof, run with the carrier's half of every key.
#pragma once

#include <memory>

#include "peer/carrier_model.h"
#include "runtime/engine/deployment.h"

namespace tollgate::peer {

class Proofs {
 public:
  // `settings` are our side's; of the keys of peer/test_keys.h the carrier has the other half.
  Proofs(std::shared_ptr<const Program> program, const Settings& settings);

  // Adds headers and query to `message`. Error peer_unprovable: the verify does not say what would satisfy it, or the key is not ours to sign with.
  Status add(const Verify& verify, CallbackMessage& message, int64_t now_us) const;

 private:
  std::unique_ptr<Deployment> deployment_;  // null when the settings do not fit: nothing can be proved then
};

}  // namespace tollgate::peer
