// Values for people.
#include "runtime/value/decimal.h"
#include "runtime/value/time_format.h"
#include "runtime/value/value.h"

namespace tollgate {
namespace {

std::string written(const Value& value, bool redact);

std::string elements_written(const Value& value, bool redact) {
  const bool pairs = value.kind == Kind::pairs;
  std::string out = pairs ? "{" : "[";
  for (uint32_t i = 0; i < value.size; ++i) {
    if (i > 0) out += ", ";
    if (pairs) out += written(value.elements[2 * i], redact) + ": " + written(value.elements[2 * i + 1], redact);
    else out += written(value.elements[i], redact);
  }
  return out + (pairs ? "}" : "]");
}

std::string written(const Value& value, bool redact) {
  if (redact && (value.labels & (kSecret | kSealed))) return "‹secret›";
  if (redact && (value.labels & kPersonal)) return "‹personal›";
  const bool raw = value.kind == Kind::bytes || value.kind == Kind::public_key || value.kind == Kind::certificate;
  if (redact && raw) return "‹" + std::to_string(value.size) + " bytes›";
  if (value.text_like()) return std::string(value.view());
  switch (value.kind) {
    case Kind::missing: return "missing";
    case Kind::null: return "null";
    case Kind::boolean: return value.truth() ? "true" : "false";
    case Kind::integer: return std::to_string(value.integer);
    case Kind::decimal: return to_text(Decimal{value.integer, value.scale});
    case Kind::money: return unpack_currency(value.size) + " " + to_text(Decimal{value.integer, value.scale});
    case Kind::currency: return unpack_currency(value.size);
    case Kind::time: return exact_rfc3339(value.integer, 0);
    case Kind::local_time: return exact_rfc3339(value.integer, value.offset_seconds());
    case Kind::duration: return duration_text(value.integer);
    case Kind::list: case Kind::pairs: return elements_written(value, redact);
    default: return {};
  }
}

}  // namespace

std::string redacted(const Value& value) { return written(value, true); }
std::string plain(const Value& value) { return written(value, false); }

}  // namespace tollgate
