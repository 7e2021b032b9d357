// Everything declared at the top of any file, by module: what `use`, `is` and `for` can reach.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/syntax.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/hir/hir.h"

namespace tollgate::hir {

struct File {
  const Tree* tree = nullptr;
  std::string module;       // "std.http", "group.mtn"
  bool library = false;
  uint32_t edition = kNone;
  std::map<std::string, NodeRef, std::less<>> imports;  // name -> declaration in another file
  std::map<std::string, bool, std::less<>> imported_used;
  std::vector<std::pair<const File*, Span>> uses;  // the files it takes names from
};

struct Library {
  std::vector<File> files;
  std::map<std::string, NodeRef, std::less<>> families, markets;  // families of all files
  Model model;

  const File* file_of(const Tree& tree) const;
  // By its whole name or an end of it; a file whose whole name it is comes first.
  File* module(std::string_view name);
  // A second file that the same end names, or null.
  const File* other_module(std::string_view name, const File& found) const;
  // A declaration that the file of `tree` can name: its own, or one it imports. Marks imports as used.
  NodeRef find(const Tree& tree, SyntaxKind kind, std::string_view name);
};

// The name a declaration gives: its first name or type_name child after the heads.
NodeRef name_of(NodeRef declaration);

// The facts of a market declaration.
void check_market(NodeRef market, Sink& sink);

// Reads editions, uses and top-level names of all trees, and the model; reports duplicates and what is unknown.
Library collect(std::span<const Tree* const> trees, Sink& sink);
// Unused imports.
void report_unused(const Library& library, Sink& sink);
Model read_model(const std::vector<File>& files, Sink& sink);

// `Text?`, `many Text`, `Secret`. Poison (kind missing) after a report. `many` may be null where lists are not allowed.
Type read_type(NodeRef type, Sink& sink, bool* many = nullptr);

}  // namespace tollgate::hir
