// The notation of examples in builtins.def: the language's literals, forms and calls, and a few literals for kinds that have none.
//   ⟨2026-01-02T03:04:05Z⟩  ⟨https://a.example⟩  ⟨6ba7b810-9dad-11d1-80b4-00c04fd430c8⟩  0x6869  ["a", "b"]  { a: "1" }
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/builtins/call.h"

namespace tollgate {

class Notation {
 public:
  Notation(std::string_view text, Arena& arena) : text_(text), arena_(arena) {}

  // The value of the whole text; nullopt with `trouble` said if it is not in the notation or a call faults.
  std::optional<Value> run();
  const std::string& trouble() const { return trouble_; }

 private:
  bool expression(Value& out);
  bool primary(Value& out);
  bool number(Value& out);
  bool word(Value& out);
  bool test_key_of(const std::string& what, std::string_view name, Value& out);
  bool quoted(Value& out);
  bool angled(Value& out);
  bool list(Value& out);
  bool pairs(Value& out);
  bool arguments(std::vector<Value>& out);
  bool call(const BuiltinRow* row, const std::vector<Value>& arguments, const std::string& name, Value& out);

  bool take(std::string_view symbol);
  std::string_view take_word();
  void blanks();
  bool fail(const std::string& why);
  Value kept(Kind kind, std::string_view text);

  std::string_view text_;
  Arena& arena_;
  std::string trouble_;
};

}  // namespace tollgate
