// Expressions and shapes of the resolved program. Plain values: copying one copies everything below it.
//
// Types are filled by the resolver, while it builds the node; nothing fills them later. A `poison` expression (or a type of kind
// `missing`) stands for something that was already reported: every later rule is silent about it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source.h"
#include "runtime/bytecode/module.h"
#include "runtime/value/value.h"

namespace tollgate::hir {

inline bool poisoned(const Type& type) { return type.kind == Kind::missing; }

// A literal's value. `text` for text, msisdn (digits), url, secret never; `integer` for integer, boolean, duration (ms), and the
// coefficient of decimal and money with `scale` digits after the point.
struct Constant {
  Kind kind = Kind::text;
  std::string text;
  int64_t integer = 0;
  uint8_t scale = 0;
  uint32_t currency = 0;
  friend bool operator==(const Constant&, const Constant&) = default;
};

struct Shape;

enum class ExprKind : uint8_t {
  poison,      // reported already
  constant,    // `constant`
  argument,    // argument `index` of the procedure (in an enquiry, callback or reading: of the procedure it is about); `name` is its dotted path
  kept,        // kept value `index` of that procedure
  let,         // let `index` of the slice the expression stands in: see Lets below
  parameter,   // parameter `index` of the step, enquiry or session the expression stands in; of a callback: its key
  setting,     // Carrier::settings[index]
  market,      // fact `index`: 0 country, 1 currency, 2 zone, 3 decimals (the operand of the `market` opcode)
  session,     // Carrier::sessions[index]; auth slices only
  hole,        // hole `index` of the arm: the body's holes first, then each header's (the operand of the `hole` opcode)
  call,        // builtin `index` (runtime/catalog/builtins.h order) applied to `operands`: functions, operations (add, equal, less, not, …), forms; a
               // form's receiver is operand 0
  join,        // `operands` are texts, joined: what "…{hole}…" means
  host,        // host read `index` (hosts.def order) with `number` as its operand: now, uuid, alnum(12), digits(6), counter
  url_of,      // the URL of Carrier::callbacks[index] for the key operands[0]
  bearer_of,   // the bearer that Carrier::callbacks[index] will be called with, for the key operands[0]
  shape,       // the exact bytes of `shape`, built
  otherwise,   // operands[0], or operands[1] when it is missing
  request,     // part `index` of the request: 0 method, 1 path, 2 query, 3 body, 4 host, 5 scheme, 6 headers, 7 content type, 8 target; auth and verify
  required,    // operands[0], which must be there: a message without it is refused; verify only
  element,     // one element of the list operands[0]: the name of a `for`, in what it repeats
};

// Names shown in dumps and used by the checker's words: "kept value".
std::string_view kind_words(ExprKind kind);

// `origin` says where the value comes from, in the normal form that Hole::origin of the module uses. It is how the peer and the checker
// recognise "the same value": a keep or parameter by its name ("ref", "checkout"); an argument by its dotted path ("user.msisdn"), also when it
// is written `charge.user.msisdn`; a kept value seen from outside likewise ("charge.ref" is "ref"); settings, market facts and sessions with their
// family word ("settings.base", "market.currency", "session token"); forms and calls as `receiver.form` and `receiver.form(2)` ("amount.decimal.text",
// "product.title.first(160)"), functions as "md5(a)"; interpolations as the written text with origins in holes ("tel:{user.msisdn.digits}"); literals
// as written; "url of paid(ref)", "bearer of paid(ref)"; `a else b` as "a else b"; names bound by the arm as themselves ("txn").
struct Expr {
  ExprKind kind = ExprKind::poison;
  Type type{Kind::missing, false, kPublic, Kind::missing};
  uint32_t index = 0;
  int64_t number = 0;           // host reads
  bool about = false;           // argument, kept: written as `charge.x`, from an enquiry, callback, reading or test
  Constant constant;
  std::string name;             // the last name that was written: "ref", "first", "md5"
  std::string origin;
  std::vector<Expr> operands;
  std::shared_ptr<const Shape> shape;
  Span span;

  bool poisoned() const { return kind == ExprKind::poison; }
};

// ---- shapes -------------------------------------------------------------------------------------------------------------------

// Mirrors tollgate::ShapeNode with names in place of indices; what each kind means stands there. `at A.b { … }` and `a/b/c: p` are
// already nested objects, namespaces are URIs, and `body X: e` of an auth is a member like any other.
struct ShapeNode {
  NodeKind kind = NodeKind::object;
  uint8_t flags = 0;                   // ShapeFlag
  ShapeRoot root = ShapeRoot::json;    // codec nodes: how the child's bytes are written
  std::string name;                    // member: label; pairs: key field; codec: the codec's word, empty for the bytes themselves
  std::string ns;                      // member: namespace URI; pairs: value field; codec: format of its child
  Constant literal;                    // literal nodes
  uint32_t hole = 0;                   // hole nodes, `repeat` (its list), and alternatives that are bound: index into Shape::holes; setting nodes: Carrier::settings
  bool bound = false;                  // alternatives: what is found fills `hole`
  uint32_t size = 0;                   // holes in a text: their characters
  std::vector<ShapeNode> children;
  Span span;
};

struct Hole {
  std::string name;       // bound name, or empty
  Type type;              // of the value built from, bound or compared
  uint32_t reader = 0;    // readers.def; in a build: the reader that reads back what was built
  std::string argument;   // the reader's pattern
  std::string origin;     // of `value`; empty for a hole that only binds
  bool equal = false;     // `== value`
  bool has_value = false; // building, or `equal`: `value` is filled or compared with
  bool each = false;      // in what a `for` repeats: filled anew for each element
  bool finds = false;     // `== ref` in a row: it tells our row from others, and asserts nothing
  bool used = false;      // a bound name that something refers to
  Expr value;
  Span span;
};

struct Shape {
  ShapeRoot root = ShapeRoot::json;
  std::string format;     // csv and lines: see Shape::format of the module
  bool builds = false;    // else it matches
  ShapeNode node;
  std::vector<Hole> holes;  // in the order of the text
  Span span;
};

}  // namespace tollgate::hir
