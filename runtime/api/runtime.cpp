#include "tollgate/runtime.h"

#include "runtime/api/config.h"
#include "runtime/api/node.h"

namespace tollgate {

std::unique_ptr<Runtime> Runtime::open(const std::string& deployment_file, std::string& trouble) {
  auto config = load_config(deployment_file);
  if (!config.ok()) {
    trouble = config.error().message;
    return nullptr;
  }
  auto node = Node::start(std::move(config).value());
  if (node.ok()) return std::unique_ptr<Runtime>(new Runtime(std::move(node).value()));
  trouble = node.error().message;
  return nullptr;
}

Runtime::Runtime(std::unique_ptr<Node> node) : node_(std::move(node)) {}
Runtime::~Runtime() = default;
std::string Runtime::address() const { return node_->address(); }
std::string Runtime::ready_line() const { return node_->ready_line(); }
bool Runtime::run() { return node_->run(); }
void Runtime::stop() { node_->stop(); }

}  // namespace tollgate
