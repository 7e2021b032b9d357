// Breaks if the API's description is no OpenAPI, is not what docs/reference/openapi.json says, or refers to what is not there. tests/e2e holds real answers against it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <set>

#include "runtime/api/procedure_json.h"
#include "runtime/api/routes.h"
#include "tests/e2e/json_schema.h"
#include "tests/unit/source_dir.h"

using namespace tollgate;
using nlohmann::json;

namespace {

void collect_refs(const json& value, std::set<std::string>& refs) {
  if (value.is_object() && value.contains("$ref")) refs.insert(value["$ref"].get<std::string>());
  if (value.is_structured())
    for (const json& member : value) collect_refs(member, refs);
}

}  // namespace

TEST_CASE("the checked-in description is the generated one") {
  std::ifstream in(std::string(tollgate::test::source_dir()) + "/docs/reference/openapi.json");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  INFO("out of date: run the target docs-update and look at the difference");
  CHECK((page == openapi_json()));
}

TEST_CASE("the description is OpenAPI 3.1 in itself") {
  const json api = json::parse(openapi_json());
  CHECK(api["openapi"] == "3.1.0");
  CHECK(api["info"].contains("title"));
  CHECK(api["info"].contains("version"));
  REQUIRE(api["security"].is_array());
  CHECK(api["security"][0].contains("tenant"));
  CHECK(api["components"]["securitySchemes"]["tenant"]["scheme"] == "bearer");
  std::set<std::string> operations, refs, used;
  for (const auto& [path, methods] : api["paths"].items()) {
    CHECK(path.starts_with('/'));
    for (const auto& [method, operation] : methods.items()) {
      INFO(method << " " << path);
      CHECK((method == "get" || method == "post"));
      CHECK(operations.insert(operation["operationId"]).second);
      CHECK(!operation["responses"].empty());
      bool id_declared = false;
      for (const json& parameter : operation["parameters"]) {
        CHECK((parameter.contains("name") && parameter.contains("in") && parameter.contains("schema")));
        if (parameter["in"] == "path") id_declared = parameter["required"] == true && parameter["name"] == "id";
      }
      CHECK(id_declared == (path.find("{id}") != path.npos));
      for (const auto& [status, response] : operation["responses"].items()) {
        CHECK(status.size() == 3);
        CHECK(response.contains("description"));
        CHECK(response["content"]["application/json"]["schema"].contains("$ref"));
      }
    }
  }
  CHECK(operations.size() == routes().size());
  collect_refs(api, refs);
  for (const std::string& ref : refs) {
    INFO(ref);
    CHECK(api.contains(json::json_pointer(ref.substr(1))));
  }
  for (const auto& [name, schema] : api["components"]["schemas"].items()) {
    INFO(name);
    CHECK(refs.count("#/components/schemas/" + name) == 1);   // nothing that nobody uses
    CHECK((schema["type"] == "object" || schema["type"] == "string"));
    if (schema.contains("required"))
      for (const json& required : schema["required"]) CHECK(schema["properties"].contains(required.get<std::string>()));
  }
}

TEST_CASE("a procedure with everything in it is as described, and a member more is not") {
  const e2e::JsonSchema schema(json::parse(openapi_json()));
  ProcedureRecord r;
  r.idempotency_key = "k", r.carrier = "mtn_ug", r.action = "charge", r.currency = "UGX", r.amount = 500, r.version = 3, r.amount_scale = 2;
  r.created_us = r.changed_us = r.deadline_us = 1'780'000'000'000'000;
  r.state = State::succeeded;
  r.outcome.outcome = OutcomeClass::succeeded;
  r.outcome.reason = "x", r.outcome.carrier_ref = "C1", r.outcome.code = "7", r.outcome.pause_ms = 5, r.outcome.paid = 500;
  AttemptRecord attempt;
  attempt.number = 1, attempt.reference = "R", attempt.carrier_ref = "C1", attempt.evidence = "reply";
  attempt.first_sent_us = attempt.last_sent_us = attempt.closed_us = r.created_us;
  LedgerRecord posting;
  posting.attempt = 1, posting.account = "user", posting.amount = -500, posting.scale = 2, posting.currency = "UGX", posting.at_us = r.created_us;
  json whole = json::parse(whole_procedure_json(r, {{r.id, 1, 0, r.created_us, "accepted", "{\"a\":1}"}}, {attempt}, {posting}));
  CHECK(schema.trouble("WholeProcedure", whole) == "");
  CHECK(schema.trouble("Procedure", json::parse(procedure_json(r))) == "");
  CHECK(schema.trouble("Error", json::parse(error_json("busy", "later", "x"))) == "");
  whole["attempts"][0]["colour"] = "red";
  CHECK(schema.trouble("WholeProcedure", whole).find("colour") != std::string::npos);
  whole["attempts"][0].erase("colour");
  whole["amount"]["value"] = 5;
  CHECK(schema.trouble("WholeProcedure", whole) == "WholeProcedure.amount.value is no string");
  CHECK(schema.trouble("State", "paid") != "");
}
