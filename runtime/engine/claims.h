// What a merchant's request claims, and why a claim is refused.
#pragma once

#include "runtime/base/result.h"
#include "runtime/ports/ports.h"

namespace tollgate {

// In a carrier's reference: what is not shown. The whole of it is kept sealed, behind this word.
constexpr std::string_view kMask = "…";
constexpr std::string_view kWholeReference = "reference ";

// Of an `order_taken` or a `source_spent`: what the merchant reads.
Error claimed_by_another(const CommitResult& result);

}  // namespace tollgate
