#include <fmt/format.h>

#include "compiler/diag/render.h"
#include "compiler/source/text_check.h"

namespace tollgate {
namespace {

std::string_view severity_name(Severity severity) { return severity == Severity::error ? "error" : "warning"; }

// JSON allows no raw control characters and no bytes that are not UTF-8; the latter become U+FFFD.
std::string quoted(std::string_view text) {
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

std::string position(const SourceFile& file, uint32_t offset) {
  const LineColumn at = file.line_column(offset);
  return fmt::format("{{\"byte\":{},\"line\":{},\"column\":{}}}", offset, at.line, at.column);
}

std::string place(const SourceSet& sources, const Span& span) {
  const SourceFile& file = sources.file(span.file);
  return fmt::format("\"file\":{},\"start\":{},\"end\":{}", quoted(file.name()), position(file, span.begin),
                     position(file, span.end));
}

template <class List, class Write>
std::string array(const List& list, Write write) {
  std::string out = "[";
  for (const auto& item : list) {
    if (out.size() > 1) out += ',';
    out += write(item);
  }
  return out + "]";
}

// FNV-1a over what stays the same when lines move: code, file, headline, the text pointed at.
std::string fingerprint(const Diagnostic& d, const SourceFile& file) {
  uint64_t hash = 0xcbf29ce484222325u;
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

std::string json(const Diagnostic& d, const SourceSet& sources) {
  const auto edit = [&](const Edit& e) {
    return fmt::format("{{{},\"replacement\":{}}}", place(sources, e.span), quoted(e.replacement));
  };
  const auto help = [&](const Help& h) {
    return fmt::format("{{\"grade\":\"{}\",\"text\":{},\"edits\":{}}}", grade_name(h.grade), quoted(h.text),
                       array(h.edits, edit));
  };
  const auto label = [&](const Label& l) { return fmt::format("{{{},\"text\":{}}}", place(sources, l.span), quoted(l.text)); };
  return fmt::format(
      "{{\"code\":\"{}\",\"name\":\"{}\",\"severity\":\"{}\",\"headline\":{},{},\"label\":{},\"related\":{},\"because\":{},"
      "\"cases\":{},\"helps\":{},\"alike\":{},\"fingerprint\":\"{}\"}}\n",
      d.code(), row_of(d.id).name, severity_name(d.severity), quoted(d.headline), place(sources, d.primary), quoted(d.label),
      array(d.also, label), array(d.because, quoted), array(d.cases, quoted), array(d.helps, help), d.alike,
      fingerprint(d, sources.file(d.primary.file)));
}

}  // namespace

std::string render_brief(const Sink& sink, const SourceSet& sources) {
  std::string out;
  for (const Diagnostic& d : sink.diagnostics()) {
    const SourceFile& file = sources.file(d.primary.file);
    const LineColumn at = file.line_column(d.primary.begin);
    out += fmt::format("{}:{}:{}: {}[{}]: {}\n", file.name(), at.line, at.column, severity_name(d.severity), d.code(), d.headline);
  }
  return out;
}

std::string render_json(const Sink& sink, const SourceSet& sources) {
  std::string out;
  for (const Diagnostic& d : sink.diagnostics()) out += json(d, sources);
  return out;
}

}  // namespace tollgate
