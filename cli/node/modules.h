// Modules on disk, as `tollgate build` leaves them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/node/command.h"
#include "runtime/base/result.h"
#include "runtime/load/program.h"

namespace tollgate::cli {

// The folder that the arguments name; `--made-modules` was made for this run alone and is removed with it.
class ModulesFolder {
 public:
  explicit ModulesFolder(const NodeArguments& arguments);
  ~ModulesFolder();
  ModulesFolder(const ModulesFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool made_;
};

// Every .tgm file of the folder, loaded and verified, by name.
Result<std::vector<std::shared_ptr<const Program>>> load_modules(const std::string& folder);

}  // namespace tollgate::cli
