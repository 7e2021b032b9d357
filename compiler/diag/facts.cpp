#include "compiler/diag/facts.h"

#include <fmt/format.h>

#include "compiler/source/text_check.h"

namespace tollgate {

std::string_view severity_name(Severity severity) { return severity == Severity::error ? "error" : "warning"; }

std::string fingerprint(const Diagnostic& d, const SourceFile& file) {
  uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
  const auto mix = [&](std::string_view text) {
    for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    hash = (hash ^ 0xFF) * 0x100000001b3u;
  };
  mix(d.code());
  mix(file.name());
  mix(d.headline);
  mix(file.text(d.primary));
  return fmt::format("{:016x}", hash);
}

std::string details(const Diagnostic& d) {
  std::string out;
  const auto add = [&](std::string_view before, std::string_view text) { out += fmt::format("{}{}{}", out.empty() ? "" : "\n", before, text); };
  if (!d.label.empty()) add("", d.label);
  for (const std::string& text : d.cases) add("missing: ", text);
  for (const std::string& text : d.because) add("because: ", text);
  for (const Help& help : d.helps) add("help: ", help.text);
  return out;
}

std::string left_out(size_t findings) { return fmt::format("{} more findings are left out: {} are kept of one run", findings, Sink::kReportsMax); }

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    if (point.length == 0) {
      out += "\\ufffd";
      ++at;
      continue;
    }
    if (point.value == '"' || point.value == '\\') out += fmt::format("\\{}", text[at]);
    else if (point.value == '\n') out += "\\n";
    else if (point.value < 0x20 || point.value == 0x7F) out += fmt::format("\\u{:04x}", point.value);
    else out += text.substr(at, point.length);
    at += point.length;
  }
  return out + "\"";
}

}  // namespace tollgate
