// A module that the verifier refuses. The checker foresees what an author can do wrong and tells it at its line; what is left is either a carrier that is
// too large as a whole, which no line shows, or a mistake of ours, which must not look like the author's.
#pragma once

#include <string_view>

#include "compiler/diag/diagnostic.h"
#include "runtime/base/result.h"

namespace tollgate {

// Reports why `carrier`, declared at `span`, was refused. True when it is our own mistake.
bool report_refusal(const Error& error, std::string_view carrier, const Span& span, Sink& sink);

}  // namespace tollgate
