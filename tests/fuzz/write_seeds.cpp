// Writes the seeds that no hand can type: write_seeds FOLDER.
#include <fstream>

#include "tests/unit/runtime/bytecode/sample_module.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  std::string folder = arguments[1];
  tollgate::Sample sample;
  std::ofstream(folder + "/sample.tgm", std::ios::binary) << tollgate::encode(sample.m);
  std::ofstream(folder + "/empty.tgm", std::ios::binary) << tollgate::encode(tollgate::Module());
  return 0;
}
