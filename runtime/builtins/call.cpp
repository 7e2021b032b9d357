#include "runtime/builtins/call.h"

#include <array>

#include "runtime/builtins/functions.h"

namespace tollgate {
namespace {

constexpr BuiltinFunction kFunctions[] = {
#define TG_BUILTIN(symbol, ...) run_##symbol,
#include "runtime/catalog/builtins.def"
#undef TG_BUILTIN
};

bool judged_by_function(Meaning meaning) { return meaning == Meaning::zone || meaning == Meaning::time_pattern; }

bool fits(const Parameter& parameter, const Value& value) {
  if (!contains(parameter.kinds, value.kind)) return false;
  if (value.kind != Kind::list) return true;
  for (uint32_t i = 0; i < value.size; ++i) {
    if (!contains(parameter.elements, value.elements[i].kind)) return false;
  }
  return true;
}

// Empty when all is well.
std::string_view objection_to_call(const BuiltinRow& row, std::span<const Value> arguments) {
  if (arguments.size() < row.required || arguments.size() > row.parameter_count) return "wrong number of arguments";
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Parameter& parameter = row.parameters[i];
    if (!fits(parameter, arguments[i])) return "an argument is of a kind that the builtin does not take";
    if (judged_by_function(parameter.meaning)) continue;
    if (auto why = objection(parameter.meaning, arguments[i])) return *why;
  }
  return {};
}

uint64_t bytes_of(const Value& value) {
  if (value.text_like()) return value.size;
  if (value.kind != Kind::list && value.kind != Kind::pairs) return 0;
  const uint32_t n = value.kind == Kind::pairs ? 2 * value.size : value.size;
  uint64_t sum = n;  // an empty element costs too
  for (uint32_t i = 0; i < n; ++i) sum += bytes_of(value.elements[i]);
  return sum;
}

}  // namespace

bool call_builtin(uint32_t id, const Value* window, uint8_t n, Arena& arena, Value& out, BuiltinFault& fault) {
  const BuiltinRow* row = builtin(id);
  if (row == nullptr) {
    fault = {false, "no such builtin"};
    return false;
  }
  while (n > row->required && !window[n - 1].present()) --n;  // what may be left out may also be missing
  const std::span<const Value> arguments(window, n);
  if (auto why = objection_to_call(*row, arguments); !why.empty()) {
    fault = {false, why};
    return false;
  }
  std::array<Labels, kParametersMax> labels{};
  for (size_t i = 0; i < n; ++i) labels[i] = deep_labels(arguments[i]);
  const auto joined = result_labels(*row, std::span<const Labels>(labels.data(), n));
  if (!joined) {
    fault = {false, "the result would tell of a secret"};
    return false;
  }
  BuiltinContext context(arena);
  Value result;
  const bool done = id < BuiltinIds::count ? kFunctions[id](context, window, n, result) : run_codec(context, *row, window, n, result);
  if (!done) {
    fault = context.why();
    return false;
  }
  result.labels = join(*joined, natural_labels(result.kind));
  out = result;  // last, since `out` may be one of the arguments
  return true;
}

uint64_t builtin_cost(uint32_t id, const Value* window, uint8_t n) {
  const BuiltinRow* row = builtin(id);
  if (row == nullptr) return 1;
  uint64_t bytes = 0;
  if (row->cost_per_byte != 0) {
    for (uint8_t i = 0; i < n; ++i) bytes += bytes_of(window[i]);
  }
  return cost_of(*row, bytes);
}

bool BuiltinContext::give_copy(Kind kind, std::string_view bytes, Value& out) {
  const std::string_view kept = arena_.copy(bytes);
  if (kept.data() == nullptr) return out_of_memory();
  return give(Value::text_of(kind, kept, kPublic), out);
}

bool BuiltinContext::fault(std::string_view why) {
  fault_ = {false, why};
  return false;
}

bool BuiltinContext::out_of_memory() {
  fault_ = {true, "the result is larger than the memory of one slice"};
  return false;
}

Octets::Octets(const Value& value) {
  if (value.text_like()) {
    view_ = value.view();
  } else if (value.kind == Kind::currency) {
    for (int i = 0; i < 3; ++i) letters_[i] = static_cast<char>(value.size >> (16 - 8 * i));
    view_ = {letters_, 3};
  }
}

}  // namespace tollgate
