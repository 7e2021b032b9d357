// The API in the words of OpenAPI 3.1: paths from routes.def, states from states.def, schemas as procedure_json.cpp writes them. A test holds real answers of a node
// against these schemas, and they allow no member that is not named: whoever adds one to an answer adds it here.
#include <nlohmann/json.hpp>

#include "runtime/api/rest.h"
#include "runtime/api/routes.h"
#include "runtime/api/submit_body.h"
#include "runtime/ports/records.h"

namespace tollgate {
namespace {

using Json = nlohmann::ordered_json;

Json ref(std::string_view schema) { return {{"$ref", "#/components/schemas/" + std::string(schema)}}; }
Json text(const char* about) { return {{"type", "string"}, {"description", about}}; }
Json whole(const char* about) { return {{"type", "integer"}, {"minimum", 0}, {"description", about}}; }
Json instant(const char* about) { return {{"type", "string"}, {"format", "date-time"}, {"description", about}}; }
Json id_schema() { return {{"type", "string"}, {"pattern", "^[0-9a-f]{32}$"}}; }
Json list_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

// An object that has no other members; those not among `required` may be missing.
Json object(const char* about, Json required, Json properties) {
  return {{"type", "object"}, {"description", about}, {"required", std::move(required)}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

Json states() {
  Json names = Json::array();
#define TG_STATE(name, terminal, open, sentence) names.push_back(#name);
#include "runtime/ports/states.def"
#undef TG_STATE
  return {{"type", "string"}, {"enum", names}};
}

Json procedure_properties() {
  return {{"id", id_schema()},
          {"idempotency_key", text("The key under which it was asked for.")},
          {"carrier", text("The carrier's name.")},
          {"action", text("The procedure of the carrier's file.")},
          {"state", ref("State")},
          {"settled", {{"type", "boolean"}, {"description", "Nothing more happens by itself: ended, or in a person's queue."}}},
          {"in_doubt", {{"type", "boolean"}, {"description", "Money may have moved, and no proof says so yet."}}},
          {"amount", ref("Money")},
          {"outcome", ref("Outcome")},
          {"user", ref("Prompt")},
          {"version", whole("Counts the changes of this procedure.")},
          {"created", instant("When it was accepted.")},
          {"changed", instant("Its last change.")},
          {"deadline", instant("When its present wait ends.")}};
}

Json procedure_required() { return Json::array({"id", "idempotency_key", "carrier", "action", "state", "settled", "in_doubt", "version", "created", "changed"}); }

Json whole_procedure() {
  Json properties = procedure_properties(), required = procedure_required();
  properties["timeline"] = list_of(ref("Event"));
  properties["attempts"] = list_of(ref("Attempt"));
  properties["ledger"] = list_of(ref("Posting"));
  for (const char* name : {"timeline", "attempts", "ledger"}) required.push_back(name);
  return object("A procedure with all that happened to it.", required, properties);
}

Json money() {
  return object("An amount of one currency.", {"value", "currency"},
                {{"value", {{"type", "string"}, {"pattern", "^-?[0-9]+(\\.[0-9]+)?$"}, {"description", "A decimal number as text, so that nothing rounds it."}}},
                 {"currency", {{"type", "string"}, {"pattern", "^[A-Z]{3}$"}, {"description", "ISO 4217."}}}});
}

Json schemas() {
  Json all = Json::object();
  all["Money"] = money();
  all["State"] = states();
  all["Outcome"] = object("How it ended, as the carrier proved it.", {"class"},
                          {{"class", {{"type", "string"}, {"enum", {"succeeded", "declined", "failed"}}}},
                           {"reason", text("Of the language's reasons: insufficient_funds.")},
                           {"carrier_ref", text("The carrier's own name of the payment.")},
                           {"paid", ref("Money")},
                           {"carrier_code", text("The carrier's code, as it came.")},
                           {"pause_ms", whole("How long the carrier asks to be left alone.")}});
  all["Prompt"] = object("What the user must do now.", Json::array(),
                         {{"shown", list_of(object("A place to go to, or words to read.", Json::array(), {{"url", text("Where the user must go.")}, {"text", text("What the user must be told.")}}))},
                          {"inputs", list_of(object("What the user must type.", {"name"}, {{"name", text("The name to hand it in by.")}}))}});
  all["Input"] = object("What the user typed.", {"name", "value"}, {{"name", text("As `user.inputs` has it.")}, {"value", text("1 to 1024 bytes; repeated nowhere.")}});
  all["Settlement"] = object("What a carrier says it took.", {"carrier", "source", "rows"},
                             {{"carrier", text("The carrier's name.")},
                              {"source", text("Where the rows are from: file of 2026-11-25.")},
                              {"rows", list_of(object("One row.", {"reference", "paid"},
                                                      {{"reference", text("Ours.")}, {"paid", {{"type", "boolean"}}}, {"amount", ref("Money")}, {"carrier_ref", text("The carrier's own name of it.")}}))}});
  all["SettlementVerdicts"] = object("What became of the rows.", {"rows"},
                                     {{"rows", list_of(object("One row.", {"reference", "verdict"},
                                                              {{"reference", text("Ours.")},
                                                               {"verdict", {{"type", "string"}, {"enum", {"settled", "agrees", "contradicts", "unmatched", "unclear", "unavailable"}}}}}))}});
  all["Procedure"] = object("What one tenant asked one carrier for.", procedure_required(), procedure_properties());
  all["Event"] = object("One line of the timeline.", {"at", "version", "kind"},
                        {{"at", instant("When.")}, {"version", whole("Of the procedure, after it.")}, {"kind", text("sent, reply, callback, enquiry, doubt …")}, {"detail", {{"type", "object"}}}});
  all["Attempt"] = object("One reference under which the carrier was asked.", {"number", "reference", "transmissions"},
                          {{"number", whole("From 1.")},
                           {"reference", text("Ours; the carrier knows it.")},
                           {"transmissions", whole("How often its request left.")},
                           {"carrier_ref", text("The carrier's own name of it.")},
                           {"evidence", text("What settled it: reply, callback, enquiry …")},
                           {"first_sent", instant("First transmission.")},
                           {"last_sent", instant("Last transmission.")},
                           {"closed", instant("When it was settled.")}});
  all["Posting"] = object("One entry of the ledger; those of one attempt sum to zero.", {"attempt", "account", "value", "currency", "at"},
                          {{"attempt", whole("Of which attempt.")}, {"account", text("user, or carrier:NAME.")}, {"value", money()["properties"]["value"]}, {"currency", money()["properties"]["currency"]}, {"at", instant("When.")}});
  all["Case"] = object("Something that only a person may close.", {"procedure", "carrier", "kind", "opened", "state"},
                       {{"procedure", id_schema()}, {"carrier", text("The carrier's name.")}, {"kind", text("suspended, contradiction, over_capture …")}, {"opened", instant("When.")}, {"detail", {{"type", "object"}}}, {"state", ref("State")}});
  all["WholeProcedure"] = whole_procedure();
  all["ProcedurePage"] = object("A page of procedures.", {"procedures"}, {{"procedures", list_of(ref("Procedure"))}, {"next", id_schema()}});
  all["CasePage"] = object("A page of cases.", {"cases"}, {{"cases", list_of(ref("Case"))}, {"next", text("Pass it as `after`.")}});
  all["Error"] = object("Why a call was refused.", {"code", "message"},
                        {{"code", text("For programs; see errors.md.")}, {"message", text("For people: one line they can act on.")}, {"path", text("Where: arguments.amount, Idempotency-Key, wait.")}});
  Json arguments = {{"type", "object"}, {"description", "The procedure's arguments, nested by their dots: texts, whole numbers, true, false, and amounts."}, {"maxProperties", kArgumentsMax}};
  all["Submission"] = object("What is asked for.", {"carrier", "action", "arguments"},
                             {{"carrier", text("The carrier's name.")}, {"action", text("charge, or another procedure of its file.")}, {"arguments", arguments}});
  return all;
}

Json schema_of(std::string_view type) {
  if (type == "milliseconds") return {{"type", "integer"}, {"minimum", 0}};
  if (type == "page") return {{"type", "integer"}, {"minimum", 1}, {"maximum", kListedMax}};
  if (type == "state") return ref("State");
  if (type == "boolean") return {{"type", "boolean"}};
  if (type == "id") return id_schema();
  return type == "number" ? Json{{"type", "integer"}, {"minimum", 0}} : Json{{"type", "string"}};
}

Json parameters_of(const RouteRow& route) {
  Json parameters = Json::array();
  if (route.path.find("{id}") != route.path.npos) parameters.push_back({{"name", "id"}, {"in", "path"}, {"required", true}, {"schema", id_schema()}});
  for (const QueryRow& query : route_queries())
    if (query.route == route.route) parameters.push_back({{"name", query.name}, {"in", "query"}, {"description", query.sentence}, {"schema", schema_of(query.type)}});
  if (route.route == Route::submit) {
    parameters.push_back({{"name", "Idempotency-Key"}, {"in", "header"}, {"required", true}, {"description", "Names this purchase, for ever: 1 to 256 visible characters."},
                          {"schema", {{"type", "string"}, {"minLength", 1}, {"maxLength", kKeyBytesMax}, {"pattern", "^[!-~]+$"}}}});
  }
  return parameters;
}

Json answers_of(const RouteRow& route) {
  Json answers = Json::object();
  for (const AnswerRow& answer : route_answers()) {
    if (answer.route != route.route) continue;
    answers[std::to_string(answer.status)] = {{"description", answer.sentence}, {"content", {{"application/json", {{"schema", ref(answer.schema)}}}}}};
  }
  return answers;
}

Json operation_of(const RouteRow& route) {
  Json operation = {{"operationId", route.name}, {"description", route.sentence}, {"parameters", parameters_of(route)}};
  const std::string_view taken = route.route == Route::submit ? "Submission" : route.route == Route::input ? "Input" : route.route == Route::settlements ? "Settlement" : "";
  if (!taken.empty()) operation["requestBody"] = {{"required", true}, {"content", {{"application/json", {{"schema", ref(taken)}}}}}};
  operation["responses"] = answers_of(route);
  return operation;
}

}  // namespace

std::string openapi_json() {
  Json paths = Json::object();
  for (const RouteRow& route : routes()) {
    std::string method(route.method);
    for (char& c : method) c = static_cast<char>(c + ('a' - 'A'));
    paths[std::string(route.path)][method] = operation_of(route);
  }
  const Json description = {
      {"openapi", "3.1.0"},
      {"info", {{"title", "Tollgate"}, {"version", "1"}, {"description", "Charges users of mobile carriers, and never twice. A call that got no answer is made again with the same key."}}},
      {"security", {{{"tenant", Json::array()}}}},
      {"paths", paths},
      {"components", {{"securitySchemes", {{"tenant", {{"type", "http"}, {"scheme", "bearer"}}}}}, {"schemas", schemas()}}}};
  return description.dump(2) + "\n";
}

}  // namespace tollgate
