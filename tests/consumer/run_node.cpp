// A host that runs a node: opens a deployment file, serves until another thread stops it, and drains. A file that is not there is one line.
#include <tollgate/runtime.h>

#include <iostream>
#include <thread>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::string trouble;
  if (tollgate::Runtime::open("/nowhere/node.json", trouble) != nullptr || trouble.find("/nowhere/node.json") == std::string::npos ||
      trouble.find('\n') != std::string::npos) {
    std::cerr << "a file that is not there: " << trouble << '\n';
    return 1;
  }
  const auto runtime = tollgate::Runtime::open(argv[1], trouble);
  if (!runtime) {
    std::cerr << trouble << '\n';
    return 1;
  }
  std::cout << runtime->ready_line() << '\n';
  std::thread stopper([&runtime] { runtime->stop(); });
  const bool drained = runtime->run();
  stopper.join();
  return drained ? 0 : 1;
}
