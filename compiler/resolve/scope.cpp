#include "compiler/resolve/scope.h"

namespace tollgate::hir {

const Binding* find(const Scope& scope, std::string_view name) {
  for (auto it = scope.names.rbegin(); it != scope.names.rend(); ++it) {
    if (it->name == name) return &*it;
  }
  return nullptr;
}

int find_keep(const Procedure& procedure, std::string_view name) {
  for (size_t i = 0; i < procedure.keeps.size(); ++i) {
    if (procedure.keeps[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace tollgate::hir
