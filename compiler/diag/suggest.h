// Which name did they mean? No suggestion is better than a silly one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate {

// Insertions, deletions, replacements and swaps of neighbours, each costing 1 (optimal string alignment), counted in bytes.
size_t edit_distance(std::string_view a, std::string_view b);

// The nearest candidate, if its distance is at most a third of the name's length (at least 1, at most 3). Of several equally
// near ones the first in the list wins, so give the best kind first.
std::optional<std::string> suggest(std::string_view name, const std::vector<std::string_view>& candidates);
std::optional<std::string> suggest(std::string_view name, const std::vector<std::string>& candidates);

// "valid: a, b, c" when fewer than eight, else empty: the list to show when nothing is near.
std::string list_names(const std::vector<std::string_view>& candidates);

}  // namespace tollgate
