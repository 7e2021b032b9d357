// What an expression may name. Nothing is captured (rulings, R3): each place of the language builds its own Scope, and what is not in it
// cannot be meant.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/hir/hir.h"

namespace tollgate::hir {

// A name that stands for a value. `value` is the expression that a reference becomes, but for its span.
struct Binding {
  std::string name;
  std::string what;  // "a parameter of `prompted`"
  Expr value;
  Span span;
  mutable bool used = false;
};

struct Scope {
  const Procedure* procedure = nullptr;  // its arguments and keeps, by their own names
  const Procedure* about = nullptr;      // the same through `charge.`
  std::vector<Binding> names;            // parameters, lets, what the arm bound: later ones first
  std::vector<std::pair<std::string, Expr>> known;  // what `need` has shown to be there: by origin
  bool host = false;                     // now, uuid() and so on may be read
  bool sessions = false;                 // session values: arguments of `with`, auth
  bool request = false;                  // the request being authorised, or the message being verified
  bool demands = false;                  // a verify: what is missing refuses the message
  std::string place = "this place";      // "an enquiry", for messages
};

// The innermost binding of a name, or null.
const Binding* find(const Scope& scope, std::string_view name);
// Index of a kept value in the procedure, or -1.
int find_keep(const Procedure& procedure, std::string_view name);

}  // namespace tollgate::hir
