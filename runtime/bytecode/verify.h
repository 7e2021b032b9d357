// What the rules of verify.cpp share: the module under test, the first fault found, and who uses which slice. Private to this room.
#pragma once

#include <string>
#include <vector>

#include "runtime/bytecode/module.h"

namespace tollgate::verifying {

struct Verification {
  const Module& m;
  std::string why = {};   // "V7: …"; empty while nothing is wrong
  bool too_large = false; // what is wrong is a number above its ceiling

  bool ok() const { return why.empty(); }
  void fail(const char* rule, std::string what) {
    if (why.empty()) why = std::string(rule) + ": " + std::move(what);
  }
  // Shorthand: fails unless `condition`.
  bool must(bool condition, const char* rule, const std::string& what) {
    if (!condition) fail(rule, what);
    return condition;
  }
};

// One declaration that runs a slice. A slice may be used by several; each use is checked against its own frame.
struct SliceUse {
  Index slice = kNone;
  SliceKind kind = SliceKind::test;
  Slice::FrameOf frame = Slice::FrameOf::none;
  Index owner = kNone;         // procedure, enquiry, session, callback
  Index step = kNone;          // of the procedure
  Index exchange = kNone;      // step, enquiry, session: what it sends; arm: whose arm it is; auth: whom it serves
  const Arm* arm = nullptr;
  bool money = false;
  bool proves = false;         // a verify's proof: what the carrier would add, which never leaves
};

void check_indices(Verification& v);    // V1
void check_pools(Verification& v);      // V2
void check_shapes(Verification& v);     // V3, V4
void check_links(Verification& v);      // V5
void check_exchanges(Verification& v);  // V6
void check_arms(Verification& v);       // V7
void check_tables(Verification& v);     // V8
void check_callbacks(Verification& v);  // V9
std::vector<SliceUse> slice_uses(Verification& v);           // V10
void check_code(Verification& v, const SliceUse& use);       // V11 … V16

// Fields a slice may read; null: none.
const std::vector<Field>* argument_fields(const Module& m, const SliceUse& use);
const std::vector<Field>* kept_fields(const Module& m, const SliceUse& use);
const std::vector<Field>* parameter_fields(const Module& m, const SliceUse& use);

// Holes that an arm's or key's slice sees, in order, each with whether it may be missing.
struct SeenHole { const Hole* hole = nullptr; bool optional = false; };
std::vector<SeenHole> seen_holes(const Module& m, const SliceUse& use);
// Is there a list of rows in it?
bool reads_rows(const Shape& shape);

bool text_like(Kind kind);

}  // namespace tollgate::verifying
