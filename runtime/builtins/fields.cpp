// Pairs that are picked, and the fields of messages: what carriers sign.
#include <algorithm>
#include <vector>

#include "runtime/builtins/functions.h"
#include "runtime/codecs/json_text.h"
#include "runtime/value/codec.h"

namespace tollgate {
namespace {

using PairList = std::vector<std::pair<Value, Value>>;

PairList list_of(const Value& pairs) {
  PairList out;
  for (uint32_t i = 0; i < pairs.size; ++i) out.emplace_back(pairs.elements[2 * i], pairs.elements[2 * i + 1]);
  return out;
}

bool give_pairs(BuiltinContext& c, const PairList& list, Value& out) {
  Value* elements = c.arena().array<Value>(2 * list.size());
  if (elements == nullptr) return c.out_of_memory();
  for (size_t i = 0; i < list.size(); ++i) {
    elements[2 * i] = list[i].first;
    elements[2 * i + 1] = list[i].second;
  }
  return c.give(Value::pairs(elements, static_cast<uint32_t>(list.size())), out);
}

bool give_texts(BuiltinContext& c, const TextPairs& texts, Value& out) {
  PairList list;
  for (const auto& [name, value] : texts) {
    Value n, v;
    if (!c.give_text(name, n) || !c.give_text(value, v)) return false;
    list.emplace_back(n, v);
  }
  return give_pairs(c, list, out);
}

bool give_texts(BuiltinContext& c, const std::optional<TextPairs>& texts, Value& out) {
  return texts ? give_texts(c, *texts, out) : c.give_missing(out);
}

// "a,b" without blanks around the names.
std::vector<std::string_view> names_in(std::string_view list) {
  std::vector<std::string_view> out;
  while (!list.empty()) {
    const size_t comma = list.find(',');
    std::string_view name = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (!name.empty()) out.push_back(name);
  }
  return out;
}

bool holds(const std::vector<std::string_view>& names, std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); }

// Text that `change` makes of each, with the labels of what it was made from.
template <class Change>
bool give_changed(BuiltinContext& c, const Value& from, Change change, Value& out) {
  Value made;
  if (!c.give_text(change(from.view()), made)) return false;
  made.labels = from.labels;
  return c.give(made, out);
}

bool is_form(std::string_view content_type) { return content_type.starts_with("application/x-www-form-urlencoded"); }
bool is_json(std::string_view content_type) { return content_type.substr(0, content_type.find(';')).ends_with("json"); }

// Nullopt when a part cannot be read. An empty body has no fields whatever its type.
std::optional<TextPairs> fields_of(std::string_view query, std::string_view content_type, std::string_view body) {
  auto all = flat_form(query);
  auto more = body.empty() ? TextPairs() : is_form(content_type) ? flat_form(body) : is_json(content_type) ? flat_json(body) : TextPairs();
  if (!all || !more) return std::nullopt;
  all->insert(all->end(), more->begin(), more->end());
  return all;
}

}  // namespace

TG_RUN(pairs_only) {
  const PairList all = list_of(a[0]);
  PairList picked;
  for (std::string_view name : names_in(a[1].view()))
    for (const auto& pair : all)
      if (pair.first.view() == name) picked.push_back(pair);
  return give_pairs(c, picked, out);
}

TG_RUN(pairs_except) {
  PairList all = list_of(a[0]);
  const auto names = names_in(a[1].view());
  std::erase_if(all, [&](const auto& pair) { return holds(names, pair.first.view()); });
  return give_pairs(c, all, out);
}

TG_RUN(pairs_with) {
  PairList all = list_of(a[0]);
  Value value;
  if (!c.give_text(Octets(a[2]).view(), value)) return false;
  value.labels = a[2].labels;
  Value name = Value::text(a[1].view(), a[1].labels);
  all.emplace_back(name, value);
  return give_pairs(c, all, out);
}

TG_RUN(pairs_get) {
  for (uint32_t i = 0; i < a[0].size; ++i)
    if (a[0].elements[2 * i].view() == a[1].view()) return c.give(a[0].elements[2 * i + 1], out);
  return c.give_missing(out);
}

TG_RUN(pairs_filled) {
  PairList all = list_of(a[0]);
  std::erase_if(all, [](const auto& pair) { return pair.second.size == 0; });
  return give_pairs(c, all, out);
}

TG_RUN(pairs_percent) {
  PairList all = list_of(a[0]);
  for (auto& [name, value] : all)
    if (!give_changed(c, name, encode_percent, name) || !give_changed(c, value, encode_percent, value)) return false;
  return give_pairs(c, all, out);
}

TG_RUN(pairs_lower_names) {
  PairList all = list_of(a[0]);
  const auto lower = [](std::string_view name) {
    std::string changed(name);
    for (char& ch : changed)
      if (ch >= 'A' && ch <= 'Z') ch = static_cast<char>(ch + 'a' - 'A');
    return changed;
  };
  for (auto& [name, value] : all)
    if (!give_changed(c, name, lower, name)) return false;
  return give_pairs(c, all, out);
}

TG_RUN(pairs_replace) {
  PairList all = list_of(a[0]);
  for (auto& [name, value] : all) {
    const Value window[] = {value, a[1], a[2]};
    const Labels labels = value.labels;
    if (!run_text_replace(c, window, 3, value)) return false;
    value.labels = labels;
  }
  return give_pairs(c, all, out);
}

TG_RUN(pairs_sorted_pairs) {
  PairList all = list_of(a[0]);
  std::stable_sort(all.begin(), all.end(), [](const auto& x, const auto& y) {
    const int order = x.first.view().compare(y.first.view());
    return order != 0 ? order < 0 : x.second.view() < y.second.view();
  });
  return give_pairs(c, all, out);
}

TG_RUN(pairs_lines) {
  std::string joined;
  for (uint32_t i = 0; i < a[0].size && joined.size() <= Arena::kArenaMax; ++i) {
    joined += a[0].elements[2 * i].view();
    joined += a[1].view();
    joined += a[0].elements[2 * i + 1].view();
    joined += a[2].view();
  }
  return joined.size() > Arena::kArenaMax ? c.out_of_memory() : c.give_text(joined, out);
}

TG_RUN(pairs_length) { return c.give(Value::number(a[0].size), out); }

TG_RUN(json_fields) { return give_texts(c, flat_json(Octets(a[0]).view()), out); }
TG_RUN(form_fields) { return give_texts(c, flat_form(Octets(a[0]).view()), out); }
TG_RUN(received_fields) { return give_texts(c, fields_of(a[0].view(), a[1].view(), Octets(a[2]).view()), out); }
TG_RUN(message_fields) {
  const auto fields = fields_of(a[0].view(), a[1].view(), Octets(a[2]).view());
  return give_texts(c, fields ? *fields : TextPairs(), out);
}

}  // namespace tollgate
