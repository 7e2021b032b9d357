#include "runtime/catalog/growth.h"

#include <algorithm>
#include <vector>

namespace tollgate {
namespace {

enum class Growth : uint8_t { sum, cut, pad, picture, replaced, spread, twice, threefold, flattened, digest, packed, unpacked };

constexpr uint64_t kDigestBytes = 64;     // SHA-512
constexpr uint64_t kPictureBytes = 1024;  // a pattern of 64 bytes, each a word of at most nine
constexpr uint64_t kFlatWeight = 1024 * 1024;   // flat_json gives up there; the fields of a query and a form are beside it
constexpr uint64_t kEnvelopeBytes = 1024; // headers and trailers of archives and of signed texts

struct Row {
  std::string_view symbol;
  Growth growth;
};
constexpr Row kRows[] = {
#define TG_GROWTH(symbol, growth) {#symbol, Growth::growth},
#include "runtime/catalog/growth.def"
#undef TG_GROWTH
};

Growth growth_of(const BuiltinRow& row) {
  static const std::vector<Growth> by_id = [] {
    std::vector<Growth> out;
    for (const BuiltinRow& each : builtins()) {
      const auto found = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.symbol == each.symbol; });
      out.push_back(found == std::end(kRows) ? Growth::sum : found->growth);
    }
    return out;
  }();
  return by_id[static_cast<size_t>(&row - builtins().data())];
}

uint64_t capped(uint64_t weight) { return std::min(weight, kWeightMax); }
uint64_t times(uint64_t a, uint64_t b) { return a != 0 && b > kWeightMax / a ? kWeightMax : a * b; }

bool weighs(Kind kind) {
  switch (kind) {
    case Kind::boolean: case Kind::integer: case Kind::decimal: case Kind::money: case Kind::currency: case Kind::time:
    case Kind::local_time: case Kind::duration: case Kind::null: return false;
    default: return true;
  }
}

// Four bytes for each of so many characters, as the second argument says.
uint64_t counted(std::span<const Argued> arguments) {
  int64_t count = arguments.size() > 1 && arguments[1].number ? *arguments[1].number : kCountMax;
  return 4 * static_cast<uint64_t>(std::clamp<int64_t>(count, 0, kCountMax));
}

}  // namespace

uint64_t weight_of(const Value& value) {
  if (value.text_like()) return value.size;
  if (value.kind != Kind::list && value.kind != Kind::pairs) return 0;
  const uint64_t n = value.kind == Kind::pairs ? 2ull * value.size : value.size;
  uint64_t sum = n;
  for (uint64_t i = 0; i < n; ++i) sum += weight_of(value.elements[i]);
  return sum;
}

uint64_t weight_of_result(const BuiltinRow& row, std::span<const Argued> arguments) {
  if (row.result_kind == ResultKind::stated && !weighs(row.result)) return 0;
  uint64_t all = 0, others = 0;
  for (size_t i = 0; i < arguments.size(); ++i) {
    all = capped(all + arguments[i].weight);
    if (i > 0) others = capped(others + arguments[i].weight);
  }
  const uint64_t first = arguments.empty() ? 0 : arguments[0].weight;
  switch (growth_of(row)) {
    case Growth::sum: return capped(all + kOwnBytes);
    case Growth::cut: return std::min(first, counted(arguments));
    case Growth::pad: return capped(first + kOwnBytes + counted(arguments));
    case Growth::picture: return capped(all + kPictureBytes);
    case Growth::replaced: return capped(times(first, std::max<uint64_t>(1, arguments.size() > 2 ? arguments[2].weight : 0)));
    case Growth::spread: return capped(times(first, 1 + others));
    case Growth::twice: return capped(2 * all + kOwnBytes);
    case Growth::threefold: return capped(3 * all + kOwnBytes);
    case Growth::flattened: return capped(std::min(times(all, all) / 8 + 8 * all, kFlatWeight + 2 * all));
    case Growth::digest: return kDigestBytes;
    case Growth::packed: return capped(2 * all + kEnvelopeBytes);
    case Growth::unpacked: return kUnpackedBytes;
  }
  return kWeightMax;
}

}  // namespace tollgate
