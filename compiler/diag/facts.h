// What the renderings for machines share: facts that are derived, and the escaping of JSON.
#pragma once

#include <string>
#include <string_view>

#include "compiler/diag/diagnostic.h"

namespace tollgate {

std::string_view severity_name(Severity severity);  // "error", "warning"

// 16 hex digits over what stays the same when lines move: code, file, headline, the text pointed at.
std::string fingerprint(const Diagnostic& diagnostic, const SourceFile& file);

// Label, missing cases and reasons as sentences of their own lines, without source: what a viewer shows below the headline.
std::string details(const Diagnostic& diagnostic);

// What a report says at its end when the sink could not keep all findings.
std::string left_out(size_t findings);

// With quotes. JSON allows no raw control characters and no bytes that are not UTF-8; the latter become U+FFFD.
std::string json_text(std::string_view text);

// "[" one, two "]", each as `write` gives it.
template <class List, class Write>
std::string json_array(const List& list, Write write) {
  std::string out = "[";
  for (const auto& item : list) {
    if (out.size() > 1) out += ',';
    out += write(item);
  }
  return out + "]";
}

}  // namespace tollgate
