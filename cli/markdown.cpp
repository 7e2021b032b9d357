#include "cli/markdown.h"

#include <fmt/format.h>

namespace tollgate::cli {
namespace {

// A cell of a Markdown table: a bar would end it.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& text : cells) out += fmt::format(" {} |", cell(text));
  return out + "\n";
}

std::string heads(const std::vector<std::string>& cells) {
  std::string out = row(cells) + "|";
  for (size_t i = 0; i < cells.size(); ++i) out += "---|";
  return out + "\n";
}

std::string code(std::string_view text) { return fmt::format("`{}`", text); }

std::string page(std::string_view source, std::string_view title, std::string_view introduction) {
  return fmt::format("<!-- Made by `tollgate doc` from {}; edit that, not this. -->\n\n# {}\n\n{}\n\n", source, title, introduction);
}

}  // namespace tollgate::cli
