// Which renderer a Rendering means. Used inside this room only.
#pragma once

#include <string>

#include "compiler/diag/diagnostic.h"
#include "tollgate/compiler.h"

namespace tollgate {

std::string render(Rendering rendering, const Sink& sink, const SourceSet& sources);

}  // namespace tollgate
