// How a text is written at its place in a message: in quotes, percent-encoded, as a field of its row, behind zeros.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/bytecode/format.h"
#include "runtime/bytecode/module.h"
#include "runtime/value/value.h"

namespace tollgate {

enum class SpellMode : uint8_t { json, json_part, form, xml, xml_attribute, segment, raw, line, part_name, part_type, csv, csv_alone, fixed };
SpellMode spell_mode(ShapeRoot root);

// Appends `text`; false if it cannot be said there. `format` is of the separated values that it stands in.
bool spell_text(std::string_view text, SpellMode mode, std::string& out, const CsvFormat& format = {});
// Appends a value, in exactly `width` characters unless that is 0. Why it cannot be, or empty.
std::string_view spell_value(const Value& value, SpellMode mode, uint32_t width, const CsvFormat& format, std::string& out);

}  // namespace tollgate
