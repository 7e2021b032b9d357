// Builtins: everything an expression of the language can compute, one row each in builtins.def. The type checker, the verifier, the
// reference manual and the VM read the same rows. Three ways to be called:
//
//   form        amount.decimal.text       a name after a dot; the receiver is argument 0
//   function    sha256("abc")             a name before parentheses
//   operation   at + 24h                  a symbol; named in words here ("add"), never written as a call
//
// A name may have several rows (add of Int, add of Money …): the kinds of the arguments choose, and no two rows accept the same ones.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "runtime/value/value.h"

namespace tollgate {

// A set of kinds, one bit each.
using KindSet = uint32_t;
constexpr KindSet set_of(Kind kind) { return KindSet{1} << static_cast<int>(kind); }
constexpr bool contains(KindSet set, Kind kind) { return (set & set_of(kind)) != 0; }

// What a parameter must mean beyond its kind. A constant is judged at compile time by `objection`; whatever is computed is judged when it
// runs, and is a fault then (see Faults::if_computed).
enum class Meaning : uint8_t {
  any,
  count,         // Int: 0..kCountMax characters, bytes or digits
  scale,         // Int: 0..Decimal::kScaleMax digits after the point
  zone,          // Text: an IANA time zone, "Africa/Kampala"
  time_pattern,  // Text: see runtime/value/time_format.h
  unit,          // Text: "characters", "bytes" or "utf16"
  group,         // Text: one to four bytes, no digit, minus or point
  fill,          // Text: exactly one character
  needle,        // Text: not empty
  picture,       // Text: 1234 or 1234.56 as it is to be written, "1.234,56"
  charset,       // Text: the name of a charset, "windows-1251"; see kCharsets
  file_name,     // Text: a name in an archive, without a folder: 1 to 128 characters of A-Za-z0-9._-
};
constexpr int64_t kCountMax = 4096;

struct Parameter {
  KindSet kinds = 0;
  Meaning meaning = Meaning::any;
  bool optional = false;     // only trailing ones
  KindSet elements = ~0u;    // for lists: the kinds their elements may have
};

enum class Calling : uint8_t { form, function, operation };

// How the result's labels follow from those of the arguments (lists count with all their elements). The natural labels of the result's
// kind are always added: a Secret is secret, an Msisdn personal.
enum class LabelRule : uint8_t {
  join,       // all labels of all arguments: whoever has the result has the arguments
  hash,       // a secret or sealed argument makes it sealed; personal stays, since a hash of one of 10^9 numbers is the number
  mac,        // sealed; with a secret key nothing about the message can be read from it, else personal stays
  open_only,  // refuses secret and sealed arguments, as the result would tell of them; the result is public
  open_join,  // refuses secret and sealed arguments; personal stays
  plain,      // public, whatever the arguments
  cipher,     // sealed, and personal if anything was
  sealing_cipher,  // sealed: an authenticated cipher under a key that is not in the message hides a person too
  opened,     // secret, and personal if anything was: what was encrypted was so for a reason
  envelope,   // the labels of the last argument, which stays readable, and sealed
  message,    // the labels of the last argument
};

enum class Faults : uint8_t {
  never,        // total on its kinds
  if_computed,  // total when every argument with a Meaning is a constant that `objection` accepts
  may,          // on values: overflow, digits that would be lost, an unknown currency. Never in an auth slice
  by_key,       // total when its key is of the scheme's kind and size, which a deployment is judged by when it is loaded
};

// The result's kind: stated, or the element kind of the list in argument 0.
enum class ResultKind : uint8_t { stated, element };

using BuiltinId = uint16_t;  // the row's number: part of the module format, so rows are only ever appended
constexpr int kParametersMax = 4;

// Codecs that are functions too have their rows after all of builtins.def: encoding of codec c is kCodecBuiltins + 2c, decoding one more.
constexpr BuiltinId kCodecBuiltins = 2048;

struct BuiltinRow {
  BuiltinId id = 0;
  std::string_view symbol;  // unique, for tools: "text_first"
  Calling calling = Calling::form;
  std::string_view name;    // as authors write it: "first"
  std::array<Parameter, kParametersMax> parameters;  // a form's receiver is the first
  uint8_t parameter_count = 0;
  uint8_t required = 0;     // how many of them must be given
  Kind result = Kind::missing;
  ResultKind result_kind = ResultKind::stated;
  Kind result_element = Kind::missing;  // when the result is a list
  bool optional = false;    // the result may be missing
  Faults faults = Faults::never;
  LabelRule labels = LabelRule::join;
  uint32_t cost = 1;           // units of the meter …
  uint32_t cost_per_byte = 0;  // … and for every byte of text-like arguments, those in lists included
  std::string_view doc;        // one sentence
  std::string_view example;    // "expression => result"

  std::span<const Parameter> arguments() const { return {parameters.data(), parameter_count}; }
  bool accepts(std::span<const Kind> kinds) const;  // number and kinds of arguments; the receiver included
};

// All rows: those of builtins.def by id, then those of the codecs.
std::span<const BuiltinRow> builtins();
// Null when there is no such row.
const BuiltinRow* builtin(uint32_t id);
// A form by its receiver's kind: the first row of that name, for "does it exist" and for messages.
const BuiltinRow* find_form(Kind receiver, std::string_view name);
// The form that takes exactly these kinds, the receiver first; null if none does.
const BuiltinRow* find_form(std::string_view name, std::span<const Kind> kinds);
// The first function or operation of that name; and the one that takes exactly these kinds.
const BuiltinRow* find_function(std::string_view name);
const BuiltinRow* find_function(std::string_view name, std::span<const Kind> kinds);
const BuiltinRow* find_operation(std::string_view name, std::span<const Kind> kinds);

// Why `value` cannot stand for a parameter of this meaning, in words that complete "the argument …": "names no time zone". Nullopt if it can.
std::optional<std::string_view> objection(Meaning meaning, const Value& value);

// Labels of a result, from those of the arguments; the checker and the VM ask the same function. Nullopt: refused, since the result would
// tell of a secret. `arguments` are the labels of each, in order (of lists: joined with those of the elements).
std::optional<Labels> result_labels(const BuiltinRow& row, std::span<const Labels> arguments);
constexpr uint64_t cost_of(const BuiltinRow& row, uint64_t bytes) { return row.cost + row.cost_per_byte * bytes; }

// A codec: how it is written in a shape, and what stands in its parentheses.
constexpr int kCodecParametersMax = 2;
struct CodecRow {
  std::string_view name;
  std::array<Parameter, kCodecParametersMax> parameters;
  uint8_t parameter_count = 0;
  std::string_view doc, example;
  Kind writes = Kind::bytes;  // what encoding gives: text or bytes
  bool made = false;   // has builtins of its own, see kCodecBuiltins
  std::span<const Parameter> arguments() const { return {parameters.data(), parameter_count}; }
};
std::span<const CodecRow> codecs();
// What the other direction takes for such a parameter: the private key for a public one, and so on; else the same.
Parameter other_half(const Parameter& parameter);

// The charsets that the language knows, as iconv and IANA call them.
std::span<const std::string_view> charsets();

// Whether equal arguments may give unequal results: encryption and signatures that draw fresh bytes.
bool draws(const BuiltinRow& row);

// Ids by symbol, for code that must name one: BuiltinIds::time_in.
namespace BuiltinIds {
enum : BuiltinId {
#define TG_BUILTIN(symbol, ...) symbol,
#include "runtime/catalog/builtins.def"
#undef TG_BUILTIN
  count
};
}  // namespace BuiltinIds

}  // namespace tollgate
