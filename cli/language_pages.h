// Reference pages about the language itself, made from its tables.
#pragma once

#include <string>

namespace tollgate::cli {

std::string grammar_page();
std::string types_page();
std::string patterns_page();

}  // namespace tollgate::cli
