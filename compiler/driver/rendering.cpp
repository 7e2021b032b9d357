#include "compiler/driver/rendering.h"

#include "compiler/diag/render.h"

namespace tollgate {

std::string render(Rendering rendering, const Sink& sink, const SourceSet& sources) {
  switch (rendering) {
    case Rendering::terminal: return render_terminal(sink, sources);
    case Rendering::colour: return render_terminal(sink, sources, {true});
    case Rendering::brief: return render_brief(sink, sources);
    case Rendering::json: return render_json(sink, sources);
    case Rendering::sarif: return render_sarif(sink, sources);
    case Rendering::junit: return render_junit(sink, sources);
    case Rendering::github: return render_github(sink, sources);
  }
  return {};
}

}  // namespace tollgate
