// Carrier files that are edited: what compile() says of them, again after each change, at the cost of what the change can touch.
//
//   tollgate::Workspace workspace;
//   for (auto& [name, text] : files) workspace.set(name, text);
//   workspace.check();
//   workspace.set("mtn.carrier", edited);
//   workspace.check();
//   show(workspace.diagnostics(tollgate::Rendering::json));
//
// Pure, like compile(). Thread rule: one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tollgate/compiler.h"

namespace tollgate {

class Workspace {
 public:
  Workspace();
  ~Workspace();
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;

  // Adds a file, or gives one a new text. The name is what diagnostics show; the order in which files are added is theirs in compile().
  void set(const std::string& name, std::string text);
  // Forgets it; nothing happens for a name that is not there.
  void remove(const std::string& name);

  // Checks what changed since the last time; `today` as in compile(). Modules are not made, so what only a module's limits refuse is found by
  // compile() alone. What follows tells of the last check.
  void check(std::string_view today = {});
  bool ok() const;
  size_t errors() const;
  std::string diagnostics(Rendering rendering) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tollgate
