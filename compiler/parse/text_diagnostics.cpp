#include "compiler/parse/text_diagnostics.h"

#include <fmt/format.h>

namespace tollgate {
namespace {

Diag diag_of(TextTrouble trouble) {
  switch (trouble) {
    case TextTrouble::empty: return Diag::empty_file;
    case TextTrouble::too_large: return Diag::file_too_large;
    case TextTrouble::binary: return Diag::binary_file;
    case TextTrouble::invalid_utf8: return Diag::invalid_utf8;
    case TextTrouble::bidi_control: return Diag::bidi_control;
    case TextTrouble::invisible: return Diag::invisible_character;
    case TextTrouble::confusable_quote: return Diag::confusable_quote;
  }
  return Diag::binary_file;
}

std::string bytes_in_hex(std::string_view bytes) {
  constexpr size_t kShown = 4;
  std::string out;
  for (size_t i = 0; i < bytes.size() && i < kShown; ++i)
    out += fmt::format("{}{:02X}", i > 0 ? " " : "", static_cast<unsigned char>(bytes[i]));
  return bytes.size() > kShown ? out + " …" : out;
}

bool is_single_quote(uint32_t c) {
  return (c >= 0x2018 && c <= 0x201B) || c == 0x2032 || c == 0x02BC || c == 0xFF07 || c == 0x00B4;
}

}  // namespace

void report_text_problem(const TextProblem& problem, const SourceFile& file, Sink& sink) {
  const std::string hex = fmt::format("U+{:04X}", problem.code_point);
  Report r = sink.report(diag_of(problem.trouble), problem.span);
  r.arg("char", problem.trouble == TextTrouble::confusable_quote ? fmt::format("`{}`", file.text(problem.span)) : hex)
      .arg("bytes", bytes_in_hex(file.text(problem.span)))
      .arg("size", std::to_string(file.text().size()))
      .arg("limit", std::to_string(kSourceBytesMax));
  switch (problem.trouble) {
    case TextTrouble::bidi_control:
    case TextTrouble::invisible: r.help(Grade::sure, "remove it", {{problem.span, ""}}); break;
    case TextTrouble::confusable_quote: {
      const char* quote = is_single_quote(problem.code_point) ? "'" : "\"";
      r.help(Grade::sure, fmt::format("write {}", quote), {{problem.span, quote}});
      break;
    }
    case TextTrouble::empty: r.help(Grade::example, "begin with `edition 1`, then `carrier NAME { … }`"); break;
    case TextTrouble::invalid_utf8: r.help(Grade::example, "save the file as UTF-8"); break;
    default: break;
  }
}

}  // namespace tollgate
