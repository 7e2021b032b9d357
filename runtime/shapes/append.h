// The operations that build a message: a shape flattened into what is appended, in order.
#pragma once

#include <string>
#include <vector>

#include "runtime/shapes/spelling.h"

namespace tollgate {

enum class AppendKind : uint8_t {
  bytes,           // append texts[text]
  comma,           // "," unless an object or list has just been opened
  ampersand,       // "&" unless the form has just begun
  row,             // begin a row of separated values
  separator,       // the format's separator unless the row has just begun
  part,            // a part of a multipart begins here
  parts,           // go back to `open` and write the parts with their boundary
  hole,            // append hole `hole` as `mode` says
  skip_unless_any, // go to `to` unless a hole of [first, first + count) of the list is present
  skip_if_present, // go to `to` if hole `hole` is present
  go,              // go to `to`
  each,            // go to `to` unless the list in hole `hole` has an element; else the first round begins
  again,           // go to `to` if that list has another one: the next round
  open,            // begin the bytes of a codec
  close,           // encode them and append the text as `mode` says
};

// What stands in a codec's parentheses: exactly one of the three.
struct Operand {
  Index hole = kNone, setting = kNone;
  std::string text = {};
};

struct Append {
  AppendKind kind = AppendKind::bytes;
  SpellMode mode = SpellMode::raw;
  Index codec = kNone;    // kNone: the bytes themselves
  uint32_t hole = 0, to = 0, first = 0, count = 0;
  uint32_t width = 0;     // of a hole in a text: exactly so many characters
  bool round = false;     // of a hole: this round's element
  CsvFormat format = {};
  std::string text;
  std::vector<Operand> operands;  // close
};

struct AppendList {
  std::vector<Append> ops;
  std::vector<uint32_t> lists;   // hole lists of skip_unless_any
};

// What builds `shape`. Once, when its module is loaded.
AppendList flatten(const Module& module, const Shape& shape);

}  // namespace tollgate
