// The sample files of this folder, for the tests of several rooms.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/unit/source_dir.h"

inline std::string read_sample(const std::string& name) {
  std::ifstream in(std::string(tollgate::test::source_dir()) + "/tests/unit/compiler/samples/" + name, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

inline const std::vector<std::string>& sample_names() {
  static const std::vector<std::string> names = {"mtn_momo.carrier",    "daraja_stk.carrier", "parlayx.carrier",
                                                 "selcom_auth.carrier", "model.carrier",      "everything.carrier"};
  return names;
}
