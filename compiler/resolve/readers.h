// The rows of readers.def, as patterns name them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/value/value.h"

namespace tollgate::hir {

struct ReaderRow {
  std::string_view spelling;  // "Duration.seconds.text"
  Kind kind;
  bool pattern = false;       // takes a pattern: Time.format("…")
};

const std::vector<ReaderRow>& readers();
std::optional<uint32_t> find_reader(std::string_view spelling);
// The reader that reads back a value of this kind as it is written without a form.
uint32_t reader_of(Kind kind);
std::vector<std::string> reader_names();

}  // namespace tollgate::hir
