#include "compiler/resolve/library.h"

#include <algorithm>
#include <array>

#include "compiler/diag/suggest.h"
#include "compiler/resolve/resolve.h"

namespace tollgate::hir {
namespace {

std::string module_of(std::string_view file_name) {
  std::string_view stem = file_name;
  if (stem.ends_with(".carrier")) stem.remove_suffix(8);
  if (stem.starts_with("std/")) return "std." + std::string(stem.substr(4));
  if (size_t slash = stem.rfind('/'); slash != std::string_view::npos) stem.remove_prefix(slash + 1);
  return std::string(stem);
}

bool is_declaration(SyntaxKind kind) {
  switch (kind) {
    case SyntaxKind::family: case SyntaxKind::carrier: case SyntaxKind::market: case SyntaxKind::auth: case SyntaxKind::verify_decl:
    case SyntaxKind::reading: case SyntaxKind::shape_decl: case SyntaxKind::let: case SyntaxKind::fixture: case SyntaxKind::namespace_decl:
      return true;
    default: return false;
  }
}

void read_edition(File& file, Sink& sink) {
  NodeRef root = file.tree->root();
  NodeRef edition = root.child(SyntaxKind::edition);
  if (!edition) {
    if (root.has_error()) return;  // it may be what could not be read
    Span at = root.span();
    at.end = at.begin;
    sink.report(Diag::edition_missing, at).label("the first line says which edition the file is written in")
        .help(Grade::sure, "write `edition 1` first", {{at, "edition 1\n"}});
    return;
  }
  std::string_view text = edition.child(SyntaxKind::integer).text();
  if (text == "1") file.edition = kEdition;
  else if (!edition.has_error()) {
    sink.report(Diag::edition_unknown, edition.child(SyntaxKind::integer).span()).arg("edition", text)
        .label("this compiler knows edition 1");
  }
}

void declare(Library& library, File& file, NodeRef node, Sink& sink, std::map<std::string, NodeRef, std::less<>>& seen) {
  NodeRef name = name_of(node);
  if (!name) return;
  std::string text(name.text());
  auto [it, fresh] = seen.emplace(text, name);
  if (!fresh) {
    sink.report(Diag::duplicate_name, name.span()).arg("name", text).label("declared again here").also(it->second.span(), "first declared here");
    return;
  }
  if (node.is(SyntaxKind::market)) library.markets.emplace(text, node);
  if (!node.is(SyntaxKind::family)) return;
  auto [at, first] = library.families.emplace(text, node);
  if (!first && !file.library) {
    sink.report(Diag::duplicate_name, name.span()).arg("name", text).label("another file declares this family too")
        .also(name_of(at->second).span(), "first declared here");
  }
}

void read_use(Library& library, File& file, NodeRef use, Sink& sink) {
  NodeRef path = use.child(SyntaxKind::path);
  if (!path || use.has_error()) return;
  std::string wanted(path.text());
  File* from = library.module(wanted);
  if (!from) {
    std::vector<std::string> modules;
    for (const File& f : library.files) if (f.library) modules.push_back(f.module);
    Report report = sink.report(Diag::unknown_module, path.span());
    report.arg("name", wanted).label("no file of that name is here");
    std::optional<std::string> near = suggest(wanted, modules);
    if (!near) return;
    report.help(Grade::likely, "did you mean `" + *near + "`?", {{path.span(), *near}});
    from = library.module(*near);  // what it declares is likely to be what was meant: one mistake, one finding
    wanted = *near;
  }
  for (NodeRef name : use.children(SyntaxKind::name)) {
    std::string text(name.text());
    NodeRef found;
    std::vector<std::string> names;
    for (NodeRef node : from->tree->root().children()) {
      if (!is_declaration(node.kind())) continue;
      NodeRef declared = name_of(node);
      if (declared.text() == text) found = node;
      names.emplace_back(declared.text());
    }
    if (found) {
      file.imports.emplace(text, found);
      file.imported_used.emplace(text, false);
      continue;
    }
    Report report = sink.report(Diag::unknown_import, name.span());
    report.arg("name", text).arg("module", wanted).label("not declared there");
    if (auto near = suggest(text, names)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{name.span(), *near}});
  }
}

}  // namespace

NodeRef name_of(NodeRef declaration) {
  for (NodeRef child : declaration.children()) {
    if (child.is(SyntaxKind::name) || child.is(SyntaxKind::type_name)) return child;
    if (!is_head(child.kind())) break;
  }
  return {};
}

const File* Library::file_of(const Tree& tree) const {
  for (const File& file : files) if (file.tree == &tree) return &file;
  return nullptr;
}

File* Library::module(std::string_view name) {
  for (File& file : files) if (file.module == name) return &file;
  return nullptr;
}

NodeRef Library::find(const Tree& tree, SyntaxKind kind, std::string_view name) {
  for (NodeRef node : tree.root().children(kind)) {
    if (name_of(node).text() == name) return node;
  }
  for (File& file : files) {
    if (file.tree != &tree) continue;
    auto it = file.imports.find(name);
    if (it == file.imports.end() || !it->second.is(kind)) return {};
    file.imported_used[std::string(name)] = true;
    return it->second;
  }
  return {};
}

Library collect(std::span<const Tree* const> trees, Sink& sink) {
  Library library;
  for (const Tree* tree : trees) {
    File file;
    file.tree = tree;
    file.module = module_of(tree->source->name());
    file.library = file.module.starts_with("std.");
    library.files.push_back(std::move(file));
  }
  for (File& file : library.files) {
    read_edition(file, sink);
    std::map<std::string, NodeRef, std::less<>> seen;
    for (NodeRef node : file.tree->root().children()) {
      if (is_declaration(node.kind())) declare(library, file, node, sink, seen);
    }
  }
  for (File& file : library.files) {
    for (NodeRef use : file.tree->root().children(SyntaxKind::use)) read_use(library, file, use, sink);
  }
  library.model = read_model(library.files, sink);
  return library;
}

void report_unused(const Library& library, Sink& sink) {
  for (const File& file : library.files) {
    if (file.tree->has_error()) continue;  // what could not be read may use it
    for (NodeRef use : file.tree->root().children(SyntaxKind::use)) {
      for (NodeRef name : use.children(SyntaxKind::name)) {
        auto it = file.imported_used.find(name.text());
        if (it == file.imported_used.end() || it->second) continue;
        if (file.imports.find(name.text())->second.is(SyntaxKind::fixture)) continue;
        sink.report(Diag::unused, name.span()).arg("what", "import").arg("name", name.text()).label("nothing in this file uses it");
      }
    }
  }
}

Type read_type(NodeRef type, Sink& sink, bool* many) {
  Type out{Kind::missing, false, kPublic, Kind::missing};
  if (!type || type.has_error()) return out;
  if (type.is(SyntaxKind::type_optional)) {
    out = read_type(type.first(), sink, many);
    out.optional = true;
    return out;
  }
  if (type.is(SyntaxKind::type_many)) {
    out = read_type(type.first(), sink);
    if (many) *many = true;
    else if (!poisoned(out)) {
      sink.report(Diag::list_not_here, type.span()).label("only a setting may hold many values");
      out.kind = Kind::missing;
    }
    return out;
  }
  NodeRef name = type.is(SyntaxKind::type_name) ? type : type.child(SyntaxKind::type_name);
  std::vector<std::string> names;
  for (int i = 0; i < kKindCount; ++i) {
    Kind kind = static_cast<Kind>(i);
    if (type_name(kind).empty()) continue;
    if (type_name(kind) == name.text()) {
      out.kind = kind;
      if (kind == Kind::secret) out.labels = kSecret;
      if (kind == Kind::msisdn) out.labels = kPersonal;
      return out;
    }
    names.emplace_back(type_name(kind));
  }
  Report report = sink.report(Diag::unknown_type, name.span());
  report.arg("name", name.text()).label("no such type");
  if (auto near = suggest(name.text(), names)) report.help(Grade::likely, "did you mean `" + *near + "`?", {{name.span(), *near}});
  return out;
}

}  // namespace tollgate::hir
