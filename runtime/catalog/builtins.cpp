#include "runtime/catalog/builtins.h"

#include <algorithm>

namespace tollgate {
namespace {

// The vocabulary of builtins.def.
namespace words_of_rows {

constexpr KindSet kText = set_of(Kind::text), kBytes = set_of(Kind::bytes), kSecretText = set_of(Kind::secret);
constexpr KindSet kTextual = kText | kSecretText | set_of(Kind::uuid) | set_of(Kind::url) | set_of(Kind::currency);

constexpr Parameter of(Kind kind) { return {set_of(kind)}; }
constexpr Parameter integer = of(Kind::integer), decimal = of(Kind::decimal), money = of(Kind::money), currency = of(Kind::currency),
                    boolean = of(Kind::boolean), time = of(Kind::time), local_time = of(Kind::local_time), duration = of(Kind::duration),
                    msisdn = of(Kind::msisdn), uuid = of(Kind::uuid), url = of(Kind::url), bytes = of(Kind::bytes), text = of(Kind::text),
                    pairs = of(Kind::pairs), any_list = of(Kind::list);
constexpr Parameter words{kText | kSecretText};     // what may be cut, padded and changed; identifiers may not
constexpr Parameter textual{kTextual};              // what has characters of its own, without choosing a form
constexpr Parameter octets{kTextual | kBytes};      // what has bytes of its own: to hash and to encode
constexpr Parameter list_of_textual{set_of(Kind::list), Meaning::any, false, kTextual};
constexpr Parameter count{set_of(Kind::integer), Meaning::count}, scale{set_of(Kind::integer), Meaning::scale};
constexpr Parameter zone{kText, Meaning::zone}, pattern{kText, Meaning::time_pattern}, unit{kText, Meaning::unit},
    group{kText, Meaning::group}, fill{kText, Meaning::fill}, needle{kText, Meaning::needle}, picture{kText, Meaning::picture};

struct Written {
  Kind kind;
  bool optional = false;
  ResultKind rule = ResultKind::stated;
  Kind element = Kind::missing;
};
constexpr Written element() { return {Kind::missing, false, ResultKind::element}; }
constexpr Written list_of(Parameter p) { return {Kind::list, false, ResultKind::stated, p.kinds == kText ? Kind::text : Kind::missing}; }
constexpr Kind only_kind(KindSet set) {
  int i = 0;
  while (!(set & 1)) set >>= 1, ++i;
  return static_cast<Kind>(i);
}
constexpr Written maybe(Written w) { w.optional = true; return w; }
constexpr Written maybe(Parameter p) { return {only_kind(p.kinds), true}; }
constexpr Written written(Written w) { return w; }
constexpr Written written(Parameter p) { return {only_kind(p.kinds)}; }

struct Taken {
  std::array<Parameter, kParametersMax> parameters{};
  uint8_t count = 0, required = 0;
};
template <class... P>
constexpr Taken taken(P... p) {
  static_assert(sizeof...(P) <= kParametersMax);
  Taken t;
  ((t.parameters[t.count++] = p, t.required = static_cast<uint8_t>(t.required + (p.optional ? 0 : 1))), ...);
  return t;
}

constexpr BuiltinRow row(BuiltinId id, std::string_view symbol, Calling calling, std::string_view name, Taken t, Written w, Faults faults,
                         LabelRule labels, uint32_t cost, uint32_t per_byte, std::string_view doc, std::string_view example) {
  return {id, symbol, calling, name, t.parameters, t.count, t.required, w.kind, w.rule, w.element, w.optional, faults, labels, cost, per_byte,
          doc, example};
}

constexpr BuiltinRow kRows[] = {
#define TG_BUILTIN(symbol, calling, name, parameters, result, faults, labels, cost, per_byte, doc, example)                     \
  row(BuiltinIds::symbol, #symbol, Calling::calling, name, taken parameters, written(result), Faults::faults, LabelRule::labels, cost, per_byte, \
      doc, example),
#include "runtime/catalog/builtins.def"
#undef TG_BUILTIN
};

}  // namespace words_of_rows

using words_of_rows::kRows;

template <class Wanted>
const BuiltinRow* first_row(Wanted wanted) {
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows), wanted);
  return row == std::end(kRows) ? nullptr : row;
}

}  // namespace

bool BuiltinRow::accepts(std::span<const Kind> kinds) const {
  if (kinds.size() < required || kinds.size() > parameter_count) return false;
  for (size_t i = 0; i < kinds.size(); ++i) {
    if (!contains(parameters[i].kinds, kinds[i])) return false;
  }
  return true;
}

std::span<const BuiltinRow> builtins() { return kRows; }

const BuiltinRow* builtin(uint32_t id) { return id < std::size(kRows) ? &kRows[id] : nullptr; }

const BuiltinRow* find_form(Kind receiver, std::string_view name) {
  return first_row([&](const BuiltinRow& r) {
    return r.calling == Calling::form && r.name == name && contains(r.parameters[0].kinds, receiver);
  });
}

const BuiltinRow* find_form(std::string_view name, std::span<const Kind> kinds) {
  return first_row([&](const BuiltinRow& r) { return r.calling == Calling::form && r.name == name && r.accepts(kinds); });
}

const BuiltinRow* find_function(std::string_view name) {
  return first_row([&](const BuiltinRow& r) { return r.calling != Calling::form && r.name == name; });
}

const BuiltinRow* find_function(std::string_view name, std::span<const Kind> kinds) {
  return first_row([&](const BuiltinRow& r) { return r.calling == Calling::function && r.name == name && r.accepts(kinds); });
}

const BuiltinRow* find_operation(std::string_view name, std::span<const Kind> kinds) {
  return first_row([&](const BuiltinRow& r) { return r.calling == Calling::operation && r.name == name && r.accepts(kinds); });
}

std::optional<Labels> result_labels(const BuiltinRow& row, std::span<const Labels> arguments) {
  Labels all = kPublic;
  for (Labels labels : arguments) all = join(all, labels);
  const bool hidden = (all & (kSecret | kSealed)) != 0;
  const Labels personal = all & kPersonal;
  switch (row.labels) {
    case LabelRule::join: return join(all, natural_labels(row.result));
    case LabelRule::hash: return join(personal, hidden ? kSealed : kPublic);
    case LabelRule::mac: return !arguments.empty() && (arguments[0] & (kSecret | kSealed)) ? Labels{kSealed} : join(personal, kSealed);
    case LabelRule::open_only: return hidden ? std::nullopt : std::optional<Labels>(kPublic);
    case LabelRule::open_join: return hidden ? std::nullopt : std::optional<Labels>(personal);
    case LabelRule::plain: return Labels{kPublic};
  }
  return std::nullopt;
}

}  // namespace tollgate
