// Laws that hold for every row, on many random arguments: the result is of the declared kind, what never faults never does, labels are
// those of the row's rule, hostile windows are harmless, equal arguments give equal results.
#include <catch2/catch.hpp>

#include "runtime/builtins/call.h"
#include "tests/unit/runtime/builtins/chance.h"

using namespace tollgate;

namespace {

struct Called {
  bool good = false;
  Value out;
  BuiltinFault fault;
};

Called call(const BuiltinRow& row, const std::vector<Value>& arguments, Arena& arena) {
  Called called;
  called.good = call_builtin(row.id, arguments.data(), static_cast<uint8_t>(arguments.size()), arena, called.out, called.fault);
  return called;
}

bool of_declared_kind(const BuiltinRow& row, const Value& out, const Value& first) {
  if (!out.present()) return row.optional;
  if (row.result_kind == ResultKind::element) return out.kind == first.elements[0].kind;
  if (row.result == Kind::list) {
    for (uint32_t i = 0; i < out.size; ++i) {
      if (out.elements[i].kind != row.result_element) return false;
    }
  }
  return out.kind == row.result;
}

}  // namespace

TEST_CASE("every row keeps its promises on kinds, faults and repetition") {
  for (const BuiltinRow& row : builtins()) {
    INFO(row.symbol);
    for (uint32_t seed = 0; seed < 150; ++seed) {
      Arena arena;
      Chance chance(seed, arena);
      std::vector<Value> arguments;
      for (const Parameter& p : row.arguments()) arguments.push_back(chance.argument(p));
      // Secrets among the kinds make some calls refused: that is the next test's matter.
      const bool open = row.labels == LabelRule::open_only || row.labels == LabelRule::open_join;
      const Called first = call(row, arguments, arena);
      INFO("seed " << seed << ": " << first.fault.why);
      if (!first.good) {
        CHECK((row.faults == Faults::may || row.faults == Faults::by_key || open));
        CHECK(!first.fault.why.empty());
        continue;
      }
      CHECK(of_declared_kind(row, first.out, arguments[0]));
      const Called again = call(row, arguments, arena);
      if (!draws(row)) CHECK((again.good && same(first.out, again.out)));
      CHECK(builtin_cost(row.id, arguments.data(), static_cast<uint8_t>(arguments.size())) >= row.cost);
    }
  }
}

TEST_CASE("every row labels its result by its rule, lists counted with what is in them") {
  for (const BuiltinRow& row : builtins()) {
    INFO(row.symbol);
    for (uint32_t seed = 0; seed < 100; ++seed) {
      Arena arena;
      Chance chance(seed, arena);
      std::vector<Value> arguments;
      std::vector<Labels> labels;
      for (const Parameter& p : row.arguments()) {
        Value v = chance.argument(p);
        v.labels = join(v.labels, chance.labels());
        if (v.kind == Kind::list && v.size > 0) const_cast<Value&>(v.elements[0]).labels |= chance.labels();
        arguments.push_back(v);
        labels.push_back(deep_labels(v));
      }
      const auto wanted = result_labels(row, labels);
      const Called called = call(row, arguments, arena);
      if (!wanted) {
        CHECK_FALSE(called.good);
        CHECK(called.fault.why == "the result would tell of a secret");
      } else if (called.good) {
        CHECK(called.out.labels == join(*wanted, natural_labels(called.out.kind)));
      }
    }
  }
}

TEST_CASE("windows that no verified module has are refused, not obeyed") {
  Arena arena;
  Value out;
  BuiltinFault fault;
  const Value texts[5] = {Value::text("a"), Value::text("b"), Value::text("c"), Value::text("d"), Value::text("e")};
  CHECK_FALSE(call_builtin(BuiltinIds::count, texts, 1, arena, out, fault));
  CHECK_FALSE(call_builtin(UINT32_MAX, texts, 1, arena, out, fault));
  CHECK_FALSE(call_builtin(BuiltinIds::md5, texts, 0, arena, out, fault));
  CHECK_FALSE(call_builtin(BuiltinIds::md5, texts, 5, arena, out, fault));
  CHECK_FALSE(call_builtin(BuiltinIds::money_minor, texts, 1, arena, out, fault));
  const Value nothing[1] = {Value::missing()};
  CHECK_FALSE(call_builtin(BuiltinIds::md5, nothing, 1, arena, out, fault));
  const Value moneys[1] = {Value::money(1, 0, pack_currency("UGX"))};
  const Value lists[2] = {Value::list(moneys, 1), Value::text(",")};
  CHECK_FALSE(call_builtin(BuiltinIds::list_join, lists, 2, arena, out, fault));
  for (const BuiltinRow& row : builtins()) {
    for (uint32_t seed = 0; seed < 40; ++seed) {
      Chance chance(seed, arena);
      Value window[kParametersMax];
      for (Value& v : window) v = chance.of_kind(static_cast<Kind>(chance.below(kKindCount)), Parameter{~0u});
      if (call_builtin(row.id, window, row.parameter_count, arena, out, fault)) CHECK(of_declared_kind(row, out, window[0]));
    }
    arena.reset();
  }
}

TEST_CASE("a result may take the place of an argument") {
  Arena arena;
  BuiltinFault fault;
  Value window[2] = {Value::text("key", kSecret), Value::text("256770000001", kPersonal)};
  REQUIRE(call_builtin(BuiltinIds::hmac_sha256, window, 2, arena, window[0], fault));
  CHECK(window[0].kind == Kind::bytes);
  CHECK(window[0].labels == kSealed);
}

TEST_CASE("a result that outgrows the memory of a slice is a fault that says so") {
  Arena arena;
  const std::string many(5000, 'a'), big(5000, 'b');
  const Value window[3] = {Value::text(many), Value::text("a"), Value::text(big)};
  Value out;
  BuiltinFault fault;
  REQUIRE_FALSE(call_builtin(BuiltinIds::text_replace, window, 3, arena, out, fault));
  CHECK(fault.out_of_memory);
}

TEST_CASE("what a call costs grows with its bytes, those in lists included") {
  const std::string text(100, 'x');
  const Value one[1] = {Value::text(text)};
  const BuiltinRow& md5 = *builtin(BuiltinIds::md5);
  CHECK(builtin_cost(BuiltinIds::md5, one, 1) == md5.cost + 100 * md5.cost_per_byte);
  const Value elements[2] = {one[0], one[0]};
  const Value join[2] = {Value::list(elements, 2), Value::text(",")};
  CHECK(builtin_cost(BuiltinIds::list_join, join, 2) >= builtin(BuiltinIds::list_join)->cost + 201);
  CHECK(builtin_cost(UINT32_MAX, one, 1) == 1);
}
