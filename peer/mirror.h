// Shapes seen from the other side. What we build, the carrier reads; what we match, the carrier builds. The functions here turn a Shape
// of the definition into the Shape of its counterpart; runtime/shapes then builds and matches with it like with any other.
#pragma once

#include <string>
#include <vector>

#include "runtime/bytecode/module.h"
#include "runtime/bytecode/wire.h"

namespace tollgate::peer {

// A hole as the carrier's side sees it.
struct MirrorHole {
  std::string label;    // of the member it stands in: "CheckoutRequestID"; "" at the root
  std::string origin;   // where our side takes the value from, without the procedure's name: "ref", "amount.decimal.text"
  Reader reader = Reader::text;  // how our side reads it
  std::string argument; // of that reader
  Kind wire = Kind::text;  // how the token is written: text, integer, decimal or boolean
  bool equal = false;   // our side compares it with `origin`
  uint32_t width = 0;   // in a text: exactly so many characters; 0: any number
  bool padded = false;  // of a fixed text: at most so many
};

// Holes of a shape, by hole index; `about` is the procedure's name that origins may begin with ("charge.").
std::vector<MirrorHole> mirror_holes(const Module& module, const Shape& shape, std::string_view about);

// Match mode of a shape that our side builds: each hole gets the reader that takes back what a value of its type leaves on the wire.
Shape readable(const Shape& built);

// Build mode of a shape that our side matches: alternatives become their first literal, `missing` members go, `_` becomes some text,
// every hole takes a value of its wire kind. Hole indices stay. New texts and constants are appended to `module`.
Shape writable(Module& module, const Shape& matched);

// One message that satisfies both: the members of `extra` that `base` lacks are added, with their holes after those of `base`.
// Where the two differ in kind, `base` stands.
Shape merged(const Shape& base, const Shape& extra);

// The value of a constant as text: "0", "PENDING".
std::string constant_text(const Module& module, Index constant);

// `origin` without a leading "charge." when `about` is "charge".
std::string_view without_procedure(std::string_view origin, std::string_view about);

}  // namespace tollgate::peer
