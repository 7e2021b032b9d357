// What `check --fix` writes: the sure edits of a compilation, applied. An edit is taken only if its finding has one sure help and no more, if
// all edits of the help lie in the workspace's own files, and if it touches nothing that another one changes; what is left over is found again by
// the next compilation.
#include <algorithm>
#include <map>

#include "compiler/driver/state.h"

namespace tollgate {
namespace {

struct Change {
  uint32_t begin, end;
  std::string replacement;
  friend bool operator==(const Change&, const Change&) = default;
};
using Changes = std::map<uint32_t, std::vector<Change>>;  // by file

// The one help that may be applied; null when there is none or a choice.
const Help* sure_help(const Diagnostic& d) {
  const Help* found = nullptr;
  for (const Help& help : d.helps) {
    if (help.grade != Grade::sure || help.edits.empty()) continue;
    if (found != nullptr) return nullptr;
    found = &help;
  }
  return found;
}

bool touches(const Change& a, const Change& b) { return a.begin <= b.end && b.begin <= a.end; }

bool fits(const Changes& taken, const Edit& edit) {
  const auto at = taken.find(static_cast<uint32_t>(edit.span.file));
  if (at == taken.end()) return true;
  const Change change{edit.span.begin, edit.span.end, edit.replacement};
  return std::none_of(at->second.begin(), at->second.end(), [&](const Change& other) { return touches(change, other) && !(change == other); });
}

void take(Changes& taken, const Edit& edit) {
  std::vector<Change>& changes = taken[static_cast<uint32_t>(edit.span.file)];
  const Change change{edit.span.begin, edit.span.end, edit.replacement};
  if (std::find(changes.begin(), changes.end(), change) == changes.end()) changes.push_back(change);
}

std::string applied(std::string_view text, std::vector<Change> changes) {
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.begin < b.begin; });
  std::string out;
  size_t at = 0;
  for (const Change& change : changes) {
    out += text.substr(at, change.begin - at);
    out += change.replacement;
    at = change.end;
  }
  return out + std::string(text.substr(at));
}

}  // namespace

std::vector<FixedSource> Compilation::fixed() const {
  Changes taken;
  for (const Diagnostic& d : state_->sink.reports()) {
    const Help* help = sure_help(d);
    if (help == nullptr) continue;
    const bool all_fit = std::all_of(help->edits.begin(), help->edits.end(), [&](const Edit& edit) {
      return static_cast<uint32_t>(edit.span.file) >= state_->library_files && fits(taken, edit);
    });
    if (!all_fit) continue;
    for (const Edit& edit : help->edits) take(taken, edit);
  }
  std::vector<FixedSource> out;
  for (const auto& [id, changes] : taken) {
    const SourceFile& file = state_->sources.file(FileId{id});
    out.push_back({file.name(), applied(file.text(), changes), changes.size()});
  }
  return out;
}

}  // namespace tollgate
