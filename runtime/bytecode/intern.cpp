#include "runtime/bytecode/intern.h"

#include <algorithm>

#include "runtime/bytecode/cost.h"
#include "runtime/bytecode/describe.h"
#include "runtime/bytecode/instruction.h"

namespace tollgate {
namespace {

// Marks or renumbers every index into one pool.
class PoolWalk {
 public:
  PoolWalk(Pool pool, std::vector<Index>& map, bool rewrite) : pool_(pool), map_(map), rewrite_(rewrite) {}

  void index(const char*, Index& i, Pool pool, Must) {
    if (pool != pool_ || i == kNone || i >= map_.size()) return;
    if (rewrite_) i = map_[i];
    else map_[i] = 0;
  }
  void indices(const char* name, std::vector<Index>& list, Pool pool, size_t) {
    for (Index& i : list) index(name, i, pool, Must::may);
  }
  void reg(const char*, Register&) {}
  void regs(const char*, std::vector<Register>&, size_t) {}
  template <class V>
  void value(const char*, V&) {}
  void numbers(const char*, std::vector<uint64_t>&, size_t) {}
  template <class T>
  void part(const char*, T& x) { describe(*this, x); }
  template <class T>
  void parts(const char*, std::vector<T>& list, size_t) {
    for (T& x : list) describe(*this, x);
  }
  void text(const char*, std::string&) {}
  void strings(const char*, std::vector<std::string>&, size_t) {}
  void words(const char*, std::vector<uint32_t>& code, size_t) {
    if (pool_ != Pool::constants) return;
    for (uint32_t& word : code) {
      Instruction in{word};
      if (in.op() != Op::constant && in.op() != Op::header && in.op() != Op::query) continue;
      Index i = in.immediate();
      index("", i, Pool::constants, Must::be);
      word = Instruction::ai(in.op(), in.a(), i).word;
    }
  }
  void doc(const char*, Index&) {}
  template <class F>
  void section(const char*, F&& body) { body(); }

 private:
  Pool pool_;
  std::vector<Index>& map_;
  bool rewrite_;
};

template <class T, class Before>
void sort_pool(Module& module, Pool pool, std::vector<T>& items, Before before) {
  std::vector<Index> map(items.size(), kNone);
  PoolWalk mark(pool, map, false);
  describe_sections(mark, module);
  std::vector<Index> order;
  for (Index i = 0; i < items.size(); i++)
    if (map[i] != kNone) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return before(items[a], items[b]); });
  std::vector<T> sorted;
  for (Index old : order) {
    bool repeated = !sorted.empty() && !before(sorted.back(), items[old]);
    if (!repeated) sorted.push_back(items[old]);
    map[old] = static_cast<Index>(sorted.size() - 1);
  }
  PoolWalk rewrite(pool, map, true);
  describe_sections(rewrite, module);
  items = std::move(sorted);
}

}  // namespace

Index Interner::text(std::string_view s) {
  auto it = texts_.find(s);
  if (it != texts_.end()) return it->second;
  Index i = static_cast<Index>(module_.texts.size());
  module_.texts.emplace_back(s);
  texts_.emplace(s, i);
  return i;
}

Index Interner::constant(Constant c) {
  auto key = std::make_tuple(c.kind, c.text, c.integer, c.scale, c.currency);
  auto it = constants_.find(key);
  if (it != constants_.end()) return it->second;
  Index i = static_cast<Index>(module_.constants.size());
  module_.constants.push_back(c);
  constants_.emplace(key, i);
  return i;
}

Index Interner::constant_text(std::string_view s, Kind kind) {
  Constant c;
  c.kind = kind;
  c.text = text(s);
  return constant(c);
}

Index Interner::constant_integer(int64_t n, Kind kind) {
  Constant c;
  c.kind = kind;
  c.integer = n;
  return constant(c);
}

bool constant_before(const Module& m, const Constant& a, const Constant& b) {
  return std::make_tuple(a.kind, m.text(a.text), a.text == kNone, a.integer, a.scale, a.currency) <
         std::make_tuple(b.kind, m.text(b.text), b.text == kNone, b.integer, b.scale, b.currency);
}

void canonicalize(Module& module) {
  sort_pool(module, Pool::constants, module.constants,
            [&](const Constant& a, const Constant& b) { return constant_before(module, a, b); });
  sort_pool(module, Pool::texts, module.texts, std::less<>());
  for (Table& table : module.tables)
    std::stable_sort(table.rows.begin(), table.rows.end(), [](const Row& a, const Row& b) { return a.pattern != b.pattern ? b.pattern : a.key < b.key; });
  state_costs(module);
}

}  // namespace tollgate
