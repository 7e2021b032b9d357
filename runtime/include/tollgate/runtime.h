// The runtime in five lines: carriers charged over HTTP, procedures durable in SQLite, an API and callbacks on one port.
//
//   std::string trouble;
//   auto runtime = tollgate::Runtime::open("node.json", trouble);
//   if (!runtime) { std::cerr << trouble << '\n'; return 1; }
//   std::cout << runtime->ready_line() << std::endl;
//   return runtime->run() ? 0 : 1;                    // until SIGTERM or SIGINT
//
// The file's form is in docs/reference/rest.md. The caller owns the runtime; `stop` may be called from any thread, the rest from one. `open`
// blocks SIGTERM and SIGINT in the calling thread and ignores SIGPIPE: call it before starting threads of your own.
#pragma once

#include <memory>
#include <string>

namespace tollgate {

class Node;

class Runtime {
 public:
  // Null if it cannot start; `trouble` is then one line that says what to do about it.
  static std::unique_ptr<Runtime> open(const std::string& deployment_file, std::string& trouble);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // "127.0.0.1:8080"; with port 0 in the file, the port that was chosen.
  std::string address() const;
  std::string ready_line() const;
  // Serves until stopped. False if something was still in flight when the time for draining was over; it is recovered at the next start.
  bool run();
  void stop();

 private:
  explicit Runtime(std::unique_ptr<Node> node);
  std::unique_ptr<Node> node_;
};

}  // namespace tollgate
