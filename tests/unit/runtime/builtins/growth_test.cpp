// No call gives more, takes more memory or costs more than growth.def and the meter say ahead: every row, random arguments, small and large.
#include <catch2/catch.hpp>

#include "runtime/builtins/call.h"
#include "runtime/bytecode/meter.h"
#include "runtime/catalog/growth.h"
#include "tests/unit/runtime/builtins/chance.h"

using namespace tollgate;

namespace {

constexpr uint64_t kAlignmentBytes = 16;

void holds(const BuiltinRow& row, const std::vector<Value>& arguments, Arena& arena) {
  std::vector<Argued> argued;
  uint64_t bytes = 0;
  for (const Value& v : arguments) {
    argued.push_back({weight_of(v), v.kind == Kind::integer ? std::optional<int64_t>(v.integer) : std::nullopt});
    bytes += argued.back().weight;
  }
  const uint64_t most = weight_of_result(row, argued);
  const size_t before = arena.taken();
  Value out;
  BuiltinFault fault;
  const bool good = call_builtin(row.id, arguments.data(), static_cast<uint8_t>(arguments.size()), arena, out, fault);
  CHECK(builtin_cost(row.id, arguments.data(), static_cast<uint8_t>(arguments.size())) <= cost_of(row, bytes));
  if (good) CHECK(weight_of(out) <= most);
  if (good) CHECK(arena.taken() - before <= call_memory(row, most) + kAlignmentBytes);
}

}  // namespace

TEST_CASE("every row keeps within its growth, its memory and its price") {
  for (const BuiltinRow& row : builtins()) {
    INFO(row.symbol);
    for (uint32_t seed = 0; seed < 60; ++seed) {
      INFO("seed " << seed);
      Arena arena;
      Chance chance(seed, arena);
      chance.longest = seed % 3 == 0 ? 4 : 400;
      std::vector<Value> arguments;
      for (const Parameter& p : row.arguments()) arguments.push_back(chance.argument(p));
      holds(row, arguments, arena);
    }
  }
}

TEST_CASE("what spreads, escapes and flattens most keeps within its growth") {
  Arena arena;
  const std::string as(3000, 'a'), bs(200, 'b'), blanks(2000, ' '), quotes(500, '"');
  std::string deep = "{\"" + std::string(4000, 'k') + "\":[";
  for (int i = 0; i < 2000; ++i) deep += "1,";
  deep += "1]}";
  holds(*builtin(BuiltinIds::text_replace), {Value::text(as), Value::text("a"), Value::text(bs)}, arena);
  holds(*builtin(BuiltinIds::percent), {Value::text(blanks)}, arena);
  holds(*builtin(BuiltinIds::json_fields), {Value::text(deep)}, arena);
  holds(*builtin(BuiltinIds::message_fields), {Value::text("a=1"), Value::text("application/json"), Value::text(quotes)}, arena);
  Value pairs[200];
  for (Value& v : pairs) v = Value::text("n");
  std::string names;
  for (int i = 0; i < 100; ++i) names += "n,";
  holds(*builtin(BuiltinIds::pairs_only), {Value::pairs(pairs, 100), Value::text(names)}, arena);
  holds(*builtin(BuiltinIds::pairs_lines), {Value::pairs(pairs, 100), Value::text(bs), Value::text(bs)}, arena);
  holds(*builtin(BuiltinIds::text_pad), {Value::text("a"), Value::number(4096), Value::text("\u20ac")}, arena);
  holds(*builtin(BuiltinIds::time_utc_pattern), {Value::time(0), Value::text("EEEE MMMM EEEE MMMM EEEE MMMM EEEE MMMM EEEE MMMM EEEE MMMM")}, arena);
}

TEST_CASE("a bound of a row without a row in growth.def is the sum of its arguments, and numbers weigh nothing") {
  const Argued two[] = {{100, {}}, {20, {}}};
  CHECK(weight_of_result(*builtin(BuiltinIds::concat), two) == 120 + kOwnBytes);
  CHECK(weight_of_result(*builtin(BuiltinIds::text_length), std::span(two, 1)) == 0);
  const Argued cut[] = {{1000, {}}, {0, 10}};
  CHECK(weight_of_result(*builtin(BuiltinIds::text_first), cut) == 40);
}
