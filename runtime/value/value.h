// Value: what the VM computes with. Sixteen bytes, trivially copyable; text, bytes and lists point into an arena (or a module's
// constants) that outlives the value. Labels travel with every value: the checker proves they reach no sink, and the VM checks again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "runtime/base/arena.h"
#include "runtime/base/result.h"

namespace tollgate {

enum class Kind : uint8_t {
#define TG_KIND(name, type, doc) name,
#include "runtime/value/kind.def"
#undef TG_KIND
};
constexpr int kKindCount = 21;

std::string_view kind_name(Kind kind);   // "money"
std::string_view type_name(Kind kind);   // "Money"; empty for missing and null

// Secrecy is ordered public < sealed < secret; `personal` is independent of it.
enum LabelBit : uint8_t {
  kPublic = 0,
  kSealed = 1,    // a proof made from a secret: for its peer only
  kSecret = 2,    // reveals a credential
  kPersonal = 4,  // about a user
};
using Labels = uint8_t;
constexpr Labels join(Labels a, Labels b) { return static_cast<Labels>(a | b); }

// The labels that values of this kind have at least.
constexpr Labels natural_labels(Kind kind) {
  return kind == Kind::secret || kind == Kind::private_key ? kSecret : kind == Kind::msisdn ? kPersonal : kPublic;
}

constexpr int kValueDepthMax = 8;          // lists in lists
constexpr uint32_t kListMax = 1'000'000;   // elements of one list when decoded

struct Value {
  Kind kind = Kind::missing;
  Labels labels = kPublic;
  uint8_t scale = 0;   // decimal, money: digits after the point (0..18)
  uint8_t spare = 0;
  uint32_t size = 0;   // text-like: bytes; list: elements; money, currency: the packed ISO code; local_time: offset from UTC in seconds (int32)
  union {
    int64_t integer = 0;      // integer, boolean (0/1), decimal and money (coefficient), time and local_time (us), duration (ms)
    const char* data;         // text, bytes, secret, msisdn, uuid, url, keys and certificates
    const Value* elements;    // list; pairs (2 x size values: name, text, name, text …)
  };

  static Value missing() { return {}; }
  static Value boolean(bool b);
  static Value number(int64_t n);
  static Value decimal(int64_t coefficient, uint8_t scale);
  static Value text(std::string_view s, Labels labels = kPublic);      // borrows
  static Value text_of(Kind kind, std::string_view s, Labels labels);  // any text-like kind, with at least its natural labels; borrows
  static Value money(int64_t coefficient, uint8_t scale, uint32_t currency);
  static Value currency(uint32_t packed);
  static Value time(int64_t us);
  static Value duration(int64_t ms);
  static Value local_time(int64_t shifted_us, int32_t offset_s);  // `shifted_us` = instant + offset
  static Value list(const Value* elements, uint32_t n);
  static Value pairs(const Value* elements, uint32_t n);  // n names, each followed by its value

  bool present() const { return kind != Kind::missing; }
  bool text_like() const;                     // has data and size
  std::string_view view() const { return {data, size}; }  // text-like only
  bool truth() const { return integer != 0; }
  int32_t offset_seconds() const { return static_cast<int32_t>(size); }  // local_time only
};
static_assert(sizeof(Value) == 16 && std::is_trivially_copyable_v<Value>);

// ISO codes as three letters in the low 24 bits. pack_currency returns 0 unless `code` is exactly three upper-case letters.
uint32_t pack_currency(std::string_view code);
std::string unpack_currency(uint32_t packed);

// Equal kind and equal meaning: decimals and money compare by value (1.0 == 1.00), text byte for byte. Labels are not compared.
bool same(const Value& a, const Value& b);
// -1, 0, 1 for integer, decimal, money of one currency, time, duration, text. Precondition: same kind (money: same currency).
int compare(const Value& a, const Value& b);

// A value's labels and, for lists, those of everything inside.
Labels deep_labels(const Value& value);

// Canonical bytes of values, for frames and records: kind, labels, then payload, little-endian. decode_value takes one value from the
// front of `in` and is total: hostile bytes give an Error (value_corrupt), never a crash. Decoded text lives in `arena`.
//   boolean u8 · integer, time, duration i64 · decimal u8 scale, i64 · money u8 scale, i64, three letters · currency three letters
//   text-like u32 length, bytes · list u32 count, values · pairs u32 count, twice as many texts · local_time i64, i32 offset
void encode_value(const Value& value, std::string& out);
Result<Value> decode_value(std::string_view& in, Arena& arena);

// For people and traces: secrets and sealed values print as "‹secret›", personal ones as "‹personal›", bytes as their length.
std::string redacted(const Value& value);
// The same without redaction, for the inside of a trusted caller (tests, the simulator): "UGX 5000", "23503452".
std::string plain(const Value& value);

}  // namespace tollgate
