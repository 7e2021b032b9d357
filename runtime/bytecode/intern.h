// Interner: gives texts and constants of a module under construction an index each, equal ones the same. `canonicalize` then sorts both
// pools and renumbers every index and instruction that refers to them, so that the order of compilation leaves no trace in the bytes.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "runtime/bytecode/module.h"

namespace tollgate {

class Interner {
 public:
  explicit Interner(Module& module) : module_(module) {}  // borrows; the module must be empty of texts and constants

  Index text(std::string_view s);
  Index constant(Constant constant);
  Index constant_text(std::string_view s, Kind kind = Kind::text);
  Index constant_integer(int64_t n, Kind kind = Kind::integer);

 private:
  Module& module_;
  std::map<std::string, Index, std::less<>> texts_;
  std::map<std::tuple<Kind, Index, int64_t, uint8_t, uint32_t>, Index> constants_;
};

// Order of constants: kind, then text, number, scale, currency. Row keys of one table follow the same order.
bool constant_before(const Module& module, const Constant& a, const Constant& b);

// Sorts texts, constants and table rows; drops what nothing refers to; renumbers; then states what everything costs. Precondition: indices are in range.
void canonicalize(Module& module);

}  // namespace tollgate
