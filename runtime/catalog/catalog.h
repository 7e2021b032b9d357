// The catalogue: everything enumerable that the compiler and the runtime share is a row of a .def file in this folder. This header looks
// things up by the names that authors write; builtins have their own header, and the numbers of a module are read in runtime/bytecode
// (instruction.h, wire.h). All answers are views into constants; everything is safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "runtime/value/value.h"

namespace tollgate {

// The place of a row in its file, which is its number in a module. Nullopt when there is no such row.
std::optional<uint32_t> find_reader(std::string_view spelling);   // "Int.text"
std::optional<uint32_t> find_codec(std::string_view name);        // "base64"
std::optional<uint32_t> find_host_read(std::string_view name);    // "uuid"

// The kind of the values that a reader or host read gives; Kind::missing when there is no such row.
Kind reader_kind(uint32_t reader);
Kind host_read_kind(uint32_t host_read);

// Limits, with the reason for each. The constants stand where they are used; a test keeps both equal.
struct LimitRow { std::string_view name; int64_t value; std::string_view reason; };
std::span<const LimitRow> value_limits();

// Codes of Errors (runtime/base/result.h), for the reference manual.
struct ErrorRow { std::string_view code, why, remedy; };
std::span<const ErrorRow> error_codes();
bool is_error_code(std::string_view code);

}  // namespace tollgate
