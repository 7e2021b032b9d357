// Values as canonical bytes. The layout is in value.h. A value that would not encode to the same bytes again is refused, so that the
// hash of a record is the hash of what it means.
#include <cstring>

#include "runtime/value/decimal.h"
#include "runtime/value/msisdn.h"
#include "runtime/value/uuid.h"
#include "runtime/value/value.h"

namespace tollgate {
namespace {

void put_u32(uint32_t n, std::string& out) {
  for (int i = 0; i < 4; ++i) out += static_cast<char>(n >> (8 * i));
}

void put_i64(int64_t n, std::string& out) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(static_cast<uint64_t>(n) >> (8 * i));
}

uint32_t inside(const Value& sequence) { return sequence.kind == Kind::pairs ? 2 * sequence.size : sequence.size; }

Error corrupt(const char* what) { return {"value_corrupt", std::string("a stored value is damaged: ") + what}; }

class Reader {
 public:
  Reader(std::string_view in, Arena& arena) : in_(in), arena_(arena) {}

  Result<Value> value(int depth) {
    uint8_t kind = 0, labels = 0;
    if (!u8(kind) || !u8(labels)) return corrupt("it ends early");
    if (kind >= kKindCount) return corrupt("unknown kind");
    if (labels > (kSealed | kSecret | kPersonal)) return corrupt("unknown labels");
    Value v;
    v.kind = static_cast<Kind>(kind);
    v.labels = labels;
    if (join(labels, natural_labels(v.kind)) != labels) return corrupt("labels too low for its kind");
    if (v.text_like()) return text(v);
    if (v.kind == Kind::list || v.kind == Kind::pairs) return sequence(v, depth);
    return scalar(v);
  }

  std::string_view rest() const { return in_; }

 private:
  bool u8(uint8_t& n) {
    if (in_.empty()) return false;
    n = static_cast<uint8_t>(in_[0]);
    in_.remove_prefix(1);
    return true;
  }
  bool u32(uint32_t& n) {
    if (in_.size() < 4) return false;
    n = 0;
    for (int i = 3; i >= 0; --i) n = n << 8 | static_cast<uint8_t>(in_[static_cast<size_t>(i)]);
    in_.remove_prefix(4);
    return true;
  }
  bool i64(int64_t& n) {
    if (in_.size() < 8) return false;
    uint64_t bits = 0;
    for (int i = 7; i >= 0; --i) bits = bits << 8 | static_cast<uint8_t>(in_[static_cast<size_t>(i)]);
    n = static_cast<int64_t>(bits);
    in_.remove_prefix(8);
    return true;
  }
  bool currency(uint32_t& packed) {
    packed = pack_currency(in_.substr(0, 3));
    if (packed == 0) return false;
    in_.remove_prefix(3);
    return true;
  }

  Result<Value> scalar(Value v) {
    bool good = true;
    uint8_t byte = 0;
    switch (v.kind) {
      case Kind::missing: case Kind::null: break;
      case Kind::boolean:
        good = u8(byte) && byte <= 1;
        v.integer = byte;
        break;
      case Kind::decimal: good = u8(v.scale) && v.scale <= Decimal::kScaleMax && i64(v.integer); break;
      case Kind::money: good = u8(v.scale) && v.scale <= Decimal::kScaleMax && i64(v.integer) && currency(v.size); break;
      case Kind::currency: good = currency(v.size); break;
      case Kind::local_time: good = i64(v.integer) && u32(v.size); break;
      default: good = i64(v.integer); break;
    }
    if (!good) return corrupt("its payload is cut off or out of range");
    return v;
  }

  Result<Value> text(Value v) {
    uint32_t size = 0;
    if (!u32(size) || size > in_.size()) return corrupt("its text is cut off");
    const std::string_view bytes = in_.substr(0, size);
    if (v.kind == Kind::msisdn && !is_msisdn(bytes)) return corrupt("a number is none");
    if (v.kind == Kind::uuid && !is_uuid(bytes)) return corrupt("an identifier is none");
    const std::string_view kept = arena_.copy(bytes);
    if (kept.data() == nullptr) return Error{"out_of_memory", "a stored value is larger than the memory of one slice"};
    in_.remove_prefix(size);
    v.size = size;
    v.data = kept.data();
    return v;
  }

  Result<Value> sequence(Value v, int depth) {
    uint32_t size = 0;
    if (!u32(size)) return corrupt("its list is cut off");
    if (depth >= kValueDepthMax) return corrupt("lists too deep");
    if (size > kListMax || size > in_.size() / 2) return corrupt("its list is cut off");  // the smallest element has two bytes
    v.size = size;
    const uint32_t n = inside(v);
    Value* elements = arena_.array<Value>(n);
    if (elements == nullptr) return Error{"out_of_memory", "a stored value is larger than the memory of one slice"};
    for (uint32_t i = 0; i < n; ++i) {
      auto element = value(depth + 1);
      if (!element) return element;
      if (v.kind == Kind::pairs && !element->text_like()) return corrupt("a pair that is no text");
      elements[i] = *element;
    }
    v.elements = elements;
    return v;
  }

  std::string_view in_;
  Arena& arena_;
};

}  // namespace

void encode_value(const Value& value, std::string& out) {
  out += static_cast<char>(value.kind);
  out += static_cast<char>(value.labels);
  if (value.text_like()) {
    put_u32(value.size, out);
    out.append(value.view());
    return;
  }
  switch (value.kind) {
    case Kind::missing: case Kind::null: break;
    case Kind::boolean: out += value.truth() ? '\1' : '\0'; break;
    case Kind::currency: out += unpack_currency(value.size); break;
    case Kind::decimal: case Kind::money:
      out += static_cast<char>(value.scale);
      put_i64(value.integer, out);
      if (value.kind == Kind::money) out += unpack_currency(value.size);
      break;
    case Kind::local_time:
      put_i64(value.integer, out);
      put_u32(value.size, out);
      break;
    case Kind::list: case Kind::pairs:
      put_u32(value.size, out);
      for (uint32_t i = 0; i < inside(value); ++i) encode_value(value.elements[i], out);
      break;
    default: put_i64(value.integer, out); break;
  }
}

Result<Value> decode_value(std::string_view& in, Arena& arena) {
  Reader reader(in, arena);
  auto value = reader.value(0);
  if (value) in = reader.rest();
  return value;
}

}  // namespace tollgate
