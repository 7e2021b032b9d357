// `tollgate doc --citations PATH…`: every promise of a carrier that its file relies on, and which of them nobody has confirmed.
#pragma once

#include "cli/command.h"

namespace tollgate::cli {

int doc_citations(const Arguments& paths);

}  // namespace tollgate::cli
