// The carriers of the project check clean, quickly.
#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>
#include <sstream>

#include "tests/unit/compiler/check/checked.h"
#include "tests/unit/source_dir.h"

using namespace tollgate::hir;

namespace {
std::string read(const std::string& name) {
  std::ifstream in(std::string(tollgate::test::source_dir()) + "/carriers/" + name);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}
}  // namespace

TEST_CASE("every carrier of the project checks clean") {
  for (const char* name : {"mtn_momo.carrier", "daraja.carrier", "camara.carrier", "parlayx.carrier"}) {
    Checked checked({{name, read(name)}});
    INFO(name << "\n" << checked.text());
    CHECK(checked.found().empty());
  }
}
