// Shapes at work. From one Shape come a Builder (a list of append operations) and, from all the shapes that an exchange's arms put to one
// body, a Matcher (one pass over the bytes into slots; literals and kinds tested per arm; conversions only for the arm chosen).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/arena.h"
#include "runtime/bytecode/module.h"
#include "runtime/value/value.h"

namespace tollgate {

constexpr size_t kBodyMax = 256 * 1024;   // an inbound body; larger is a breach, never a cut
constexpr int kShapeDepthMax = 32;
constexpr size_t kAnswerRowsMax = 4096;   // rows of one answer; more are a breach

// Writes one shape. Holes come in their shape's order; a missing value drops its optional member and is an error elsewhere. `settings` are read
// only by what was made to be matched and is built by the peer.
class Builder {
 public:
  Builder(const Module& module, Index shape);
  // The exact bytes, in `arena`; an Error names the hole and why (too long, wrong kind), never a value.
  Result<std::string_view> build(std::span<const Value> holes, Arena& arena, std::span<const Value> settings = {}) const;
  // Join of the labels of the holes.
  static Labels labels_of(std::span<const Value> holes);
  ~Builder();
  Builder(Builder&&) noexcept;
  Builder& operator=(Builder&&) noexcept;

 private:
  struct Program;
  std::unique_ptr<Program> program_;
};

struct Selection {
  int chosen = -1;            // index into the shapes given to the Matcher, or -1: none selected
  bool decoded = false;       // the body was well-formed for the chosen root
  bool breach = false;        // chosen, but a conversion failed
  bool foreign = false;       // a row whose key is of another kind than ours, and so another charge's
  std::string_view why;       // breach or undecodable: one line without values ("member amount: not a Decimal, at byte 31")
  Value* holes = nullptr;     // the chosen shape's holes, in `arena`
};

// What the rows of one body were. Rows, ends and what they hold live in the arena.
struct RowsFound {
  bool decoded = false;        // the body was well-formed, and there is a list where the rows stand
  std::string_view why;        // not decoded: one line without values
  std::span<const Selection> rows = {};   // in order; `chosen` is an index into the shapes given to the Matcher
  bool ended = false;          // the last of `rows` was put to the shapes of the end, and to no other
};

// Reads one body for several shapes, in order; shapes may have different roots (each root is decoded once).
class Matcher {
 public:
  Matcher(const Module& module, std::vector<Index> shapes);
  // `candidates[i]` false leaves shape i out (its arm's status did not fit). First selected wins. Total: hostile bytes give chosen = -1.
  // `settings` are read by codecs that take a key; without them such a codec decodes nothing.
  Selection match(std::string_view body, std::span<const bool> candidates, Arena& arena, std::span<const Value> settings = {}) const;
  // The rows of a body, for shapes with a list of rows: each row by itself, the first of `candidates` that selects it. If any of `ends` is given, the
  // last row is put to those alone. Candidates that are not written as the first of them have no part.
  RowsFound rows(std::string_view body, std::span<const bool> candidates, std::span<const bool> ends, Arena& arena, std::span<const Value> settings = {}) const;
  ~Matcher();
  Matcher(Matcher&&) noexcept;
  Matcher& operator=(Matcher&&) noexcept;

 private:
  struct Program;
  std::unique_ptr<Program> program_;
};

}  // namespace tollgate
