#include "runtime/catalog/catalog.h"

#include <iterator>

namespace tollgate {
namespace {

struct Named {
  std::string_view name;
  Kind kind = Kind::missing;
};

constexpr Named kReadersBySpelling[] = {
#define TG_READER(name, spelling, kind, doc) {spelling, Kind::kind},
#include "runtime/catalog/readers.def"
#undef TG_READER
};

constexpr Named kCodecNames[] = {
#define TG_CODEC(name, ...) {#name},
#include "runtime/catalog/codecs.def"
#undef TG_CODEC
};

constexpr Named kHostReads[] = {
#define TG_HOST(name, kind, doc) {#name, Kind::kind},
#include "runtime/catalog/hosts.def"
#undef TG_HOST
};

constexpr LimitRow kLimits[] = {
#define TG_LIMIT(name, value, reason) {#name, value, reason},
#include "runtime/catalog/limits.def"
#undef TG_LIMIT
};

constexpr ErrorRow kErrors[] = {
#define TG_ERROR(code, why, remedy) {#code, why, remedy},
#include "runtime/catalog/errors.def"
#undef TG_ERROR
};

template <size_t N>
std::optional<uint32_t> place_of(const Named (&rows)[N], std::string_view name) {
  for (uint32_t i = 0; i < N; ++i) {
    if (rows[i].name == name) return i;
  }
  return std::nullopt;
}

}  // namespace

std::optional<uint32_t> find_reader(std::string_view spelling) { return place_of(kReadersBySpelling, spelling); }
std::optional<uint32_t> find_codec(std::string_view name) { return place_of(kCodecNames, name); }
std::optional<uint32_t> find_host_read(std::string_view name) { return place_of(kHostReads, name); }

Kind reader_kind(uint32_t reader) {
  return reader < std::size(kReadersBySpelling) ? kReadersBySpelling[reader].kind : Kind::missing;
}

Kind host_read_kind(uint32_t host_read) { return host_read < std::size(kHostReads) ? kHostReads[host_read].kind : Kind::missing; }

std::span<const LimitRow> value_limits() { return kLimits; }

std::span<const ErrorRow> error_codes() { return kErrors; }

bool is_error_code(std::string_view code) {
  for (const ErrorRow& row : kErrors) {
    if (row.code == code) return true;
  }
  return false;
}

}  // namespace tollgate
