// A command of `tollgate-node`: what `tollgate` started it for.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace tollgate::cli {

// "--name value" pairs, and the words between them.
struct NodeArguments {
  std::map<std::string, std::string> options;
  std::vector<std::string> words;
  std::string option(const std::string& name, const std::string& otherwise) const {
    auto found = options.find(name);
    return found == options.end() ? otherwise : found->second;
  }
};

int node_init(const NodeArguments& arguments);
int node_run(const NodeArguments& arguments);
int node_sim(const NodeArguments& arguments);
int node_demo(const NodeArguments& arguments);
int node_bench(const NodeArguments& arguments);

// Exit codes are those of `tollgate`.
constexpr int kNodeDone = 0, kNodeFindings = 1, kNodeUsage = 2, kNodeTrouble = 3;

}  // namespace tollgate::cli
