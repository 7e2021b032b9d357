#include "compiler/check/carried.h"

#include <algorithm>
#include <iterator>

namespace tollgate::hir {
namespace {

bool is_text(const Expr& e, std::string_view text) { return e.kind == ExprKind::constant && e.constant.kind == Kind::text && e.constant.text == text; }

bool of_amount(const Expr& e, const std::vector<Let>& lets) {
  bool found = false;
  with_lets(e, lets, [&](const Expr& part) { found = found || (part.kind == ExprKind::argument && part.name == "amount"); });
  return found;
}

}  // namespace

bool is_call(const Expr& e, std::initializer_list<BuiltinId> ids) {
  return e.kind == ExprKind::call && !e.operands.empty() && std::find(ids.begin(), ids.end(), e.index) != ids.end();
}

// A digest or a part of a reference is another reference: two charges may share it, and no enquiry by the whole one finds it. A value that is made once and
// kept, `keep short = …`, is a reference of its own.
bool loses(const Expr& e) {
  if (e.kind != ExprKind::call) return false;
  constexpr std::string_view kDigests[] = {"md5", "sha", "hmac"};
  const bool digest = std::any_of(std::begin(kDigests), std::end(kDigests), [&](std::string_view name) { return std::string_view(e.name).starts_with(name); });
  return digest || e.name == "first" || e.name == "last";
}

bool carries(const SendPlace& place, bool minted_counts, const std::function<bool(const Expr&)>& fits) {
  bool found = false;
  std::vector<bool> seen(place.lets->size());  // each let once
  auto look = [&](auto&& self, const Expr& e) -> void {
    found = found || fits(e);
    if (e.kind == ExprKind::let && e.index < seen.size() && !seen[e.index]) {
      seen[e.index] = true;
      self(self, (*place.lets)[e.index].value);
    }
    if (!minted_counts && (e.kind == ExprKind::url_of || e.kind == ExprKind::bearer_of)) return;
    if (loses(e)) return;
    for (const Expr& operand : e.operands) self(self, operand);
    if (e.shape) for (const Hole& hole : e.shape->holes) if (hole.has_value) self(self, hole.value);
  };
  message_values(place, [&](const Expr& value, std::string_view) { look(look, value); });
  return found;
}

bool sends_keep(const SendPlace& place, uint32_t keep, bool minted_counts) {
  return carries(place, minted_counts, [&](const Expr& e) { return e.kind == ExprKind::kept && (keep == kNone || e.index == keep); });
}

bool Amount::exact(const Expr& e, uint32_t step) const {
  namespace Id = BuiltinIds;
  switch (e.kind) {
    case ExprKind::argument: return e.name == "amount";
    case ExprKind::let: return e.index < lets(step).size() && once('l', step, e.index, [&] { return exact(lets(step)[e.index].value, step); });
    case ExprKind::kept: return once('k', 0, e.index, [&] { return exact(procedure_.keeps[e.index].value, procedure_.keeps[e.index].step); });
    case ExprKind::parameter: return once('p', step, e.index, [&] { return given_exactly(step, e.index); });
    case ExprKind::join: return joined(e, step);
    default: break;
  }
  if (is_call(e, {Id::money_decimal, Id::money_decimal_scale, Id::money_minor, Id::money_whole, Id::money_micros, Id::decimal_text, Id::decimal_text_group, Id::decimal_whole,
                  Id::decimal_scale, Id::integer_text, Id::integer_pad, Id::integer_decimal, Id::text_text}))
    return exact(e.operands[0], step);
  if (is_call(e, {Id::text_pad})) return exact(e.operands[0], step) && (is_text(e.operands[2], "0") || is_text(e.operands[2], " "));
  if (is_call(e, {Id::text_replace})) return exact(e.operands[0], step) && is_text(e.operands[1], ".") && is_text(e.operands[2], ",");
  return false;
}

bool Amount::carries(const Expr& e, uint32_t step) const {
  namespace Id = BuiltinIds;
  if (exact(e, step)) return true;
  if (e.kind == ExprKind::let && e.index < lets(step).size()) return once('L', step, e.index, [&] { return carries(lets(step)[e.index].value, step); });
  if (e.kind == ExprKind::kept) return once('K', 0, e.index, [&] { return carries(procedure_.keeps[e.index].value, procedure_.keeps[e.index].step); });
  if (e.kind == ExprKind::shape && e.shape)
    return std::any_of(e.shape->holes.begin(), e.shape->holes.end(), [&](const Hole& hole) { return hole.has_value && carries(hole.value, step); });
  if (is_call(e, {Id::hex_form, Id::base64_form, Id::base64url_form, Id::hex, Id::base64, Id::base64url, Id::percent, Id::text_bytes})) return carries(e.operands[0], step);
  return false;
}

// A parameter of a step is what every way that leads there gives it. One that goes in a circle is not followed, and no amount.
bool Amount::given_exactly(uint32_t step, uint32_t parameter) const {
  bool any = false;
  known_[{'p', step, parameter}] = false;
  for (uint32_t from = 0; from < procedure_.steps.size(); ++from) {
    for (const Way& way : ways_from(procedure_.steps[from])) {
      if (way.target->index != step || parameter >= way.target->arguments.size() || hands_back(way, from, step, parameter)) continue;
      if (!exact(way.target->arguments[parameter], from)) return false;
      any = true;
    }
  }
  return any;
}

// "KES {amount.decimal.text}": what touches the amount must not make another number of it.
bool Amount::joined(const Expr& e, uint32_t step) const {
  auto apart = [](const Expr& neighbour, bool before) {
    if (neighbour.kind != ExprKind::constant || neighbour.constant.text.empty()) return false;
    char c = before ? neighbour.constant.text.back() : neighbour.constant.text.front();
    return std::string_view("0123456789.,+-eE").find(c) == std::string_view::npos;
  };
  for (size_t i = 0; i < e.operands.size(); ++i) {
    if (!exact(e.operands[i], step)) continue;
    if ((i == 0 || apart(e.operands[i - 1], true)) && (i + 1 == e.operands.size() || apart(e.operands[i + 1], false))) return true;
  }
  return false;
}

// A number made of the amount that is another one: a product, or a count of units taken for an amount again.
bool computed(const Expr& e, const std::vector<Let>& lets) {
  if (e.kind != ExprKind::call || e.operands.empty()) return false;
  const BuiltinRow* row = builtin(e.index);
  bool arithmetic = row->calling == Calling::operation && (row->name == "add" || row->name == "subtract" || row->name == "multiply" || row->name == "divide");
  bool renamed = is_call(e, {BuiltinIds::integer_in, BuiltinIds::integer_minor_in, BuiltinIds::decimal_in});
  return (arithmetic || renamed) && std::any_of(e.operands.begin(), e.operands.end(), [&](const Expr& part) { return of_amount(part, lets); });
}

// What a name of the step stands for, so that two ways to write one value compare equal.
const Expr& meant(const Expr& e, const std::vector<Let>& lets) {
  const Expr* at = &e;
  for (size_t i = 0; i <= lets.size() && at->kind == ExprKind::let && at->index < lets.size(); ++i) at = &lets[at->index].value;
  return *at;
}

bool priced_by(const SendPlace& place, const Expr& e) {
  return place.send->priced && meant(place.send->priced->value, *place.lets).origin == meant(e, *place.lets).origin;
}

bool sends_amount(const SendPlace& place, const Amount& amount, uint32_t step) {
  if (place.send->priced || place.send->poisoned) return true;
  bool found = false;
  message_values(place, [&](const Expr& value, std::string_view) {
    found = found || value.poisoned() || amount.carries(value, step);
    with_lets(value, *place.lets, [&](const Expr& e) { found = found || computed(e, *place.lets); });  // told as another amount
  });
  return found;
}

}  // namespace tollgate::hir
