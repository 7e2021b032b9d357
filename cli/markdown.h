// Pieces of a Markdown page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tollgate::cli {

std::string row(const std::vector<std::string>& cells);    // of a table
std::string heads(const std::vector<std::string>& cells);  // its first row, and the line below
std::string code(std::string_view text);
// The head of a page that is made: where from, its title, a paragraph.
std::string page(std::string_view source, std::string_view title, std::string_view introduction);

}  // namespace tollgate::cli
