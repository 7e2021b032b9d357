// POST /v1/settlements: rows of what a carrier says it took, from its settlement file or portal. Each is matched by our reference and may end a doubt.
#include <nlohmann/json.hpp>

#include <array>
#include <memory>

#include "runtime/api/rest.h"
#include "runtime/api/rest_call.h"
#include "runtime/observe/json_writer.h"
#include "runtime/value/decimal.h"

namespace tollgate {

namespace {

using nlohmann::json;

constexpr size_t kRowsMax = 1000, kWordMax = 256;

std::optional<std::string> word(const json& from, const char* name, bool needed) {
  if (!from.contains(name)) return needed ? std::nullopt : std::optional<std::string>("");
  if (!from[name].is_string()) return std::nullopt;
  auto text = from[name].get<std::string>();
  if (text.size() > kWordMax || (needed && text.empty())) return std::nullopt;
  return text;
}

// {"reference": …, "paid": true, "amount": {"value": "100.00", "currency": "KES"}, "carrier_ref": …}
std::optional<SettlementRow> read_row(const json& from) {
  if (!from.is_object() || !from.contains("paid") || !from["paid"].is_boolean()) return std::nullopt;
  const auto reference = word(from, "reference", true), carrier_ref = word(from, "carrier_ref", false);
  if (!reference || !carrier_ref) return std::nullopt;
  SettlementRow row;
  row.reference = *reference;
  row.carrier_ref = *carrier_ref;
  row.paid = from["paid"].get<bool>();
  if (!row.paid) return row;
  if (!from.contains("amount") || !from["amount"].is_object()) return std::nullopt;
  const auto value = word(from["amount"], "value", true), currency = word(from["amount"], "currency", true);
  const std::optional<Decimal> amount = value ? parse_decimal(*value) : std::nullopt;
  if (!amount || !currency) return std::nullopt;
  row.amount = amount->coefficient;
  row.scale = amount->scale;
  row.currency = *currency;
  return row;
}

std::optional<std::vector<SettlementRow>> read_rows(std::string_view body, const std::string& tenant) {
  const json given = json::parse(body.begin(), body.end(), nullptr, false);
  if (!given.is_object() || !given.contains("rows") || !given["rows"].is_array()) return std::nullopt;
  const auto carrier = word(given, "carrier", true), source = word(given, "source", true);
  if (!carrier || !source || given["rows"].empty() || given["rows"].size() > kRowsMax) return std::nullopt;
  std::vector<SettlementRow> out;
  for (const json& one : given["rows"]) {
    std::optional<SettlementRow> row = read_row(one);
    if (!row) return std::nullopt;
    row->tenant = tenant;
    row->carrier = *carrier;
    row->source = *source;
    out.push_back(std::move(*row));
  }
  return out;
}

std::string_view verdict_name(SettlementVerdict verdict) {
  constexpr std::array<std::string_view, 6> names = {"settled", "agrees", "contradicts", "unmatched", "unclear", "unavailable"};
  return names[static_cast<size_t>(verdict)];
}

struct Progress {
  std::vector<SettlementRow> rows;
  std::vector<SettlementVerdict> verdicts;
  size_t left = 0;
};

}  // namespace

void Rest::settlements(const Call& call) {
  if (phase_ != Phase::ready || !desk_.settle) return call.refuse(503, "not_ready", "the runtime takes nothing now");
  if (!call.json_given()) return;
  auto rows = read_rows(call.request.body, call.tenant->name);
  if (!rows) {
    return call.refuse(400, "body_invalid", "the body is {carrier, source, rows: [{reference, paid, amount: {value, currency}, carrier_ref}]}, 1 to 1000 rows; amount where paid is true");
  }
  auto progress = std::make_shared<Progress>();
  progress->rows = std::move(*rows);
  progress->verdicts.assign(progress->rows.size(), SettlementVerdict::unavailable);
  progress->left = progress->rows.size();
  for (size_t i = 0; i < progress->rows.size(); ++i) {
    desk_.settle(progress->rows[i], [call, progress, i](SettlementVerdict verdict) {
      progress->verdicts[i] = verdict;
      if (--progress->left > 0) return;
      JsonWriter w;
      w.begin().begin_list("rows");
      for (size_t r = 0; r < progress->rows.size(); ++r) w.begin().text("reference", progress->rows[r].reference).text("verdict", verdict_name(progress->verdicts[r])).end();
      w.end_list().end();
      call.answer(json_response(200, w.take()));
    });
  }
}

}  // namespace tollgate
