// The verifier. Only a module that keeps every rule may be executed; the VM, the matcher and the engine rely on them and look no further.
//
//   V1   every index is in range, and present where it must be
//   V2   texts and constants are sorted and each occurs once; constants are of kinds that constants may have
//   V3   every shape is a tree: children greater than their parent, one parent each, depth and sizes bounded, nodes fit their places
//   V4   every hole of a shape is filled by exactly one node and has a known reader
//   V5   links have one base, waits of their own that end, and name only secret settings as secrets; enquiries repeat with a pause
//   V6   every exchange has one owner; money exchanges belong to a step with a doubt slice; `once` names a kept value and has a window
//   V7   arms: heads well-formed, shapes of bodies and headers have fitting roots; `repeat` needs `once`; no definite no from `other`, or
//        from a 5xx, 407, 408, 409, 425 or 429 without a shape, unless a promise says so
//   V8   tables: keys sorted, distinct and of the table's kind; rows and `other` are findings without registers; with money, `other` decides nothing
//   V9   callbacks are verified by their endpoint and have one key; endpoints answer with a shape without holes
//   V10  every slice lies in the code, and is used as the kind and with the frame that it states
//   V11  instructions are known; jumps go forward inside the slice; every path ends in exactly one effect
//   V12  registers are assigned before they are read, with one kind on every path
//   V13  windows of call, build and join lie in the registers and fit the row or the shape
//   V14  host reads only in impure step and auth slices; keep only in steps; holes only in arms and keys; requests, sessions and headers in auth
//   V15  an effect's operands are there and of the right kinds; arguments fit the parameters they become; steps go forward; waits end
//   V16  labels: nothing secret or sealed in an outcome, a comparison or a kept value of a lower label; a secret setting only where its
//        link may send it
//   V17  the whole costs bounded work to verify
//   V18  every slice and every procedure states a cost, and none can cost more: see cost.h
#include "runtime/bytecode/verify.h"

#include <fmt/format.h>

#include "runtime/bytecode/describe.h"
#include "runtime/bytecode/instruction.h"
#include "runtime/bytecode/intern.h"
#include "runtime/bytecode/names.h"
#include "runtime/bytecode/wire.h"

namespace tollgate {
namespace verifying {
namespace {

constexpr uint64_t kWorkMax = 2'000'000;  // instructions looked at, over all uses of all slices

// Walks every field of the module and holds indices against their pools.
class IndexWalk {
 public:
  explicit IndexWalk(Verification& v) : v_(v) {}

  void index(const char* name, Index& i, Pool pool, Must must) {
    if (i == kNone) {
      if (must == Must::be) v_.fail("V1", fmt::format("section {}: `{}` is missing", section_, name));
    } else if (pool != Pool::local && i >= size(pool)) {
      v_.fail("V1", fmt::format("section {}: `{}` is {}, there are {}", section_, name, i, size(pool)));
    }
  }
  void indices(const char* name, std::vector<Index>& list, Pool pool, size_t ceiling) {
    sized(name, list.size(), ceiling);
    for (Index& i : list) index(name, i, pool, Must::be);
  }
  void reg(const char* name, Register& r) {
    if (r != kNoRegister && r >= kRegistersMax) v_.fail("V1", fmt::format("section {}: `{}` is no register", section_, name));
  }
  void regs(const char* name, std::vector<Register>& list, size_t ceiling) {
    sized(name, list.size(), ceiling);
    for (Register& r : list)
      if (r >= kRegistersMax) v_.fail("V1", fmt::format("section {}: `{}` is no register", section_, name));
  }
  template <class V>
  void value(const char* name, V& value) {
    if constexpr (std::is_enum_v<V>)
      if (static_cast<size_t>(value) >= enumerators<V>()) v_.fail("V1", fmt::format("section {}: `{}` is unknown", section_, name));
  }
  void numbers(const char* name, std::vector<uint64_t>& list, size_t ceiling) { sized(name, list.size(), ceiling); }
  template <class T>
  void part(const char*, T& x) { describe(*this, x); }
  template <class T>
  void parts(const char* name, std::vector<T>& list, size_t ceiling) {
    sized(name, list.size(), ceiling);
    for (T& x : list) describe(*this, x);
  }
  void text(const char*, std::string&) {}
  void strings(const char* name, std::vector<std::string>& list, size_t ceiling) { sized(name, list.size(), ceiling); }
  void words(const char* name, std::vector<uint32_t>& list, size_t ceiling) { sized(name, list.size(), ceiling); }
  void doc(const char*, Index&) {}
  template <class F>
  void section(const char* name, F&& body) {
    section_ = name;
    body();
  }

 private:
  void sized(const char* name, size_t n, size_t ceiling) {
    if (n > ceiling && v_.ok()) v_.too_large = true;
    if (n > ceiling) v_.fail("V1", fmt::format("section {}: {} `{}`, at most {} are allowed", section_, n, name, ceiling));
  }
  size_t size(Pool pool) const {
    const Module& m = v_.m;
    switch (pool) {
      case Pool::texts: return m.texts.size();
      case Pool::constants: return m.constants.size();
      case Pool::settings: return m.settings.size();
      case Pool::links: return m.links.size();
      case Pool::sessions: return m.sessions.size();
      case Pool::shapes: return m.shapes.size();
      case Pool::tables: return m.tables.size();
      case Pool::targets: return m.targets.size();
      case Pool::exchanges: return m.exchanges.size();
      case Pool::procedures: return m.procedures.size();
      case Pool::enquiries: return m.enquiries.size();
      case Pool::endpoints: return m.endpoints.size();
      case Pool::callbacks: return m.callbacks.size();
      case Pool::slices: return m.slices.size();
      case Pool::local: break;
    }
    return 0;
  }

  Verification& v_;
  const char* section_ = "";
};

bool constant_kind(Kind kind) {
  switch (kind) {
    case Kind::missing:
    case Kind::null:
    case Kind::secret:
    case Kind::private_key:
    case Kind::list:
    case Kind::pairs: return false;
    default: return true;
  }
}

}  // namespace

bool text_like(Kind kind) {
  switch (kind) {
    case Kind::text:
    case Kind::bytes:
    case Kind::secret:
    case Kind::msisdn:
    case Kind::uuid:
    case Kind::url:
    case Kind::public_key:
    case Kind::private_key:
    case Kind::certificate: return true;
    default: return false;
  }
}

void check_indices(Verification& v) {
  IndexWalk walk(v);
  describe_sections(walk, const_cast<Module&>(v.m));
}

void check_pools(Verification& v) {
  const Module& m = v.m;
  for (size_t i = 1; i < m.texts.size(); i++)
    if (!v.must(m.texts[i - 1] < m.texts[i], "V2", fmt::format("text {} is out of order", i))) return;
  for (size_t i = 0; i < m.constants.size(); i++) {
    const Constant& c = m.constants[i];
    if (!v.must(constant_kind(c.kind), "V2", fmt::format("constant {} is of a kind that cannot be written down", i))) return;
    if (!v.must(text_like(c.kind) == (c.text != kNone), "V2", fmt::format("constant {} has the wrong payload", i))) return;
    if (!v.must(c.scale <= 18, "V2", fmt::format("constant {} has more than 18 digits after the point", i))) return;
    bool ordered = i == 0 || constant_before(m, m.constants[i - 1], c);
    if (!v.must(ordered, "V2", fmt::format("constant {} is out of order", i))) return;
  }
}

namespace {

void check_slices(Verification& v) {
  uint64_t work = 0;
  for (size_t i = 0; i < v.m.slices.size(); i++) {
    const Slice& s = v.m.slices[i];
    v.must(s.begin < s.end && s.end <= v.m.code.size(), "V10", fmt::format("slice {} does not lie in the code", i));
    v.must(s.registers <= kRegistersMax, "V10", fmt::format("slice {} uses too many registers", i));
  }
  if (!v.ok()) return;
  std::vector<SliceUse> uses = slice_uses(v);
  for (const SliceUse& use : uses) {
    if (!v.ok()) return;
    work += v.m.slices[use.slice].end - v.m.slices[use.slice].begin;
    v.too_large = work > kWorkMax;
    if (!v.must(work <= kWorkMax, "V17", "the slices are used too often to be verified")) return;
    check_code(v, use);
  }
}

}  // namespace
}  // namespace verifying

Status verify(const Module& module) {
  using namespace verifying;
  static constexpr void (*kRules[])(Verification&) = {check_indices, check_pools, check_shapes,  check_links,    check_exchanges,
                                                      check_tables,  check_arms,  check_callbacks, check_slices, check_costs};
  Verification v{module};
  for (auto rule : kRules) {
    rule(v);
    if (!v.ok()) return Error{v.too_large ? "module_over_limit" : "unverified_module", "the module breaks rule " + v.why};
  }
  return Done{};
}

}  // namespace tollgate
