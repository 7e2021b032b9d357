// Readers, codecs and host reads as the module numbers them: rows of runtime/catalog/{readers,codecs,hosts}.def.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/value/value.h"

namespace tollgate {

enum class Reader : uint8_t {
#define TG_READER(name, spelling, kind, doc) name,
#include "runtime/catalog/readers.def"
#undef TG_READER
};

// How a reader's token looks in JSON: its kind selects.
enum class WireKind : uint8_t { string, number, boolean, string_or_number, any };

struct ReaderRow {
  std::string_view name, spelling;
  Kind kind;
};
inline constexpr ReaderRow kReaders[] = {
#define TG_READER(name, spelling, kind, doc) {#name, spelling, Kind::kind},
#include "runtime/catalog/readers.def"
#undef TG_READER
};
constexpr size_t kReaderCount = sizeof(kReaders) / sizeof(kReaders[0]);

// Readers that cannot do without an argument.
constexpr bool needs_argument(Reader reader) { return reader == Reader::time_format || reader == Reader::decimal_like; }

constexpr WireKind wire_kind(Reader reader) {
  switch (reader) {
    case Reader::integer:
    case Reader::decimal:
    case Reader::time_epoch:
    case Reader::time_epoch_ms:
    case Reader::duration_seconds:
    case Reader::duration_ms:
    case Reader::duration_minutes:
    case Reader::money_minor: return WireKind::number;
    case Reader::boolean_loose: return WireKind::any;
    case Reader::boolean: return WireKind::boolean;
    case Reader::text_loose:
    case Reader::integer_loose:
    case Reader::decimal_loose: return WireKind::string_or_number;
    default: return WireKind::string;
  }
}

enum class Codec : uint8_t {
#define TG_CODEC(name, ...) name,
#include "runtime/catalog/codecs.def"
#undef TG_CODEC
};
inline constexpr std::string_view kCodecs[] = {
#define TG_CODEC(name, ...) #name,
#include "runtime/catalog/codecs.def"
#undef TG_CODEC
};
constexpr size_t kCodecCount = sizeof(kCodecs) / sizeof(kCodecs[0]);

enum class HostRead : uint8_t {
#define TG_HOST(name, kind, doc) name,
#include "runtime/catalog/hosts.def"
#undef TG_HOST
};
struct HostRow {
  std::string_view name;
  Kind kind;
};
inline constexpr HostRow kHosts[] = {
#define TG_HOST(name, kind, doc) {#name, Kind::kind},
#include "runtime/catalog/hosts.def"
#undef TG_HOST
};
constexpr size_t kHostCount = sizeof(kHosts) / sizeof(kHosts[0]);

}  // namespace tollgate
