// Code for people: instructions with the names they refer to. Never fails; what does not resolve is printed with a question mark.
#pragma once

#include <string>
#include <string_view>

#include "runtime/bytecode/module.h"

namespace tollgate {

// One slice: a header line, then one line per instruction: "  12  r3 <- constant text \"MSISDN\"".
std::string disassemble(const Module& module, Index slice);
std::string disassemble_word(const Module& module, uint32_t pc);

// One section of the dump ("shapes", "code" …); empty: all.
std::string dump_section(const Module& module, std::string_view section);

std::string quoted(std::string_view text);                      // "\"a\\n\""
std::string constant_text(const Module& module, Index constant);  // "text \"SUCCESSFUL\""

}  // namespace tollgate
