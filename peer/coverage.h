// Which of a definition's answers a suite of tests has met: arms of exchanges and callbacks, rows of code tables.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "peer/hearing.h"
#include "runtime/bytecode/module.h"

namespace tollgate::peer {

struct Coverage {
  std::set<std::pair<Index, uint32_t>> reply_arms;      // exchange, arm
  std::set<std::pair<Index, uint32_t>> callback_arms;   // callback, arm
  std::set<std::pair<Index, uint32_t>> rows;            // table, row; rows.size() is `other`
  std::set<Index> repeats;                              // exchanges whose `once per` a second transmission relied on

  void reply(Index exchange, const Heard& heard);
  void callback(Index callback, const Heard& heard);
  void merge(const Coverage& other);
};

// One thing that no test has met. `place` is readable: "charge: on 400 (arm 2)", "table reason: \"EXPIRED\"".
// `owner` and `number` are the key of TestSuite::places.
struct Unmet {
  std::string place;
  std::string owner;
  uint32_t number = 0;
};
std::vector<Unmet> unmet(const Module& module, const Coverage& coverage);
// How many arms, rows and promises of a repeat the definition has in all.
size_t coverable(const Module& module);

}  // namespace tollgate::peer
