// What a replay found: one item for every moment that was run again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/bytecode/module.h"

namespace tollgate {

struct ReplayItem {
  int64_t at_us = 0;
  std::string what;         // "POST /v1/charges (transmission 2)", "reply 202 => await"; paths with their holes unfilled
  std::string difference;   // "": the same. Where and how much, and never a value: "body differs at byte 41, in `amount`: 4 bytes were 5"
  std::string was, is;      // the bytes themselves, for those who may see them; empty unless they differ
};

struct ReplayReport {
  Hash began_with{}, played_on{};
  std::vector<ReplayItem> items;
  size_t requests = 0;      // among the items
  bool same() const {
    for (const ReplayItem& item : items) {
      if (!item.difference.empty()) return false;
    }
    return true;
  }
};

}  // namespace tollgate
