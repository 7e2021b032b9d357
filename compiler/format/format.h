// The canonical layout of a carrier file.
//
//   std::string text = format(parse(file, sink));
//
// Two blanks a level; items separated by commas on one line or by line breaks on many, never both; the author chooses which
// (a line break inside the braces) unless the line would pass kFormatColumnsMax. Breaks before `=>`, `or`, `because` and the like
// stay where the author put them. At most one blank line. Keeps every comment. format(format(x)) == format(x), and the tree stays
// the same. A tree with an error is given back as it was written: what was not understood is not touched.
#pragma once

#include <string>

#include "compiler/ast/syntax.h"

namespace tollgate {

inline constexpr size_t kFormatColumnsMax = 120;

std::string format(const Tree& tree);

}  // namespace tollgate
