// The files of tests/golden as texts: hundreds of small carriers, nearly every one with a mistake.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/unit/source_dir.h"
#include "tollgate/compiler.h"

inline std::vector<tollgate::SourceText> golden_inputs() {
  std::vector<tollgate::SourceText> files;
  const std::filesystem::path folder = std::filesystem::path(tollgate::test::source_dir()) / "tests/golden";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".carrier" && entry.path().extension() != ".input") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    files.push_back({std::filesystem::relative(entry.path(), folder).string(), text.str()});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}
