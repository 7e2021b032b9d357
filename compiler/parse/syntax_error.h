// What the grammar throws when it insists on something that is not there, and how that is said.
#pragma once

#include <cstdint>
#include <string_view>

#include "compiler/ast/syntax.h"
#include "compiler/diag/diagnostic.h"

namespace tollgate {

enum class Expected : uint8_t {
#define TG_EXPECTED(id, what, example) id,
#include "compiler/parse/expectations.def"
#undef TG_EXPECTED
};

enum class Place : uint8_t {
#define TG_PLACE(id, name, comma, words) id,
#include "compiler/parse/places.def"
#undef TG_PLACE
};

// Does a comma end a broken item of this place? Where items hold commas of their own, only a line break does.
bool comma_ends(Place place);

// Thrown inside parse() only; caught by the innermost guarded rule.
struct SyntaxError {
  enum class What : uint8_t { expected, unexpected_item, missing_separator };
  What what;
  Expected expected;
  uint32_t token;  // index of the token that was found instead
};

// Says it in the words of the author. `place` is the block whose item failed.
void report_syntax_error(const SyntaxError& error, Place place, const Tree& tree, Sink& sink);

}  // namespace tollgate
