#include "cli/format_option.h"

namespace tollgate::cli {
namespace {

struct Row {
  std::string_view name;
  Rendering rendering;
  bool people;
};

constexpr Row kFormats[] = {
#define TG_FORMAT(name, people, sentence) {#name, Rendering::name, people},
#include "compiler/diag/formats.def"
#undef TG_FORMAT
};

}  // namespace

std::optional<Rendering> format_named(std::string_view name) {
  for (const Row& row : kFormats)
    if (row.name == name) return row.rendering;
  return std::nullopt;
}

std::string format_names() {
  std::string out;
  for (const Row& row : kFormats) out += (out.empty() ? "" : ", ") + std::string(row.name);
  return out;
}

bool for_people(Rendering rendering) {
  for (const Row& row : kFormats)
    if (row.rendering == rendering) return row.people;
  return true;
}

}  // namespace tollgate::cli
