#include "compiler/diag/suggest.h"

#include <algorithm>

namespace tollgate {
namespace {
constexpr size_t kNameBytesMax = 64;  // nobody mistypes longer names; the table below is quadratic
constexpr size_t kListMax = 8;
}  // namespace

size_t edit_distance(std::string_view a, std::string_view b) {
  const size_t width = b.size() + 1;
  std::vector<size_t> before(width), last(width), row(width);
  for (size_t j = 0; j < width; ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j < width; ++j) {
      const size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::optional<std::string> suggest(std::string_view name, const std::vector<std::string_view>& candidates) {
  if (name.empty() || name.size() > kNameBytesMax) return std::nullopt;
  size_t best = std::clamp<size_t>(name.size() / 3, 1, 3) + 1;
  std::string_view found;
  for (std::string_view candidate : candidates) {
    if (candidate.size() > kNameBytesMax || candidate == name) continue;
    const size_t distance = edit_distance(name, candidate);
    // A one-letter name is near to every other one: something must be left of it.
    // Of two letters only their order can be a slip: `EK` is near to `KE`, and to no other country.
    if (name.size() <= 2 && !std::is_permutation(name.begin(), name.end(), candidate.begin(), candidate.end())) continue;
    if (distance >= best || distance >= std::max(name.size(), candidate.size())) continue;
    best = distance;
    found = candidate;
  }
  if (found.empty()) return std::nullopt;
  return std::string(found);
}

std::optional<std::string> suggest(std::string_view name, const std::vector<std::string>& candidates) {
  return suggest(name, std::vector<std::string_view>(candidates.begin(), candidates.end()));
}

std::string list_names(const std::vector<std::string_view>& candidates) {
  if (candidates.empty() || candidates.size() >= kListMax) return {};
  std::string out = "valid: ";
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (i > 0) out += ", ";
    out += candidates[i];
  }
  return out;
}

}  // namespace tollgate
