// What a user typed, handed in by the merchant: POST /v1/procedures/{id}/input. The value is never repeated in an answer, a log or a timeline.
#include <nlohmann/json.hpp>

#include "runtime/api/procedure_json.h"
#include "runtime/api/rest.h"
#include "runtime/api/rest_call.h"

namespace tollgate {

namespace {

constexpr size_t kInputBytesMax = 1024;

struct GivenInput { std::string name, value; };

// {"name": "pin", "value": "1234"}; nothing else.
std::optional<GivenInput> read_input(std::string_view body) {
  const nlohmann::json given = nlohmann::json::parse(body.begin(), body.end(), nullptr, false);
  if (!given.is_object() || given.size() != 2 || !given.contains("name") || !given.contains("value")) return std::nullopt;
  if (!given["name"].is_string() || !given["value"].is_string()) return std::nullopt;
  GivenInput out{given["name"].get<std::string>(), given["value"].get<std::string>()};
  if (out.name.empty() || out.value.empty() || out.name.size() > kInputBytesMax || out.value.size() > kInputBytesMax) return std::nullopt;
  return out;
}

}  // namespace

void Rest::input(const Call& call, std::string_view id_text) {
  if (phase_ != Phase::ready || !desk_.supply) return call.refuse(503, "not_ready", "the runtime takes nothing now");
  const auto id = parse_procedure_id(id_text);
  if (!id) return call.refuse(404, "not_found", "there is no such procedure", "id");
  const auto record = store_.procedure(*id);
  if (!record.ok()) return call.refuse(503, "store_unavailable", "the store cannot be read");
  if (!record->has_value() || (*record)->tenant != call.tenant->name) return call.refuse(404, "not_found", "there is no such procedure", "id");
  if (!call.json_given()) return;
  const std::optional<GivenInput> given = read_input(call.request.body);
  if (!given) return call.refuse(400, "body_invalid", R"(the body is {"name": …, "value": …}, two texts of 1 to 1024 bytes)");
  desk_.supply(*id, given->name, given->value, [this, call, id = *id](SupplyResult result) {
    if (result.kind == SupplyResult::Kind::not_awaited) return call.refuse(409, result.error.code, result.error.message, "name");
    if (result.kind == SupplyResult::Kind::invalid) return call.refuse(422, result.error.code, result.error.message, "value");
    const auto now = store_.procedure(id);
    if (!now.ok() || !now->has_value()) return call.refuse(503, "store_unavailable", "it was taken; the store cannot be read");
    call.answer(json_response(200, procedure_json(**now, prompt_of(id))));
  });
}

Prompt Rest::prompt_of(const ProcedureId& id) const { return desk_.prompt ? desk_.prompt(id) : Prompt{}; }

}  // namespace tollgate
