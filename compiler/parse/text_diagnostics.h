// What text_check.h finds, in words.
#pragma once

#include "compiler/diag/diagnostic.h"
#include "compiler/source/text_check.h"

namespace tollgate {

void report_text_problem(const TextProblem& problem, const SourceFile& file, Sink& sink);

}  // namespace tollgate
