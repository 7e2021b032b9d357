// Diagnostics for people and for machines: renderings of the same facts, one file each (formats.def). Each returns text ready to be written.
#pragma once

#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"

namespace tollgate {

struct RenderOptions {
  bool colour = false;  // ANSI escapes; the caller knows whether it writes to a terminal
};

// The full window: header, source lines with carets, notes, helps with the edited line.
std::string render_terminal(const Diagnostic& diagnostic, const SourceSet& sources, RenderOptions options = {});
// All of a sink, with the closing count ("2 errors, 1 warning").
std::string render_terminal(const Sink& sink, const SourceSet& sources, RenderOptions options = {});

// One line each: `file:line:column: error[CR0120]: headline`.
std::string render_brief(const Sink& sink, const SourceSet& sources);

// One JSON object a line: code, name, severity, headline, file, start, end (bytes, line, column), label, related[], because[],
// cases[], helps[{grade, text, edits[]}], fingerprint. The fingerprint does not change when lines move. Where more findings than the sink keeps
// were made, a last object says how many: {"left_out":7}.
std::string render_json(const Sink& sink, const SourceSet& sources);

// One log with one run: the rules that were broken with their pages, a result for each finding, its edits as fixes (the grade in their
// properties). Columns count Unicode code points. Paths become relative or file: URIs.
std::string render_sarif(const Sink& sink, const SourceSet& sources);

// One suite; an error is a failed case, a warning a passed one that says something. No finding: one passed case.
std::string render_junit(const Sink& sink, const SourceSet& sources);

// `::error file=…,line=…::…` for each finding.
std::string render_github(const Sink& sink, const SourceSet& sources);

}  // namespace tollgate
