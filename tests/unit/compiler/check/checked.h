// A carrier file from text to diagnostics, with the library; and what a test asks of it.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/parse/parse.h"
#include "compiler/resolve/resolve.h"
#include "stdlib/stdlib.h"

namespace tollgate::hir {

struct Checked {
  SourceSet sources;
  std::deque<Tree> trees;
  Sink sink;
  Workspace workspace;

  explicit Checked(const std::vector<std::pair<std::string, std::string>>& files) {
    for (const LibraryFile& file : library()) add(std::string(file.name), std::string(file.text));
    for (const auto& [name, text] : files) add(name, text);
    std::vector<const Tree*> pointers;
    for (const Tree& tree : trees) pointers.push_back(&tree);
    workspace = resolve(pointers, sink);
    check(workspace, sink);
  }
  explicit Checked(const std::string& text) : Checked({{"test.carrier", text}}) {}

  void add(std::string name, std::string text) {
    FileId id = sources.add(std::move(name), std::move(text));
    trees.push_back(parse(sources.file(id), sink));
  }
  // "CR0201 `ref`" for each finding outside the library, in the order shown.
  std::vector<std::string> found() const {
    std::vector<std::string> out;
    for (const Diagnostic& d : sink.diagnostics()) {
      if (sources.file(d.primary.file).name().starts_with("std/")) continue;
      out.push_back(std::string(d.code()) + " `" + std::string(sources.file(d.primary.file).text(d.primary)) + "`");
    }
    return out;
  }
  // One finding a line with its headline, for the message of a failed test.
  std::string text() const {
    std::string out;
    for (const Diagnostic& d : sink.diagnostics()) {
      const SourceFile& file = sources.file(d.primary.file);
      out += file.name() + ":" + std::to_string(file.line_column(d.primary.begin).line) + " " + std::string(d.code()) + " " + d.headline + " `" + std::string(file.text(d.primary)) + "` (" + d.label + ")\n";
    }
    return out;
  }
};

}  // namespace tollgate::hir
