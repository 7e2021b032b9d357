#include "cli/node/modules.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tollgate::cli {
namespace fs = std::filesystem;

ModulesFolder::ModulesFolder(const NodeArguments& arguments) : made_(arguments.options.count("made-modules") != 0) {
  path_ = made_ ? arguments.options.at("made-modules") : arguments.option("modules", ".");
}

ModulesFolder::~ModulesFolder() {
  std::error_code ignored;
  if (made_) fs::remove_all(path_, ignored);
}

Result<std::vector<std::shared_ptr<const Program>>> load_modules(const std::string& folder) {
  std::vector<fs::path> files;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder, ec))
    if (entry.path().extension() == ".tgm") files.push_back(entry.path());
  if (ec) return Error{"file", fmt::format("cannot read folder {}: {}", folder, ec.message())};
  if (files.empty()) return Error{"file", fmt::format("there is no module (.tgm) in {}; `tollgate build -o {} PATH…` makes them", folder, folder)};
  std::sort(files.begin(), files.end());
  std::vector<std::shared_ptr<const Program>> programs;
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    if (!in) return Error{"file", fmt::format("cannot read {}", file.string())};
    auto program = Program::load(bytes.str());
    if (!program.ok()) return std::move(program).error().within(file.string());
    programs.push_back(std::move(program).value());
  }
  return programs;
}

}  // namespace tollgate::cli
