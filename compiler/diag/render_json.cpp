#include <fmt/format.h>

#include "compiler/diag/facts.h"
#include "compiler/diag/render.h"

namespace tollgate {
namespace {

std::string position(const SourceFile& file, uint32_t offset) {
  const LineColumn at = file.line_column(offset);
  return fmt::format("{{\"byte\":{},\"line\":{},\"column\":{}}}", offset, at.line, at.column);
}

std::string place(const SourceSet& sources, const Span& span) {
  const SourceFile& file = sources.file(span.file);
  return fmt::format("\"file\":{},\"start\":{},\"end\":{}", json_text(file.name()), position(file, span.begin), position(file, span.end));
}

std::string json(const Diagnostic& d, const SourceSet& sources) {
  const auto edit = [&](const Edit& e) { return fmt::format("{{{},\"replacement\":{}}}", place(sources, e.span), json_text(e.replacement)); };
  const auto help = [&](const Help& h) {
    return fmt::format("{{\"grade\":\"{}\",\"text\":{},\"edits\":{}}}", grade_name(h.grade), json_text(h.text), json_array(h.edits, edit));
  };
  const auto label = [&](const Label& l) { return fmt::format("{{{},\"text\":{}}}", place(sources, l.span), json_text(l.text)); };
  return fmt::format(
      "{{\"code\":\"{}\",\"name\":\"{}\",\"severity\":\"{}\",\"headline\":{},{},\"label\":{},\"related\":{},\"because\":{},"
      "\"cases\":{},\"helps\":{},\"fingerprint\":\"{}\"}}\n",
      d.code(), row_of(d.id).name, severity_name(d.severity), json_text(d.headline), place(sources, d.primary), json_text(d.label),
      json_array(d.also, label), json_array(d.because, json_text), json_array(d.cases, json_text), json_array(d.helps, help),
      fingerprint(d, sources.file(d.primary.file)));
}

}  // namespace

std::string render_json(const Sink& sink, const SourceSet& sources) {
  std::string out;
  for (const Diagnostic& d : sink.all()) out += json(d, sources);
  if (sink.lost() > 0) out += fmt::format("{{\"left_out\":{}}}\n", sink.lost());
  return out;
}

}  // namespace tollgate
