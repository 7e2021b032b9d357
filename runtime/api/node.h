// Node: one runtime put together from a configuration: loop, store, vault, links, engine, listener, API.
//
//   auto config = load_config("node.json");
//   auto node = Node::start(std::move(config).value());
//   if (node.ok()) (*node)->run();       // until SIGTERM or SIGINT, or stop()
//
// Start order is recovery order: the store is opened, carriers are added, what a crash left is recovered, and only then the door opens.
#pragma once

#include <memory>
#include <string>

#include "runtime/api/config.h"

namespace tollgate {

class Node {
 public:
  // Blocks SIGTERM and SIGINT in the calling thread (they are read by the loop) and ignores SIGPIPE. Errors are one line each, with what
  // was being done: a store that is locked, a key that is missing, a module that is damaged, a setting that a carrier lacks, a taken port.
  static Result<std::unique_ptr<Node>> start(NodeConfig config);
  ~Node();

  // Where it listens, with the port that was chosen for port 0: "127.0.0.1:8080".
  std::string address() const;
  // "listening on http://127.0.0.1:8080, 4 carriers, 12 procedures open"
  std::string ready_line() const;
  // Serves until a signal or stop(); then takes nothing new, gives what is in flight `limits.drain_ms`, and returns true if all of it ended.
  bool run();
  // From any thread.
  void stop();

 private:
  class Impl;
  explicit Node(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tollgate
