// What a request carries of its charge: a reference that we kept, what the carrier told us before, the amount asked.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string_view>

#include "compiler/check/walk.h"
#include "compiler/hir/hir.h"
#include "runtime/catalog/builtins.h"

namespace tollgate::hir {

bool is_call(const Expr& e, std::initializer_list<BuiltinId> ids);

// Does the value become another one that several charges may share: a digest of it, a part of it?
bool loses(const Expr& e);

// Is some value for which `fits` holds in the path, the query, a header or the body, whole? URLs and bearers that were minted from it count only if asked for.
bool carries(const SendPlace& place, bool minted_counts, const std::function<bool(const Expr&)>& fits);
// The kept value of that number; kNone: any.
bool sends_keep(const SendPlace& place, uint32_t keep, bool minted_counts);

// Which expressions of one procedure are the amount asked, in one of its units.
class Amount {
 public:
  explicit Amount(const Procedure& procedure) : procedure_(procedure) {}

  // `e`, in the step of that number, is the amount and nothing else.
  bool exact(const Expr& e, uint32_t step) const;
  // `e` brings the amount along: itself, or in a message inside the message.
  bool carries(const Expr& e, uint32_t step) const;

 private:
  const std::vector<Let>& lets(uint32_t step) const { return procedure_.steps[step].lets; }

  // Each name is looked at once: names that stand for each other twice would otherwise double the work with each of them.
  template <class Find>
  bool once(char what, uint32_t step, uint32_t index, Find&& find) const {
    std::array<uint32_t, 3> key{static_cast<uint32_t>(what), step, index};
    if (auto it = known_.find(key); it != known_.end()) return it->second;
    return known_[key] = find();
  }
  bool given_exactly(uint32_t step, uint32_t parameter) const;
  bool joined(const Expr& e, uint32_t step) const;

  const Procedure& procedure_;
  mutable std::map<std::array<uint32_t, 3>, bool> known_;
};

// A number made of the amount that is another one: a product, or a count of units taken for an amount again.
bool computed(const Expr& e, const std::vector<Let>& lets);
// What a name of the step stands for, so that two ways to write one value compare equal.
const Expr& meant(const Expr& e, const std::vector<Let>& lets);
// Is it what `priced by` names?
bool priced_by(const SendPlace& place, const Expr& e);
// Does the request say how much, or by what the carrier prices? An amount that was computed counts: it is told elsewhere.
bool sends_amount(const SendPlace& place, const Amount& amount, uint32_t step);

}  // namespace tollgate::hir
