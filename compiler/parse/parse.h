// Text to syntax tree.
//
//   Sink sink;
//   Tree tree = parse(sources.file(id), sink);
//
// Never fails and never throws: what cannot be understood is reported to the sink and becomes a node of kind `error`. Several
// independent mistakes give that many diagnostics. A text that cannot be read at all (empty, binary, too large, not UTF-8)
// gives an empty tree and one diagnostic. Pure; safe to call from several threads with different sinks.
#pragma once

#include "compiler/ast/syntax.h"
#include "compiler/diag/diagnostic.h"

namespace tollgate {

inline constexpr int kTreeDepthMax = 500;     // nodes inside nodes; every frame of a later phase is well below 4 KiB
inline constexpr int kTypeDepthMax = 3;       // types inside types
inline constexpr size_t kMistakesMax = 200;   // of syntax; then the rest of the file is skipped: it is no carrier file, and nobody reads further

// The file must outlive the tree.
Tree parse(const SourceFile& file, Sink& sink);

}  // namespace tollgate
