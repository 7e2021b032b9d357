#include "compiler/resolve/readers.h"

#include "runtime/bytecode/wire.h"

namespace tollgate::hir {

const std::vector<ReaderRow>& readers() {
  static const std::vector<ReaderRow> kRows = {
#define TG_READER(name, spelling, kind, doc) {spelling, Kind::kind, needs_argument(Reader::name)},
#include "runtime/catalog/readers.def"
#undef TG_READER
  };
  return kRows;
}

std::optional<uint32_t> find_reader(std::string_view spelling) {
  const auto& rows = readers();
  for (uint32_t i = 0; i < rows.size(); ++i) if (rows[i].spelling == spelling) return i;
  return std::nullopt;
}

uint32_t reader_of(Kind kind) {
  const auto& rows = readers();
  for (uint32_t i = 0; i < rows.size(); ++i) if (rows[i].kind == kind) return i;
  return 0;
}

std::vector<std::string> reader_names() {
  std::vector<std::string> out;
  for (const ReaderRow& row : readers()) out.emplace_back(row.spelling);
  return out;
}

}  // namespace tollgate::hir
