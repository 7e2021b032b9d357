#include "compiler/diag/render.h"
#include "compiler/format/format.h"
#include "compiler/parse/parse.h"
#include "tollgate/compiler.h"

namespace tollgate {

Formatted format_source(const SourceText& source) {
  SourceSet sources;
  Sink sink;
  Tree tree = parse(sources.file(sources.add(source.name, source.text)), sink);
  if (sink.has_errors()) return {false, "", render_terminal(sink, sources)};
  return {true, format(tree), ""};
}

}  // namespace tollgate
