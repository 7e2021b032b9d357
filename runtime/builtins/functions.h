// One function for each row of builtins.def, named run_<symbol>. Arguments have the row's kinds and meanings (call.cpp sees to it, zones
// and patterns apart); labels are none of their business. A row without its function does not link.
#pragma once

#include <string>
#include <string_view>

#include "runtime/builtins/call.h"

namespace tollgate {

// What a function may use. Every answer of a function goes through one of these, so that `return` says it all.
class BuiltinContext {
 public:
  explicit BuiltinContext(Arena& arena) : arena_(arena) {}

  bool give(const Value& value, Value& out) {
    out = value;
    return true;
  }
  bool give_missing(Value& out) { return give(Value::missing(), out); }
  // A copy of `bytes` in the arena, as a value of that text-like kind.
  bool give_copy(Kind kind, std::string_view bytes, Value& out);
  bool give_text(std::string_view text, Value& out) { return give_copy(Kind::text, text, out); }

  bool fault(std::string_view why);
  bool out_of_memory();

  Arena& arena() { return arena_; }
  const BuiltinFault& why() const { return fault_; }

 private:
  Arena& arena_;
  BuiltinFault fault_;
};

// The bytes of a text-like value or the letters of a currency.
class Octets {
 public:
  explicit Octets(const Value& value);
  Octets(const Octets&) = delete;
  Octets& operator=(const Octets&) = delete;
  std::string_view view() const { return view_; }

 private:
  char letters_[3] = {};
  std::string_view view_;
};

using BuiltinFunction = bool (*)(BuiltinContext&, const Value* arguments, uint8_t n, Value& out);

#define TG_BUILTIN(symbol, ...) bool run_##symbol(BuiltinContext&, const Value*, uint8_t, Value&);
#include "runtime/catalog/builtins.def"
#undef TG_BUILTIN

// A codec as a function: the row is one of those after builtins.def.
bool run_codec(BuiltinContext& c, const BuiltinRow& row, const Value* arguments, uint8_t n, Value& out);

}  // namespace tollgate

// The head of a row's function: c the context, a the arguments, n how many, out the result.
#define TG_RUN(symbol)                                                                                                     \
  bool run_##symbol([[maybe_unused]] BuiltinContext& c, [[maybe_unused]] const Value* a, [[maybe_unused]] uint8_t n, \
                    [[maybe_unused]] Value& out)
