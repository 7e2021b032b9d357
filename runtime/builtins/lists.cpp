// List and Pairs.
#include <algorithm>
#include <vector>

#include "runtime/builtins/functions.h"

namespace tollgate {
namespace {

const Value& name_of(const Value& pairs, uint32_t i) { return pairs.elements[2 * i]; }
const Value& value_of(const Value& pairs, uint32_t i) { return pairs.elements[2 * i + 1]; }

// Every second element, from the first name or the first value.
bool give_column(BuiltinContext& c, const Value& pairs, uint32_t column, Value& out) {
  Value* elements = c.arena().array<Value>(pairs.size);
  if (elements == nullptr) return c.out_of_memory();
  for (uint32_t i = 0; i < pairs.size; ++i) elements[i] = pairs.elements[2 * i + column];
  return c.give(Value::list(elements, pairs.size), out);
}

bool give_built(BuiltinContext& c, const std::string& built, Value& out) {
  return built.size() > Arena::kArenaMax ? c.out_of_memory() : c.give_text(built, out);
}

}  // namespace

// A separator is repeated without having been paid for, so the sum is watched.
TG_RUN(list_join) {
  std::string joined;
  for (uint32_t i = 0; i < a[0].size && joined.size() <= Arena::kArenaMax; ++i) {
    if (i > 0) joined += a[1].view();
    joined += Octets(a[0].elements[i]).view();
  }
  return give_built(c, joined, out);
}

TG_RUN(list_length) { return c.give(Value::number(a[0].size), out); }
TG_RUN(list_first) { return a[0].size == 0 ? c.give_missing(out) : c.give(a[0].elements[0], out); }

TG_RUN(pairs_pairs) {
  Value* elements = c.arena().array<Value>(a[0].size);
  if (elements == nullptr) return c.out_of_memory();
  for (uint32_t i = 0; i < a[0].size; ++i) {
    std::string pair(name_of(a[0], i).view());
    pair += a[1].view();
    pair += value_of(a[0], i).view();
    if (!c.give_text(pair, elements[i])) return false;
    elements[i].labels = join(join(name_of(a[0], i).labels, value_of(a[0], i).labels), a[1].labels);
  }
  return c.give(Value::list(elements, a[0].size), out);
}

TG_RUN(pairs_names) { return give_column(c, a[0], 0, out); }
TG_RUN(pairs_values) { return give_column(c, a[0], 1, out); }

TG_RUN(pairs_sorted) {
  std::vector<uint32_t> order(a[0].size);
  for (uint32_t i = 0; i < a[0].size; ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](uint32_t x, uint32_t y) { return name_of(a[0], x).view() < name_of(a[0], y).view(); });
  Value* elements = c.arena().array<Value>(2 * size_t{a[0].size});
  if (elements == nullptr) return c.out_of_memory();
  for (uint32_t i = 0; i < a[0].size; ++i) {
    elements[2 * i] = name_of(a[0], order[i]);
    elements[2 * i + 1] = value_of(a[0], order[i]);
  }
  return c.give(Value::pairs(elements, a[0].size), out);
}

TG_RUN(pairs_join) {
  std::string joined;
  for (uint32_t i = 0; i < a[0].size && joined.size() <= Arena::kArenaMax; ++i) {
    if (i > 0) joined += a[2].view();
    joined += name_of(a[0], i).view();
    joined += a[1].view();
    joined += value_of(a[0], i).view();
  }
  return give_built(c, joined, out);
}

}  // namespace tollgate
