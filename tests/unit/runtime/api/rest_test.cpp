// Breaks if a tenant could see another's procedures, a key could name two purchases, a mistake is told without its place, or a user's number
// comes back in an answer.
#include "runtime/api/rest.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "runtime/api/digest.h"
#include "runtime/api/procedure_json.h"
#include "runtime/api/query.h"
#include "runtime/api/submit_body.h"
#include "runtime/ports/fakes.h"

using namespace tollgate;
using nlohmann::json;

namespace {

const std::string kGood =
    R"({"carrier":"mtn_ug","action":"charge","arguments":{"user":{"msisdn":"256770000001"},"amount":{"value":"5000","currency":"UGX"},"order":{"id":"o1"}}})";

// A desk that keeps procedures in memory and settles them when told.
struct World {
  std::unique_ptr<Loop> loop = std::move(Loop::create()).value();
  MemoryStore store;
  Metrics metrics;
  std::vector<Command> commands;
  std::vector<Inbound> inbound;
  std::function<SubmitResult(const Command&)> decide;
  std::map<ProcedureId, std::function<void(const ProcedureRecord&)>> waiting;
  std::vector<std::pair<std::string, std::string>> typed;
  SupplyResult supplied;
  std::string trouble;
  Answer refused{401, "text/plain", "no", {}, {}};
  Prompt prompt;
  std::vector<SettlementRow> rows;
  ProcedureRecord last;
  Rest rest{*loop, store, metrics, desk(), {{{"shop", sha256("shop-token-0123456789")}, {"web", sha256("web-token-0123456789")}}, 5000}};

  World() { rest.enter(Rest::Phase::ready); }

  Desk desk() {
    Desk d;
    d.submit = [this](Command command, std::function<void(SubmitResult)> done) {
      commands.push_back(command);
      done(decide ? decide(command) : accept(command));
    };
    d.when_settled = [this](const ProcedureId& id, std::function<void(const ProcedureRecord&)> done) { waiting[id] = std::move(done); };
    d.supply = [this](const ProcedureId&, const std::string& name, const std::string& value, std::function<void(SupplyResult)> done) {
      typed.emplace_back(name, value);
      done(supplied);
    };
    d.prompt = [this](const ProcedureId&) { return prompt; };
    d.trouble = [this] { return trouble; };
    d.settle = [this](SettlementRow row, std::function<void(SettlementVerdict)> done) {
      rows.push_back(std::move(row));
      done(rows.size() == 1 ? SettlementVerdict::settled : SettlementVerdict::unmatched);
    };
    d.on_callback = [this](Inbound message, std::function<void(Answer)> done) {
      inbound.push_back(std::move(message));
      done(refused);
    };
    return d;
  }

  SubmitResult accept(const Command& command) {
    SubmitResult result;
    result.kind = SubmitResult::Kind::accepted;
    ProcedureRecord& r = result.procedure;
    r.id[0] = 1;
    r.id[15] = static_cast<uint8_t>(commands.size());
    r.tenant = command.tenant;
    r.idempotency_key = command.idempotency_key;
    r.body_hash = command.body_hash;
    r.carrier = command.carrier;
    r.action = command.action;
    r.amount = 5000;
    r.currency = "UGX";
    r.version = 1;
    Commit commit;
    commit.procedures.push_back({r, 0});
    commit.events.push_back({r.id, 1, 0, 1'780'000'000'000'000, "accepted", R"({"carrier":"mtn_ug"})"});
    commit.cases.push_back({r.id, "suspended", "{}", 5});
    store.submit(std::move(commit), [&](const CommitResult& done) {
      if (done.kind != CommitResult::Kind::duplicate_key) return;
      result.kind = done.existing.body_hash == r.body_hash ? SubmitResult::Kind::existing : SubmitResult::Kind::conflict;
      result.procedure = done.existing;
    });
    store.poll();
    last = result.procedure;
    return result;
  }

  // Sends, and returns the answer if there is one at once.
  std::optional<HttpResponse> answer;
  std::vector<std::pair<std::string, std::string>> further;   // headers of the next calls
  const HttpResponse& call(const std::string& method, const std::string& target, const std::string& body = "", const std::string& token = "shop-token-0123456789",
                           const std::string& key = "k1") {
    HttpRequest request;
    request.method = method;
    const size_t question = target.find('?');
    request.path = target.substr(0, question);
    if (question != target.npos) request.query = target.substr(question + 1);
    request.body = body;
    if (!token.empty()) request.headers.emplace_back("authorization", "Bearer " + token);
    if (!key.empty()) request.headers.emplace_back("idempotency-key", key);
    if (!body.empty()) request.headers.emplace_back("content-type", "application/json");
    for (const auto& header : further) request.headers.push_back(header);
    answer.reset();
    rest.handle(std::move(request), [this](HttpResponse response) { answer = std::move(response); });
    static const HttpResponse none{0, "", "", {}};
    return answer ? *answer : none;
  }
  const HttpResponse& post(const std::string& body, const std::string& key = "k1") { return call("POST", "/v1/procedures", body, "shop-token-0123456789", key); }
};

std::string code_of(const HttpResponse& response) { return json::parse(response.body)["code"]; }
std::string path_of(const HttpResponse& response) { return json::parse(response.body).value("path", ""); }

}  // namespace

TEST_CASE("a charge is accepted with dotted arguments, and shown without the user's number") {
  World w;
  const HttpResponse response = w.post(kGood);
  CHECK(response.status == 202);
  REQUIRE(w.commands.size() == 1);
  CHECK(w.commands[0].tenant == "shop");
  CHECK(w.commands[0].idempotency_key == "k1");
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(w.commands[0].arguments == Pairs{{"amount", "5000"}, {"amount.currency", "UGX"}, {"order.id", "o1"}, {"user.msisdn", "256770000001"}});
  const json shown = json::parse(response.body);
  CHECK(shown["state"] == "accepted");
  CHECK(shown["amount"]["value"] == "5000");
  CHECK(response.body.find("256770000001") == std::string::npos);
  const HttpResponse whole = w.call("GET", "/v1/procedures/" + shown["id"].get<std::string>());
  CHECK(whole.status == 200);
  CHECK(json::parse(whole.body)["timeline"][0]["kind"] == "accepted");
  CHECK(json::parse(whole.body)["attempts"].is_array());
  CHECK(json::parse(whole.body)["ledger"].is_array());
}

TEST_CASE("one key, one purchase: the same meaning gives the same procedure, another meaning is refused") {
  World w;
  const std::string id = json::parse(w.post(kGood).body)["id"];
  const std::string same =
      R"( {"arguments":{"order":{"id":"o1"},"amount":{"currency":"UGX","value":"5000"},"user":{"msisdn":"256770000001"}}, "action":"charge", "carrier":"mtn_ug"} )";
  const HttpResponse again = w.post(same);
  CHECK(again.status == 200);
  CHECK(json::parse(again.body)["id"] == id);
  std::string other = kGood;
  other.replace(other.find("5000"), 4, "5001");
  const HttpResponse conflict = w.post(other);
  CHECK(conflict.status == 409);
  CHECK(code_of(conflict) == "key_reused");
  CHECK(w.post(other, "k2").status == 202);
}

TEST_CASE("without a good token there is nothing") {
  World w;
  for (const char* token : {"", "wrong", "shop-token-012345678", "shop-token-01234567890"}) {
    const HttpResponse response = w.call("POST", "/v1/procedures", kGood, token);
    CHECK(response.status == 401);
    CHECK(code_of(response) == "unauthorized");
  }
  CHECK(w.call("GET", "/v1/whatever", "", "").status == 401);
  CHECK(w.commands.empty());
}

TEST_CASE("tenants do not see each other") {
  World w;
  const std::string id = json::parse(w.post(kGood).body)["id"];
  CHECK(w.call("GET", "/v1/procedures/" + id, "", "web-token-0123456789").status == 404);
  CHECK(json::parse(w.call("GET", "/v1/procedures", "", "web-token-0123456789").body)["procedures"].empty());
  CHECK(json::parse(w.call("GET", "/v1/cases", "", "web-token-0123456789").body)["cases"].empty());
  CHECK(json::parse(w.call("GET", "/v1/procedures").body)["procedures"].size() == 1);
  CHECK(json::parse(w.call("GET", "/v1/cases").body)["cases"].size() == 1);
  // The same key of another tenant is another purchase.
  CHECK(w.call("POST", "/v1/procedures", kGood, "web-token-0123456789").status == 202);
}

TEST_CASE("what the user must do is shown, and what the user typed is handed in and repeated nowhere") {
  World w;
  w.prompt = {{{true, "https://pay.example/p1"}, {false, "Type the PIN."}}, {"pin"}};
  const json shown = json::parse(w.post(kGood).body);
  CHECK(shown["user"]["shown"][0]["url"] == "https://pay.example/p1");
  CHECK(shown["user"]["shown"][1]["text"] == "Type the PIN.");
  CHECK(shown["user"]["inputs"][0]["name"] == "pin");
  const std::string path = "/v1/procedures/" + shown["id"].get<std::string>() + "/input";
  w.supplied.kind = SupplyResult::Kind::taken;
  const HttpResponse taken = w.call("POST", path, R"({"name":"pin","value":"1234"})");
  CHECK(taken.status == 200);
  CHECK(taken.body.find("1234") == std::string::npos);
  REQUIRE(w.typed.size() == 1);
  CHECK(w.typed[0] == std::make_pair(std::string("pin"), std::string("1234")));
  w.supplied = {SupplyResult::Kind::not_awaited, {"input_not_awaited", "nothing awaits it"}};
  CHECK(w.call("POST", path, R"({"name":"pin","value":"1234"})").status == 409);
  w.supplied = {SupplyResult::Kind::invalid, {"input_invalid", "cannot be read"}};
  CHECK(w.call("POST", path, R"({"name":"pin","value":"x"})").status == 422);
  for (const char* body : {"", "[]", R"({"name":"pin"})", R"({"name":"","value":"1"})", R"({"name":"pin","value":1})", R"({"name":"pin","value":"1","more":1})"}) {
    CHECK(w.call("POST", path, body).status == 400);
  }
  CHECK(w.typed.size() == 3);
  CHECK(w.call("POST", path, R"({"name":"pin","value":"1"})", "web-token-0123456789").status == 404);   // another tenant's
  CHECK(w.call("GET", path).status == 405);
}

TEST_CASE("settlement rows are matched one by one") {
  World w;
  const HttpResponse response = w.call("POST", "/v1/settlements",
      R"({"carrier":"mtn_ug","source":"file 1","rows":[{"reference":"r1","paid":true,"amount":{"value":"5000","currency":"UGX"},"carrier_ref":"c1"},{"reference":"r2","paid":false}]})");
  CHECK(response.status == 200);
  CHECK(json::parse(response.body)["rows"][0]["verdict"] == "settled");
  CHECK(json::parse(response.body)["rows"][1]["verdict"] == "unmatched");
  REQUIRE(w.rows.size() == 2);
  CHECK((w.rows[0].tenant == "shop" && w.rows[0].reference == "r1" && w.rows[0].amount == 5000 && w.rows[0].currency == "UGX" && !w.rows[1].paid));
  for (const char* body : {"", "{}", R"({"carrier":"x","source":"f","rows":[]})", R"({"carrier":"x","source":"f","rows":[{"reference":"r","paid":true}]})",
                           R"({"carrier":"x","source":"f","rows":[{"reference":"r","paid":"yes"}]})"}) {
    CHECK(w.call("POST", "/v1/settlements", body).status == 400);
  }
}

TEST_CASE("a purchase with two names is refused, whichever comes first") {
  World w;
  HttpRequest request;
  request.method = "POST";
  request.path = "/v1/procedures";
  request.body = kGood;
  request.headers = {{"authorization", "Bearer shop-token-0123456789"}, {"idempotency-key", "a"}, {"idempotency-key", "b"}};
  std::optional<HttpResponse> answer;
  w.rest.handle(std::move(request), [&](HttpResponse response) { answer = std::move(response); });
  REQUIRE(answer);
  CHECK(answer->status == 400);
  CHECK(path_of(*answer) == "Idempotency-Key");
}

TEST_CASE("mistakes in a call are told with their place") {
  World w;
  CHECK(path_of(w.post(kGood, "")) == "Idempotency-Key");
  CHECK(w.answer->status == 400);
  CHECK(w.post(kGood, std::string(257, 'k')).status == 400);
  CHECK(w.post(kGood, "with blank").status == 400);
  struct Row { const char* body; uint16_t status; const char* code; const char* path; };
  const Row rows[] = {
      {"", 400, "body_invalid", ""},
      {"{", 400, "body_invalid", ""},
      {"\xff", 400, "body_invalid", ""},
      {"[]", 400, "body_invalid", ""},
      {"5", 400, "body_invalid", ""},
      {"{}", 400, "body_invalid", "carrier"},
      {R"({"carrier":"a","action":"b"})", 400, "body_invalid", "arguments"},
      {R"({"carrier":"a","action":"b","arguments":5})", 400, "body_invalid", "arguments"},
      {R"({"carrier":{},"action":"b","arguments":{}})", 400, "body_invalid", "carrier"},
      {R"({"carrier":"a","carrier":"b","action":"b","arguments":{}})", 400, "body_invalid", "carrier"},
      {R"({"carrier":"a","action":"b","arguments":{"x":1},"more":1})", 400, "body_invalid", ""},
      {R"({"carrier":"a","action":"b","arguments":{"amount":{"value":5000.5,"currency":"UGX"}}})", 400, "body_invalid", "arguments.amount.value"},
      {R"({"carrier":"a","action":"b","arguments":{"x":[1]}})", 400, "body_invalid", "arguments.x"},
      {R"({"carrier":"a","action":"b","arguments":{"x":null}})", 400, "body_invalid", "arguments.x"},
      {R"({"carrier":"a","action":"b","arguments":{"x":"1","x":"2"}})", 400, "body_invalid", "arguments.x"},
      {R"({"carrier":"a","action":"b","arguments":{"x.y":"1"}})", 400, "body_invalid", "arguments"},
      {R"({"carrier":"a","action":"b","arguments":{"amount":{"value":"5"}}})", 422, "currency_missing", "arguments.amount.currency"},
      {R"({"carrier":"a","action":"b","arguments":{"amount":{"value":"5","currency":"ugx"}}})", 422, "currency_invalid", "arguments.amount.currency"},
      {R"({"carrier":"a","action":"b","arguments":{"a":{"b":{"c":{"d":{"e":"1"}}}}}})", 400, "body_invalid", "arguments.a.b.c.d"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    const HttpResponse response = w.post(row.body);
    CHECK(response.status == row.status);
    CHECK(code_of(response) == row.code);
    CHECK(path_of(response) == row.path);
  }
  CHECK(w.post(std::string(100'000, '[')).status == 400);
  std::string deep = R"({"carrier":"a","action":"b","arguments":)";
  for (int i = 0; i < 20'000; ++i) deep += "{\"a\":";
  CHECK(w.post(deep).status == 400);
  CHECK(w.commands.empty());
}

TEST_CASE("what the engine refuses has its status") {
  World w;
  const auto refuse = [&](SubmitResult::Kind kind, const char* code, const char* message) {
    w.decide = [=](const Command&) {
      SubmitResult result;
      result.kind = kind;
      result.error = {code, message};
      return result;
    };
    return w.post(kGood);
  };
  using K = SubmitResult::Kind;
  CHECK(refuse(K::refused, "carrier_unknown", "no carrier `x` is loaded").status == 404);
  CHECK(path_of(*w.answer) == "carrier");
  CHECK(refuse(K::refused, "action_unknown", "x").status == 404);
  CHECK(refuse(K::refused, "argument_invalid", "`user.msisdn` is not a number").status == 422);
  CHECK(path_of(*w.answer) == "arguments.user.msisdn");
  CHECK(refuse(K::refused, "currency_wrong", "`amount` is in another currency").status == 422);
  const HttpResponse busy = refuse(K::busy, "busy", "x");
  CHECK(busy.status == 429);
  CHECK(busy.headers == std::vector<std::pair<std::string, std::string>>{{"Retry-After", "1"}});
  const HttpResponse down = refuse(K::unavailable, "store_full", "the disk of /var/secret/path is full");
  CHECK(down.status == 503);
  CHECK(down.body.find("/var/secret/path") == std::string::npos);
}

TEST_CASE("wait answers when it is settled, or when the time is over") {
  World w;
  CHECK(w.call("POST", "/v1/procedures?wait=4000", kGood).status == 0);
  ProcedureRecord ended = w.last;
  ended.state = State::succeeded;
  ended.outcome.outcome = OutcomeClass::succeeded;
  ended.outcome.carrier_ref = "C1";
  ended.outcome.paid = 5000;
  w.waiting.at(w.last.id)(ended);
  REQUIRE(w.answer);
  CHECK(w.answer->status == 201);
  CHECK(json::parse(w.answer->body)["outcome"] == json{{"class", "succeeded"}, {"carrier_ref", "C1"}, {"paid", {{"value", "5000"}, {"currency", "UGX"}}}});

  CHECK(w.call("POST", "/v1/procedures?wait=20", kGood, "shop-token-0123456789", "k2").status == 0);
  for (int i = 0; i < 100 && !w.answer; ++i) w.loop->turn(10'000);
  REQUIRE(w.answer);
  CHECK(w.answer->status == 202);
  w.answer.reset();
  w.waiting.at(w.last.id)(ended);
  CHECK_FALSE(w.answer);

  CHECK(w.call("POST", "/v1/procedures?wait=5001", kGood).status == 400);
  CHECK(w.call("POST", "/v1/procedures?wait=", kGood).status == 400);
  CHECK(w.call("POST", "/v1/procedures?wiat=5", kGood).status == 400);
}

TEST_CASE("lists have filters and pages, and refuse what they do not know") {
  World w;
  for (int i = 0; i < 5; ++i) CHECK(w.post(kGood, "k" + std::to_string(i)).status == 202);
  const json first = json::parse(w.call("GET", "/v1/procedures?limit=3&carrier=mtn_ug&state=accepted").body);
  CHECK(first["procedures"].size() == 3);
  const json second = json::parse(w.call("GET", "/v1/procedures?limit=3&after=" + first["next"].get<std::string>()).body);
  CHECK(second["procedures"].size() == 2);
  CHECK_FALSE(second.contains("next"));
  CHECK(json::parse(w.call("GET", "/v1/procedures?in_doubt=true").body)["procedures"].empty());
  for (const char* query : {"limit=0", "limit=501", "limit=-1", "limit=x", "state=paid", "in_doubt=yes", "after=zz", "user=256770000001", "limit=1&limit=2", "carrier=%4"}) {
    CAPTURE(query);
    CHECK(w.call("GET", std::string("/v1/procedures?") + query).status == 400);
    CHECK(w.answer->body.find("256770000001") == std::string::npos);
  }
}

TEST_CASE("what the list of doubt lists says that it is in doubt") {
  World w;
  for (int i = 0; i < 3; ++i) CHECK(w.post(kGood, "k" + std::to_string(i)).status == 202);
  const State states[] = {State::waiting, State::in_doubt, State::suspended};
  for (int i = 0; i < 3; ++i) {
    ProcedureId id{};
    id[0] = 1;
    id[15] = static_cast<uint8_t>(i + 1);
    ProcedureRecord r = **w.store.procedure(id);
    r.state = states[i];
    r.version = 2;
    Commit commit;
    commit.procedures.push_back({r, 1});
    w.store.submit(std::move(commit), [](const CommitResult& done) { CHECK(done.kind == CommitResult::Kind::done); });
    w.store.poll();
    CHECK(json::parse(w.call("GET", "/v1/procedures/" + to_text(id)).body)["in_doubt"] == (i > 0));
  }
  const json listed = json::parse(w.call("GET", "/v1/procedures?in_doubt=true").body)["procedures"];
  REQUIRE(listed.size() == 2);
  for (const json& one : listed) CHECK(one["in_doubt"] == true);
  const json all = json::parse(w.call("GET", "/v1/procedures").body)["procedures"];
  for (const json& one : all) CHECK(one["in_doubt"] == (one["state"] != "waiting"));
}

TEST_CASE("a node that lacks what open procedures need takes no charge, says why to its operator, and lets carriers send again") {
  World w;
  w.rest.enter(Rest::Phase::incomplete, "2 open procedures wait: module 4f5f6ad92eb8 of mtn_ug is not loaded");
  CHECK(w.call("GET", "/readyz").status == 503);
  CHECK(w.answer->body == "not ready: 2 open procedures wait: module 4f5f6ad92eb8 of mtn_ug is not loaded\n");
  CHECK(w.call("GET", "/healthz").status == 200);
  CHECK(w.post(kGood).status == 503);
  CHECK(code_of(*w.answer) == "not_ready");
  CHECK(w.answer->body.find("4f5f6ad92eb8") == std::string::npos);
  CHECK(w.commands.empty());
  CHECK(w.call("GET", "/v1/procedures").status == 200);
  CHECK(w.call("POST", "/c/mtn_ug/paid/x/y", "{}").status == 503);   // the desk says 401
  CHECK(w.inbound.size() == 1);
}

TEST_CASE("cases come in pages, and another tenant's are not there") {
  World w;
  for (int i = 0; i < 5; ++i) CHECK(w.post(kGood, "k" + std::to_string(i)).status == 202);
  const json first = json::parse(w.call("GET", "/v1/cases?limit=3").body);
  REQUIRE(first["cases"].size() == 3);
  CHECK(first["cases"][0]["carrier"] == "mtn_ug");
  CHECK(first["cases"][0]["state"] == "accepted");
  const json second = json::parse(w.call("GET", "/v1/cases?limit=3&after=" + first["next"].get<std::string>()).body);
  CHECK(second["cases"].size() == 2);
  CHECK_FALSE(second.contains("next"));
  CHECK(json::parse(w.call("GET", "/v1/cases", "", "web-token-0123456789").body)["cases"].empty());
  for (const char* query : {"limit=0", "limit=501", "limit=-1", "after=x", "after=-1", "state=open"}) {
    CAPTURE(query);
    CHECK(w.call("GET", std::string("/v1/cases?") + query).status == 400);
  }
}

TEST_CASE("what the listener refuses by itself has the form of every other error") {
  for (uint16_t status : {400, 408, 413, 414, 417, 431, 501, 503, 505}) {
    const HttpResponse response = Rest::refusal(status);
    CHECK(response.status == status);
    CHECK(response.content_type == "application/json");
    CHECK(json::parse(response.body)["code"].get<std::string>().size() > 3);
  }
}

TEST_CASE("paths and methods that are not there") {
  World w;
  CHECK(w.call("GET", "/v1/nothing").status == 404);
  CHECK(w.call("DELETE", "/v1/procedures").status == 405);
  CHECK(w.call("POST", "/v1/cases").status == 405);
  CHECK(w.call("GET", "/v1/procedures/zz").status == 404);
  CHECK(w.call("GET", "/v1/procedures/" + std::string(32, '0')).status == 404);
  CHECK(w.call("GET", "/").status == 404);
  CHECK(w.call("POST", "/metrics").status == 405);
}

TEST_CASE("carriers' messages go to the engine as they came; operators' pages need no token") {
  World w;
  CHECK(w.call("POST", "/c/mtn_ug/x?y=1", "body", "").status == 401);
  REQUIRE(w.inbound.size() == 1);
  CHECK(w.inbound[0].path == "/c/mtn_ug/x");
  CHECK(w.inbound[0].query == "y=1");
  CHECK(w.inbound[0].body == "body");
  CHECK(w.call("GET", "/healthz", "", "").status == 200);
  CHECK(w.call("GET", "/readyz", "", "").status == 200);
  CHECK(w.call("GET", "/metrics", "", "").body.find("tollgate_answers_total{route=\"callback\",status=\"401\"} 1") != std::string::npos);
  w.rest.enter(Rest::Phase::draining);
  CHECK(w.call("GET", "/readyz", "", "").status == 503);
  CHECK(w.post(kGood).status == 503);
  CHECK(w.call("POST", "/c/mtn_ug/x", "body", "").status == 401);
  w.rest.enter(Rest::Phase::starting);
  CHECK(w.call("POST", "/c/mtn_ug/x", "body", "").status == 503);
}

TEST_CASE("a node that drains answers who waits with what is true, and holds nobody new") {
  World w;
  CHECK(w.call("POST", "/v1/procedures?wait=5000", kGood).status == 0);
  w.rest.enter(Rest::Phase::draining);
  REQUIRE(w.answer);
  CHECK(w.answer->status == 202);
  CHECK(json::parse(w.answer->body)["state"] == "accepted");
  REQUIRE(w.waiting.size() == 1);
  w.answer.reset();
  w.waiting.begin()->second(w.last);   // its end comes later: the call is answered already
  CHECK_FALSE(w.answer);
  w.rest.enter(Rest::Phase::ready);
  w.decide = [&](const Command& command) {   // the drain begins while the charge is being recorded
    w.rest.enter(Rest::Phase::draining);
    return w.accept(command);
  };
  CHECK(w.call("POST", "/v1/procedures?wait=5000", kGood, "shop-token-0123456789", "k2").status == 202);
}

TEST_CASE("who calls is said once, and so is what the body is") {
  World w;
  w.further = {{"authorization", "Bearer web-token-0123456789"}};
  CHECK(w.post(kGood).status == 400);
  CHECK(code_of(*w.answer) == "header_twice");
  CHECK(path_of(*w.answer) == "Authorization");
  for (const auto& types : std::vector<std::vector<std::pair<std::string, std::string>>>{{{"content-type", "application/json"}}, {{"content-type", "text/plain"}}}) {   // beside the one that is there
    w.further = types;
    for (const char* target : {"/v1/procedures", "/v1/settlements"}) {
      CHECK(w.call("POST", target, kGood).status == 415);
      CHECK(path_of(*w.answer) == "Content-Type");
    }
  }
  CHECK(w.commands.empty());
  const auto status_of = [&](const std::string& type) {
    HttpRequest request{"POST", "/v1/procedures", "", {{"authorization", "Bearer shop-token-0123456789"}, {"idempotency-key", "k1"}}, kGood, ""};
    if (!type.empty()) request.headers.emplace_back("content-type", type);
    uint16_t status = 0;
    w.rest.handle(std::move(request), [&](HttpResponse response) { status = response.status; });
    return status;
  };
  for (const char* bad : {"", "text/plain", "application/jsonx", "application/json-patch+json"}) CHECK(status_of(bad) == 415);
  CHECK(w.commands.empty());
  for (const char* good : {"application/json", "Application/JSON; charset=utf-8", "application/json ;x=y"}) CHECK((status_of(good) == 202 || status_of(good) == 200));
}

TEST_CASE("a method that a path does not have is 405, and says which it has") {
  World w;
  const auto allowed = [&](const char* method, const char* target) {
    CHECK(w.call(method, target).status == 405);
    CHECK(code_of(*w.answer) == "method_not_allowed");
    REQUIRE(w.answer->headers.size() == 1);
    CHECK(w.answer->headers[0].first == "Allow");
    return w.answer->headers[0].second;
  };
  CHECK(allowed("DELETE", "/v1/procedures") == "POST, GET");
  CHECK(allowed("POST", "/v1/cases") == "GET");
  CHECK(allowed("PUT", "/v1/procedures/00000000000000000000000000000000/input") == "POST");
  for (const char* page : {"/healthz", "/readyz", "/metrics"}) CHECK(allowed("POST", page) == "GET, HEAD");
  CHECK(w.call("POST", "/nothing").status == 404);
}

TEST_CASE("what a carrier is refused by us, and not by its definition, has the form of every refusal") {
  World w;
  w.refused = {404, "", "", {}, "not_found"};
  CHECK(w.call("POST", "/c/nobody/x", "{}").status == 404);
  CHECK(code_of(*w.answer) == "not_found");
  w.refused = {405, "", "", {{"Allow", "POST"}}, "method_not_allowed"};
  CHECK(w.call("PUT", "/c/mtn_ug/x").status == 405);
  CHECK(code_of(*w.answer) == "method_not_allowed");
  REQUIRE(w.answer->headers.size() == 1);
  w.rest.enter(Rest::Phase::starting);
  CHECK(w.call("POST", "/c/mtn_ug/x", "{}").status == 503);
  CHECK(code_of(*w.answer) == "not_ready");
}

TEST_CASE("readiness follows the store") {
  World w;
  w.trouble = "the store takes no commits (store_full)";
  CHECK(w.call("GET", "/readyz", "", "").status == 503);
  CHECK(w.answer->body == "not ready: the store takes no commits (store_full)\n");
  CHECK(w.call("GET", "/healthz", "", "").status == 200);
  w.trouble.clear();
  CHECK(w.call("GET", "/readyz", "", "").status == 200);
}

TEST_CASE("amounts are written with their decimals") {
  CHECK(amount_text(5000, 0) == "5000");
  CHECK(amount_text(5000, 2) == "50.00");
  CHECK(amount_text(5, 2) == "0.05");
  CHECK(amount_text(-5, 2) == "-0.05");
  CHECK(amount_text(INT64_MIN, 0) == "-9223372036854775808");
}
