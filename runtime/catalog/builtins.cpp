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
constexpr KindSet kCertified = set_of(Kind::public_key) | set_of(Kind::certificate);
constexpr Parameter private_key = of(Kind::private_key), public_key = of(Kind::public_key), certificate = of(Kind::certificate);
constexpr Parameter signing_key = private_key;                                       // signs, opens
constexpr Parameter locking_key{kCertified}, certified{kCertified};                  // encrypts for its owner
constexpr Parameter checking_key{kCertified | set_of(Kind::list), Meaning::any, false, kCertified};  // several while keys are changed
constexpr Parameter given(Parameter p) { p.optional = true; return p; }
constexpr Parameter key_bytes{kText | kSecretText | kBytes};  // of a codec, which takes their bytes as they are
constexpr Parameter list_of_textual{set_of(Kind::list), Meaning::any, false, kTextual};
constexpr Parameter count{set_of(Kind::integer), Meaning::count}, scale{set_of(Kind::integer), Meaning::scale};
constexpr Parameter zone{kText, Meaning::zone}, pattern{kText, Meaning::time_pattern}, unit{kText, Meaning::unit},
    group{kText, Meaning::group}, fill{kText, Meaning::fill}, needle{kText, Meaning::needle}, picture{kText, Meaning::picture},
    charset{kText, Meaning::charset}, file_name{kText, Meaning::file_name};

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

// What a codec's encoding takes and gives.
struct Flow {
  constexpr Flow(Parameter taken_, Parameter given_) : taken(taken_), gives(given_) {}
  Parameter taken, gives;
};
namespace CodecIds {
enum : BuiltinId {
#define TG_CODEC(name, ...) name,
#include "runtime/catalog/codecs.def"
#undef TG_CODEC
};
}  // namespace CodecIds

constexpr Taken and_message(Taken t, Parameter message) {
  t.parameters[t.count++] = message;
  ++t.required;
  return t;
}
constexpr Parameter dual(Parameter p) {
  if (p.kinds == kCertified) return private_key;
  if (p.kinds == set_of(Kind::private_key)) return locking_key;
  return p;
}
constexpr Taken dual(Taken t) {
  for (uint8_t i = 0; i < t.count; ++i) t.parameters[i] = dual(t.parameters[i]);
  return t;
}
constexpr LabelRule reading_rule(LabelRule rule) {
  return rule == LabelRule::cipher || rule == LabelRule::sealing_cipher ? LabelRule::opened : LabelRule::message;
}
constexpr BuiltinRow encoding_row(BuiltinId codec, std::string_view name, Taken t, Flow flow, Faults faults, LabelRule labels, uint32_t cost,
                                  uint32_t per_byte, std::string_view doc, std::string_view example) {
  return row(static_cast<BuiltinId>(kCodecBuiltins + 2 * codec), name, Calling::function, name, and_message(t, flow.taken), written(flow.gives), faults,
             labels, cost, per_byte, doc, example);
}
// What is decoded is text where encoding gave text, and may be bytes as well, since that is what arrives.
constexpr BuiltinRow decoding_row(BuiltinId codec, std::string_view symbol, std::string_view name, Taken t, Flow flow, Written reads, LabelRule labels,
                                  uint32_t cost, uint32_t per_byte, std::string_view example) {
  const Parameter in = contains(flow.gives.kinds, Kind::text) ? words : octets;
  return row(static_cast<BuiltinId>(kCodecBuiltins + 2 * codec + 1), symbol, Calling::function, name, and_message(dual(t), in), maybe(reads),
             Faults::if_computed, reading_rule(labels), cost, per_byte,
             "What that codec made; missing for anything else.", example);
}

constexpr BuiltinRow kRows[] = {
#define TG_BUILTIN(symbol, calling, name, parameters, result, faults, labels, cost, per_byte, doc, example)                     \
  row(BuiltinIds::symbol, #symbol, Calling::calling, name, taken parameters, written(result), Faults::faults, LabelRule::labels, cost, per_byte, \
      doc, example),
#include "runtime/catalog/builtins.def"
#undef TG_BUILTIN
#define TG_CODEC(name, made_or_own, parameters, writes, reads, faults, labels, cost, per_byte, doc, example) \
  TG_CODEC_##made_or_own(name, parameters, writes, reads, faults, labels, cost, per_byte, doc, example)
#define TG_CODEC_own(...)
#define TG_CODEC_made(name, parameters, writes, reads, faults, labels, cost, per_byte, doc, example)                                       \
  encoding_row(CodecIds::name, #name, taken parameters, Flow writes, Faults::faults, LabelRule::labels, cost, per_byte, doc, example),      \
  decoding_row(CodecIds::name, "decode_" #name, #name "_decode", taken parameters, Flow writes, written(reads), LabelRule::labels, cost, per_byte, example),
#include "runtime/catalog/codecs.def"
#undef TG_CODEC
};

#undef TG_CODEC_own
#undef TG_CODEC_made

constexpr CodecRow codec_row(std::string_view name, Taken t, Flow flow, bool made, std::string_view doc, std::string_view example) {
  CodecRow row{name, {}, t.count, doc, example, only_kind(flow.gives.kinds), made};
  for (uint8_t i = 0; i < t.count && i < kCodecParametersMax; ++i) row.parameters[i] = t.parameters[i];
  return row;
}
constexpr bool made = true, own = false;
constexpr CodecRow kCodecRows[] = {
#define TG_CODEC(name, made_or_own, parameters, writes, reads, faults, labels, cost, per_byte, doc, example) \
  codec_row(#name, taken parameters, Flow writes, made_or_own, doc, example),
#include "runtime/catalog/codecs.def"
#undef TG_CODEC
};

}  // namespace words_of_rows

using words_of_rows::kRows;

constexpr std::string_view kCharsets[] = {
    "UTF-8",       "US-ASCII",     "ISO-8859-1",   "ISO-8859-2",   "ISO-8859-3",   "ISO-8859-4",   "ISO-8859-5",   "ISO-8859-6",   "ISO-8859-7",
    "ISO-8859-8",  "ISO-8859-9",   "ISO-8859-10",  "ISO-8859-11",  "ISO-8859-13",  "ISO-8859-14",  "ISO-8859-15",  "ISO-8859-16",
    "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258",
    "KOI8-R",      "KOI8-U",       "UTF-16BE",     "UTF-16LE",     "UCS-2BE",      "UCS-2LE"};

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

const BuiltinRow* builtin(uint32_t id) {
  if (id < BuiltinIds::count) return &kRows[id];
  for (size_t i = BuiltinIds::count; i < std::size(kRows); ++i)
    if (kRows[i].id == id) return &kRows[i];
  return nullptr;
}

std::span<const CodecRow> codecs() { return words_of_rows::kCodecRows; }
Parameter other_half(const Parameter& parameter) { return words_of_rows::dual(parameter); }
std::span<const std::string_view> charsets() { return kCharsets; }

bool draws(const BuiltinRow& row) {
  if (row.id >= kCodecBuiltins && (row.labels == LabelRule::cipher || row.labels == LabelRule::sealing_cipher)) return true;
  return row.symbol == "jws_es256" || (row.symbol.ends_with("_sign") && (row.symbol.starts_with("ecdsa") || row.symbol.starts_with("rsa_pss")));
}

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
    case LabelRule::cipher: return join(personal, kSealed);
    case LabelRule::sealing_cipher: return Labels{kSealed};
    case LabelRule::opened: return join(personal, kSecret);
    case LabelRule::envelope: return join(arguments.empty() ? all : arguments.back(), kSealed);
    case LabelRule::message: return arguments.empty() ? all : arguments.back();
  }
  return std::nullopt;
}

}  // namespace tollgate
