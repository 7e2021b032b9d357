// A text, its tree and what was said about it.
#pragma once

#include <string>

#include "compiler/diag/render.h"
#include "compiler/parse/parse.h"

struct Parsed {
  tollgate::SourceSet sources;
  tollgate::Sink sink;
  tollgate::Tree tree;

  explicit Parsed(std::string text, std::string name = "t.carrier") {
    tree = tollgate::parse(sources.file(sources.add(std::move(name), std::move(text))), sink);
  }
  std::string said() const { return tollgate::render_terminal(sink, sources); }
  std::string brief() const { return tollgate::render_brief(sink, sources); }
  std::string tree_text() const { return tollgate::dump(tree); }
};
