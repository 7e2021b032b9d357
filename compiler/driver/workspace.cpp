// A workspace keeps what it knows of each file and checks again only what a change can touch: the files that are connected with the changed one
// by `use`, `is` or `for`, in any direction and over any number of steps. In a fleet of carriers that is one file of hundreds.
//
// What is found must be what compile() finds, so whatever depends on all files at once is checked with all of them: markets and the model
// when one declares them, names that stand in two files, and findings about names, whose suggestions come from everywhere.
#include "tollgate/workspace.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "compiler/ast/syntax.h"
#include "compiler/check/check.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/driver/rendering.h"
#include "compiler/parse/parse.h"
#include "compiler/resolve/resolve.h"
#include "stdlib/stdlib.h"

namespace tollgate {
namespace {

// What a file declares for others and takes from them.
struct Ties {
  std::set<std::string> families, carriers;  // declared here
  std::set<std::string> wants;               // families after `is`, carriers after `for`
  std::set<std::string> modules;             // the last word of each `use`
  bool global = false;                       // declares a part of the model or a market
};

std::string first_name(NodeRef node) {
  for (NodeRef child : node.children())
    if (child.is(SyntaxKind::name)) return std::string(child.text());
  return "";
}

std::string last_word(NodeRef path) { return std::string(path.last() ? path.last().text() : path.text()); }

Ties ties_of(const Tree& tree) {
  Ties ties;
  for (NodeRef node : tree.root().children()) {
    switch (node.kind()) {
      case SyntaxKind::use: ties.modules.insert(last_word(node.child(SyntaxKind::path))); break;
      case SyntaxKind::family:
        ties.families.insert(first_name(node));
        if (NodeRef path = node.child(SyntaxKind::path)) ties.wants.insert(last_word(path));
        break;
      case SyntaxKind::carrier:
        ties.carriers.insert(first_name(node));
        if (NodeRef path = node.child(SyntaxKind::path)) ties.wants.insert(last_word(path));
        break;
      case SyntaxKind::market:
      case SyntaxKind::record_decl:
      case SyntaxKind::reason_decl:
      case SyntaxKind::action_decl: ties.global = true; break;
      default: ties.wants.insert(first_name(node)); break;  // the carrier after `for`, whatever it is that is for it
    }
  }
  return ties;
}

std::string stem_of(const std::string& name) {
  const size_t slash = name.rfind('/');
  const std::string base = slash == std::string::npos ? name : name.substr(slash + 1);
  return base.substr(0, base.find('.'));
}

bool meet(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& name) { return b.contains(name); });
}

struct File {
  FileId id{};
  std::string stem;
  std::optional<Tree> tree;  // nothing while removed
  std::vector<Diagnostic> of_parse, of_check;
  Ties ties;
};

bool linked(const File& a, const File& b) {
  return a.ties.modules.contains(b.stem) || b.ties.modules.contains(a.stem) || meet(a.ties.wants, b.ties.families) || meet(a.ties.wants, b.ties.carriers) ||
         meet(b.ties.wants, a.ties.families) || meet(b.ties.wants, a.ties.carriers);
}

}  // namespace

struct Workspace::State {
  SourceSet sources;
  std::deque<Tree> library;
  std::map<std::string, File> files;
  std::set<std::string> changed;  // since the last check
  bool all = true;                // everything must be checked again
  Sink sink;

  State() {
    Sink silent;
    for (const LibraryFile& file : tollgate::library())
      library.push_back(parse(sources.file(sources.add(std::string(file.name), std::string(file.text))), silent));
  }

  void note_ties(const File& file) { all = all || file.ties.global; }
  bool shares_a_name(const File& file) const;
  std::set<std::string> touched() const;
  bool check_files(const std::set<std::string>& names, std::string_view today);
  void gather();
};

// Declared in another file as well: whose it is depends on their order.
bool Workspace::State::shares_a_name(const File& file) const {
  return std::any_of(files.begin(), files.end(), [&](const auto& entry) {
    const File& other = entry.second;
    return &other != &file && (meet(other.ties.families, file.ties.families) || meet(other.ties.carriers, file.ties.carriers) || other.stem == file.stem);
  });
}

std::set<std::string> Workspace::State::touched() const {
  std::set<std::string> in = changed;
  std::vector<std::string> open(changed.begin(), changed.end());
  while (!open.empty()) {
    const File& file = files.at(open.back());
    open.pop_back();
    for (const auto& [name, other] : files)
      if (!in.contains(name) && linked(file, other)) {
        in.insert(name);
        open.push_back(name);
      }
  }
  return in;
}

// False when a finding may depend on files beyond these.
bool Workspace::State::check_files(const std::set<std::string>& names, std::string_view today) {
  std::vector<const Tree*> trees;
  for (const Tree& tree : library) trees.push_back(&tree);
  std::vector<File*> in;
  for (const std::string& name : names)
    if (File& file = files.at(name); file.tree) in.push_back(&file);
  std::sort(in.begin(), in.end(), [](const File* a, const File* b) { return a->id < b->id; });
  for (const File* file : in) trees.push_back(&*file->tree);
  Sink fresh;
  hir::Workspace workspace = hir::resolve(trees, fresh);
  hir::check(workspace, fresh);
  hir::apply_allows(trees, today, fresh);
  std::map<uint32_t, File*> by_id;
  for (File* file : in) {
    file->of_check.clear();
    by_id[static_cast<uint32_t>(file->id)] = file;
  }
  const bool whole = names.size() == files.size();
  for (const Diagnostic& d : fresh.reports()) {
    if (!whole && d.code().starts_with("CR02")) return false;
    const auto at = by_id.find(static_cast<uint32_t>(d.primary.file));
    if (at != by_id.end()) at->second->of_check.push_back(d);
    else if (!in.empty()) in.front()->of_check.push_back(d);
  }
  return true;
}

// The findings of all files, as one compilation would have reported them.
void Workspace::State::gather() {
  sink = Sink();
  for (const auto& [name, file] : files)
    for (const Diagnostic& d : file.of_parse) sink.add(d);
  for (const auto& [name, file] : files)
    for (const Diagnostic& d : file.of_check) sink.add(d);
}

Workspace::Workspace() : state_(std::make_unique<State>()) {}
Workspace::~Workspace() = default;
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;

void Workspace::set(const std::string& name, std::string text) {
  const auto [at, fresh] = state_->files.try_emplace(name);
  File& file = at->second;
  if (fresh) {
    file.id = state_->sources.add(name, std::move(text));
    file.stem = stem_of(name);
    state_->all = true;  // its place among the files is new
  } else {
    state_->note_ties(file);
    state_->all = state_->all || state_->shares_a_name(file);
    for (const std::string& other : (state_->changed.insert(name), state_->touched())) state_->changed.insert(other);  // what the old text was tied to
    file.tree.reset();
    state_->sources.replace(file.id, std::move(text));
  }
  Sink sink;
  file.tree = parse(state_->sources.file(file.id), sink);
  file.of_parse.assign(sink.reports().begin(), sink.reports().end());
  file.ties = ties_of(*file.tree);
  state_->note_ties(file);
  state_->changed.insert(name);
}

void Workspace::remove(const std::string& name) {
  const auto at = state_->files.find(name);
  if (at == state_->files.end()) return;
  state_->files.erase(at);
  state_->changed.erase(name);
  state_->all = true;
}

void Workspace::check(std::string_view today) {
  State& state = *state_;
  bool all = state.all || std::any_of(state.changed.begin(), state.changed.end(), [&](const std::string& name) { return state.shares_a_name(state.files.at(name)); });
  if (!all && !state.changed.empty()) all = !state.check_files(state.touched(), today);
  if (all) {
    std::set<std::string> names;
    for (const auto& [name, file] : state.files) names.insert(name);
    (void)state.check_files(names, today);
  }
  state.changed.clear();
  state.all = false;
  state.gather();
}

bool Workspace::ok() const { return !state_->sink.has_errors(); }
size_t Workspace::errors() const { return state_->sink.error_count(); }
std::string Workspace::diagnostics(Rendering rendering) const { return render(rendering, state_->sink, state_->sources); }

}  // namespace tollgate
