// A command of `tollgate-node`: what `tollgate` started it for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/schedule/clocks.h"

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

// A whole number of an option, 0 to kCountMax; nullopt if it is none.
constexpr uint64_t kCountMax = 10'000'000;
std::optional<uint64_t> count_of(const std::string& text);

// --speed N: hours that pass in minutes, for both sides. --speed-from MS says since when (now, unless given: processes that share a clock are told).
std::optional<Haste> haste_of(const NodeArguments& arguments);

int node_init(const NodeArguments& arguments);
int node_run(const NodeArguments& arguments);
int node_replay(const NodeArguments& arguments);
int node_sim(const NodeArguments& arguments);
int node_demo(const NodeArguments& arguments);
int node_bench(const NodeArguments& arguments);
int node_openapi(const NodeArguments& arguments);   // for the target docs-update

// Exit codes are those of `tollgate`.
constexpr int kNodeDone = 0, kNodeFindings = 1, kNodeUsage = 2, kNodeTrouble = 3;

}  // namespace tollgate::cli
