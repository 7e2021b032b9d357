#include "compiler/resolve/library.h"

#include <algorithm>
#include <array>
#include <set>

#include "compiler/diag/suggest.h"
#include "compiler/resolve/resolve.h"

namespace tollgate::hir {
namespace {

// "group/mtn.carrier" is `group.mtn`. Of folders above the workspace nobody need know, so any end of it will do as a name.
std::string module_of(std::string_view file_name) {
  std::string stem(file_name);
  if (stem.ends_with(".carrier")) stem.resize(stem.size() - 8);
  std::replace(stem.begin(), stem.end(), '/', '.');
  while (!stem.empty() && stem.front() == '.') stem.erase(stem.begin());
  return stem;
}

bool ends_in(std::string_view module, std::string_view name) {
  return module == name || (module.size() > name.size() && module.ends_with(name) && module[module.size() - name.size() - 1] == '.');
}

bool is_declaration(SyntaxKind kind) {
  switch (kind) {
    case SyntaxKind::family: case SyntaxKind::carrier: case SyntaxKind::market: case SyntaxKind::auth: case SyntaxKind::verify_decl:
    case SyntaxKind::reading: case SyntaxKind::shape_decl: case SyntaxKind::let: case SyntaxKind::fixture: case SyntaxKind::namespace_decl: case SyntaxKind::document:
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
        .help(Grade::sure, "write `edition 1` first", {{at, "edition 1\n\n"}});
    return;
  }
  std::string_view text = edition.child(SyntaxKind::integer).text();
  if (text == "1") file.edition = kEdition;
  else if (!edition.has_error()) {
    sink.report(Diag::edition_unknown, edition.child(SyntaxKind::integer).span()).arg("edition", text)
        .label("this compiler knows edition 1").help(Grade::likely, "write edition 1", {{edition.child(SyntaxKind::integer).span(), "1"}});
  }
}

// A file of an edition and nothing else was cut short, or its declarations stand in another file.
void need_declaration(const File& file, Sink& sink) {
  NodeRef root = file.tree->root();
  if (file.library || root.has_error()) return;
  NodeRef last;
  for (NodeRef node : root.children()) {
    last = node;
    if (!node.is(SyntaxKind::edition) && !node.is(SyntaxKind::use)) return;
  }
  if (last) sink.report(Diag::empty_file, last.span()).label("nothing follows").help(Grade::example, "for example `carrier NAME { … }`", {});
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
  for (SyntaxKind kind : {SyntaxKind::mark_open, SyntaxKind::mark_replace, SyntaxKind::mark_extend}) {
    if (NodeRef mark = node.child(kind)) sink.report(Diag::mark_not_here, mark.span()).arg("word", mark.text()).label("is said of members of a family");
  }
  if (node.is(SyntaxKind::market)) {
    if (!file.library) check_market(node, sink);  // the library's are checked by its tests
    library.markets.emplace(text, node);
  }
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
  if (from == &file) {
    sink.report(Diag::import_cycle, path.span()).arg("name", wanted).label("is this file itself");
    return;
  }
  if (const File* other = from ? library.other_module(wanted, *from) : nullptr) {
    sink.report(Diag::ambiguous_module, path.span()).arg("name", wanted).label("which of them?")
        .because("`" + from->module + "` and `" + other->module + "` both end so").help(Grade::likely, "name its folder too", {{path.span(), from->module}});
    // The first of them is taken: what it declares is likely to be what was meant, and one mistake is one finding.
  }
  if (from) file.uses.emplace_back(from, path.span());
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
    if (found.has(SyntaxKind::mark_private)) {
      sink.report(Diag::import_private, name.span()).arg("name", text).arg("module", wanted).label("is not for other files")
          .also(found.child(SyntaxKind::mark_private).span(), "says so here");
      // It is taken all the same: one mistake, one finding.
    } else if (NodeRef old = found.child(SyntaxKind::deprecated)) {
      sink.report(Diag::deprecated, name.span()).arg("name", text).arg("instead", plain_text(old.first()).value_or("")).label("is taken from `" + wanted + "` here")
          .also(name_of(found).span(), "declared here");
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

// Files that use each other. Each cycle once, at the `use` that closes it.
class Cycles {
 public:
  explicit Cycles(Sink& sink) : sink_(sink) {}

  void visit(const File& file) {
    if (done_.contains(&file)) return;
    open_.push_back(&file);
    for (const auto& [next, span] : file.uses) {
      auto at = std::find(open_.begin(), open_.end(), next);
      if (at == open_.end()) {
        visit(*next);
        continue;
      }
      std::string way;
      for (auto each = at; each != open_.end(); ++each) way += "`" + (*each)->module + "` uses ";
      sink_.report(Diag::import_cycle, span).arg("name", next->module).label("leads back here").because(way + "`" + next->module + "`")
          .help(Grade::example, "put what both need into a third file", {});
    }
    open_.pop_back();
    done_.insert(&file);
  }

 private:
  Sink& sink_;
  std::vector<const File*> open_;
  std::set<const File*> done_;
};

void report_cycles(const Library& library, Sink& sink) {
  Cycles cycles(sink);
  for (const File& file : library.files) cycles.visit(file);
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
  for (File& file : files) if (!file.library && ends_in(file.module, name)) return &file;
  return nullptr;
}

const File* Library::other_module(std::string_view name, const File& found) const {
  if (found.library || found.module == name) return nullptr;
  for (const File& file : files) if (&file != &found && !file.library && ends_in(file.module, name)) return &file;
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
    need_declaration(file, sink);
    std::map<std::string, NodeRef, std::less<>> seen;
    for (NodeRef node : file.tree->root().children()) {
      if (is_declaration(node.kind())) declare(library, file, node, sink, seen);
    }
  }
  for (File& file : library.files) {
    for (NodeRef use : file.tree->root().children(SyntaxKind::use)) read_use(library, file, use, sink);
  }
  report_cycles(library, sink);
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
      out.labels = natural_labels(kind);
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
