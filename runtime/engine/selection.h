// Which arm an answer is: by status, then headers, then the shape's literals and kinds, in written order. The first selected is the arm; its
// conversions are asserted afterwards, and no later arm is tried.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/load/program.h"

namespace tollgate {

struct Chosen {
  int arm = -1;
  bool breach = false;          // selected, and then a conversion failed
  std::string why;              // without values
  std::span<Value> holes;       // the body's, then each header's; in the arena
};

using Headers = std::vector<std::pair<std::string, std::string>>;

struct ToSelect {
  uint16_t status = 0;          // 0: a callback, which has none
  const Headers* headers = nullptr;
  std::string_view body;
  uint32_t transmission = 1;
  const Once* once = nullptr;
};

Chosen choose_arm(const Program& program, std::span<const Arm> arms, const Matcher& matcher, const ToSelect& what, Arena& arena);

}  // namespace tollgate
