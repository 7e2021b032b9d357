#include <fmt/format.h>

#include "cli/command.h"
#include "cli/workspace.h"
#include "runtime/bytecode/module.h"

namespace tollgate::cli {

namespace {

int dump_module_file(const std::string& path) {
  Result<std::string> bytes = read_file(path);
  if (!bytes.ok()) {
    fmt::print(stderr, "tollgate dump: {}\n", bytes.error().message);
    return kTrouble;
  }
  Result<Module> module = decode(bytes.value());
  if (!module.ok()) {
    fmt::print(stderr, "tollgate dump: {}: {}\n", path, module.error().message);
    return kFindings;
  }
  fmt::print("hash {}\n{}", hex(hash_of(module.value())), dump(module.value()));
  Status verified = verify(module.value());
  if (!verified.ok()) {
    fmt::print(stderr, "tollgate dump: {}: {}\n", path, verified.error().message);
    return kFindings;
  }
  return kDone;
}

}  // namespace

int cmd_dump(const Arguments& arguments) {
  if (arguments.size() != 2) return usage_error("dump", "name a phase (ast, hir, module) and a file");
  const std::string& phase = arguments[0];
  const std::string& path = arguments[1];
  if (phase != "ast" && phase != "hir" && phase != "module") return usage_error("dump", fmt::format("there is no phase `{}`; they are ast, hir, module", phase));
  if (path.ends_with(".tgm")) {
    if (phase != "module") return usage_error("dump", "a .tgm file holds a module");
    return dump_module_file(path);
  }
  Result<std::vector<SourceText>> sources = read_sources({path});
  if (!sources.ok()) {
    fmt::print(stderr, "tollgate dump: {}\n", sources.error().message);
    return kTrouble;
  }
  Compilation result = compile(std::move(sources).value(), phase == "ast" ? Phase::parse : phase == "hir" ? Phase::check : Phase::lower);
  fmt::print(stderr, "{}", result.diagnostics(Rendering::terminal));
  if (std::optional<std::string> text = result.dump(phase, path)) fmt::print("{}", *text);
  return exit_of(result);
}

}  // namespace tollgate::cli
