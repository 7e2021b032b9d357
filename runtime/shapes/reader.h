// Readers: a matched token becomes a value, and a value becomes the token again. The kind of the token has selected already; what fails
// here is a breach. Values with text point into the token or the arena.
#pragma once

#include <string_view>

#include "runtime/base/arena.h"
#include "runtime/bytecode/wire.h"
#include "runtime/shapes/token.h"
#include "runtime/value/value.h"

namespace tollgate {

// Does a token of this kind select a hole with this reader?
bool reader_takes(Reader reader, TokenKind kind);
// Is a value of this reader padded on its left in a fixed text, with zeros? Others are followed by blanks.
bool padded_left(Reader reader);
// The value; or false. `argument` is the reader's pattern or group separator, "" if none. Natural labels are set (secret, personal).
bool read_value(Reader reader, std::string_view argument, const Token& token, Arena& arena, Value& out);
// What a builder must be given so that this reader gives `value` back: "+256…" of an msisdn, 5000 of a Duration. False when the value is
// of another kind or cannot be said in this form.
bool write_value(Reader reader, std::string_view argument, const Value& value, Arena& arena, Value& out);

}  // namespace tollgate
