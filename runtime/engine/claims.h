// What a merchant's request claims, and why a claim is refused.
#pragma once

#include "runtime/base/result.h"
#include "runtime/ports/ports.h"

namespace tollgate {

// Of an `order_taken` or a `source_spent`: what the merchant reads.
Error claimed_by_another(const CommitResult& result);

}  // namespace tollgate
