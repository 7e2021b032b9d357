#include "runtime/api/rest.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/api/digest.h"
#include "runtime/api/procedure_json.h"
#include "runtime/api/query.h"
#include "runtime/api/rest_call.h"
#include "runtime/api/routes.h"
#include "runtime/api/submit_body.h"

namespace tollgate {

namespace {

constexpr size_t kTokenBytesMax = 1024;

bool visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

size_t times(const HttpRequest& request, std::string_view name) {
  return static_cast<size_t>(std::count_if(request.headers.begin(), request.headers.end(), [&](const auto& header) { return header.first == name; }));
}

// "application/json", also with parameters behind it.
bool says_json(std::string_view type) {
  constexpr std::string_view kJson = "application/json";
  if (type.size() < kJson.size() || !std::equal(kJson.begin(), kJson.end(), type.begin(), [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); })) return false;
  const size_t next = type.find_first_not_of(" \t", kJson.size());
  return next == type.npos || type[next] == ';';
}

constexpr std::string_view kOperatorPages[] = {"/healthz", "/readyz", "/metrics"};

// Messages about an argument begin with its name in backticks.
std::string argument_path(std::string_view message) {
  if (!message.starts_with('`')) return "";
  const size_t end = message.find('`', 1);
  return end == message.npos ? "" : "arguments." + std::string(message.substr(1, end - 1));
}

uint16_t status_of_refusal(std::string_view code) {
  if (code == "carrier_unknown" || code == "action_unknown") return 404;
  if (code == "order_taken" || code == "source_spent") return 409;
  return code == "key_invalid" ? 400 : 422;
}

std::string path_of_refusal(const Error& error) {
  if (error.code == "carrier_unknown") return "carrier";
  if (error.code == "action_unknown") return "action";
  return error.code == "key_invalid" ? "Idempotency-Key" : argument_path(error.message);
}

struct Refusal { uint16_t status; const char* code; const char* message; };
constexpr Refusal kRefusals[] = {
    {400, "request_malformed", "the request is not HTTP/1.1 as it is written down"},
    {408, "request_timeout", "the request did not arrive in time"},
    {413, "request_too_large", "the body is larger than this node takes"},
    {414, "request_too_large", "the request's target is too long"},
    {417, "request_malformed", "no expectation is known but 100-continue"},
    {431, "request_too_large", "the request's headers are too large"},
    {501, "request_malformed", "this transfer coding is not known"},
    {503, "no_answer", "there was no answer in time; ask again, with the same key"},
    {505, "request_malformed", "only HTTP/1.1 and HTTP/1.0 are spoken here"},
};

}  // namespace

HttpResponse Rest::refusal(uint16_t status) {
  for (const Refusal& row : kRefusals)
    if (row.status == status) return json_response(status, error_json(row.code, row.message, ""));
  return json_response(status, error_json("request_malformed", "the request cannot be answered", ""));
}

void Rest::Call::answer(HttpResponse response) const {
  metrics->answered(route, response.status);
  respond(std::move(response));
}

bool Rest::Call::json_given() const {
  if (request.body.empty() && times(request, "content-type") == 0) return true;   // it is nothing, and refused for that
  if (times(request, "content-type") == 1 && says_json(request.header("content-type"))) return true;
  refuse(415, "type_unsupported", "the body must be said to be application/json, once", "Content-Type");
  return false;
}

void Rest::Call::refuse(uint16_t status, std::string_view code, std::string_view message, std::string_view path) const {
  HttpResponse response = json_response(status, error_json(code, message, path));
  if (status == 401) response.headers = {{"WWW-Authenticate", "Bearer"}};
  if (status == 429 || status == 503) response.headers = {{"Retry-After", "1"}};
  answer(std::move(response));
}

Rest::Rest(Loop& loop, Store& store, Metrics& metrics, Desk desk, Options options)
    : loop_(loop), store_(store), metrics_(metrics), desk_(std::move(desk)), options_(std::move(options)) {}

void Rest::handle(HttpRequest request, Listener::Respond respond) {
  if (request.path.starts_with("/c/")) return pass_callback(std::move(request), respond);
  if (!request.path.starts_with("/v1/")) return answer_operator(request, respond);
  Call call{std::move(request), nullptr, std::move(respond), &metrics_, "unauthorized"};
  if (times(call.request, "authorization") > 1) return call.refuse(400, "header_twice", "the header Authorization is given twice: which of two tenants is meant is not guessed", "Authorization");
  call.tenant = tenant_of(call.request);
  if (call.tenant == nullptr) return call.refuse(401, "unauthorized", "a bearer token of a tenant is needed", "Authorization");
  route(std::move(call));
}

// Every tenant is compared, whichever matches: the time taken says nothing about tokens.
const Tenant* Rest::tenant_of(const HttpRequest& request) const {
  const std::string_view given = request.header("authorization");
  constexpr std::string_view kScheme = "bearer ";
  if (given.size() <= kScheme.size() || given.size() > kTokenBytesMax) return nullptr;
  for (size_t i = 0; i < kScheme.size(); ++i)
    if ((given[i] | 0x20) != kScheme[i]) return nullptr;
  const Hash digest = sha256(given.substr(kScheme.size()));
  const Tenant* found = nullptr;
  for (const Tenant& tenant : options_.tenants)
    if (same_digest(tenant.token_sha256, digest)) found = &tenant;
  return found;
}

void Rest::answer_operator(const HttpRequest& request, const Listener::Respond& respond) const {
  const bool known = std::find(std::begin(kOperatorPages), std::end(kOperatorPages), request.path) != std::end(kOperatorPages);
  const bool get = request.method == "GET" || request.method == "HEAD";
  if (get && request.path == "/healthz") return respond({200, "text/plain", "ok\n", {}});
  if (get && request.path == "/metrics") return respond({200, "text/plain; version=0.0.4", metrics_.text(), {}});
  if (get && request.path == "/readyz") {
    const std::string trouble = phase_ == Phase::ready && desk_.trouble ? desk_.trouble() : "";
    if (!trouble.empty()) return respond({503, "text/plain", "not ready: " + trouble + "\n", {}});
    if (phase_ == Phase::ready) return respond({200, "text/plain", "ready\n", {}});
    return respond({503, "text/plain", phase_ == Phase::starting ? "starting\n" : phase_ == Phase::draining ? "draining\n" : "not ready: " + why_ + "\n", {}});
  }
  HttpResponse refused = known ? json_response(405, error_json("method_not_allowed", "this path has no such method", "")) : json_response(404, error_json("not_found", "there is nothing here", ""));
  if (known) refused.headers = {{"Allow", "GET, HEAD"}};
  respond(std::move(refused));
}

void Rest::pass_callback(HttpRequest request, const Listener::Respond& respond) {
  if (phase_ == Phase::starting) {
    HttpResponse later = json_response(503, error_json("not_ready", "the runtime is starting; send it again", ""));
    later.headers = {{"Retry-After", "1"}};
    return respond(std::move(later));
  }
  Inbound inbound{std::move(request.method), std::move(request.path), std::move(request.headers), std::move(request.query), std::move(request.body), std::move(request.peer_address)};
  desk_.on_callback(std::move(inbound), [this, respond](Answer answer) {
    metrics_.answered("callback", answer.status);
    // What nobody here knows may be about a procedure that waits for its module or its key: the carrier is to send it again.
    if (phase_ == Phase::incomplete && answer.status >= 400 && answer.status < 500) {
      HttpResponse later = json_response(503, error_json("not_ready", "send it again later", ""));
      later.headers = {{"Retry-After", "60"}};
      return respond(std::move(later));
    }
    if (answer.code.empty()) return respond({answer.status, std::move(answer.content_type), std::move(answer.body), std::move(answer.headers)});
    HttpResponse refused = json_response(answer.status, error_json(answer.code, answer.status == 503 ? "the message could not be stored; send it again" : "this message is for nobody here", ""));
    refused.headers = std::move(answer.headers);
    respond(std::move(refused));
  });
}

void Rest::route(Call call) {
  const std::string path = call.request.path;
  const RouteMatch match = match_route(call.request.method, path);
  call.route = match.row == nullptr ? "unknown" : match.row->name;
  if (!match.path_known) return call.refuse(404, "not_found", "there is nothing here");
  if (match.row == nullptr) {
    HttpResponse refused = json_response(405, error_json("method_not_allowed", "this path has no such method", ""));
    refused.headers = {{"Allow", methods_of(path)}};
    return call.answer(std::move(refused));
  }
  switch (match.row->route) {
    case Route::submit: return submit(std::move(call));
    case Route::list: return list(call);
    case Route::show: return show(call, match.id);
    case Route::input: return input(call, match.id);
    case Route::settlements: return settlements(call);
    case Route::cases: return list_cases(call);
  }
}

void Rest::submit(Call call) {
  if (phase_ != Phase::ready) {
    return call.refuse(503, "not_ready", phase_ == Phase::starting   ? "the runtime is starting"
                                         : phase_ == Phase::draining ? "the runtime is shutting down"
                                                                     : "the runtime lacks what open procedures need; its operator reads why at /readyz");
  }
  const std::string key(call.request.header("idempotency-key"));
  // Which of two a reader takes is a matter of taste; two proxies with two tastes would be two purchases.
  if (times(call.request, "idempotency-key") > 1)
    return call.refuse(400, "key_missing", "the header Idempotency-Key is given twice: one purchase has one name", "Idempotency-Key");
  if (key.empty() || key.size() > kKeyBytesMax || !visible(key))
    return call.refuse(400, "key_missing", "the header Idempotency-Key is needed: 1 to 256 visible characters that name this purchase", "Idempotency-Key");
  if (!call.json_given()) return;
  const auto query = parse_query(call.request.query, queries_of(Route::submit));
  if (!query.ok()) return call.refuse(400, "query_invalid", query.error().message, "query");
  uint32_t wait_ms = 0;
  if (query->contains("wait")) {
    const auto wait = parse_count(query->at("wait"), options_.wait_ms);
    if (!wait) return call.refuse(400, "query_invalid", fmt::format("`wait` must be milliseconds, at most {}", options_.wait_ms), "wait");
    wait_ms = *wait;
  }
  Command command;
  command.tenant = call.tenant->name;
  command.idempotency_key = key;
  const BodyTrouble trouble = read_submit_body(call.request.body, command);
  if (trouble.status != 0) return call.refuse(trouble.status, trouble.code, trouble.message, trouble.path);
  call.request = HttpRequest{};   // the body, with the user's number in it, is not kept while the charge is under way
  desk_.submit(std::move(command), [this, call = std::move(call), wait_ms](SubmitResult result) { submitted(call, std::move(result), wait_ms); });
}

void Rest::submitted(const Call& call, SubmitResult result, uint32_t wait_ms) {
  switch (result.kind) {
    case SubmitResult::Kind::accepted: return wait(call, result.procedure, 202, wait_ms);
    case SubmitResult::Kind::existing: return wait(call, result.procedure, 200, wait_ms);
    case SubmitResult::Kind::conflict:
      return call.refuse(409, "key_reused", "this Idempotency-Key was used with another body, by procedure " + to_text(result.procedure.id), "Idempotency-Key");
    case SubmitResult::Kind::refused: return call.refuse(status_of_refusal(result.error.code), result.error.code, result.error.message, path_of_refusal(result.error));
    case SubmitResult::Kind::busy: return call.refuse(429, "busy", "too many procedures are under way; send the same request again");
    // The store's own words may name files of this machine; they are in the log.
    case SubmitResult::Kind::unavailable: return call.refuse(503, "store_unavailable", "nothing was recorded and nothing sent; send the same request again");
  }
}

// 201 if it is settled, else `status`. A wait that runs out answers what is true by then.
void Rest::wait(const Call& call, const ProcedureRecord& procedure, uint16_t status, uint32_t wait_ms) {
  const auto answer = [this, call, status](const ProcedureRecord& record) {
    HttpResponse response = json_response(status == 202 && is_settled(record.state) ? 201 : status, procedure_json(record, prompt_of(record.id)));
    response.headers = {{"Location", "/v1/procedures/" + to_text(record.id)}};
    call.answer(std::move(response));
  };
  if (wait_ms == 0 || is_settled(procedure.state) || phase_ == Phase::draining) return answer(procedure);
  const uint64_t number = ++last_wait_;
  Wait& held = waits_[number];
  held.as_it_is = [this, answer, procedure] {
    const auto now = store_.procedure(procedure.id);
    answer(now.ok() && now.value().has_value() ? **now : procedure);
  };
  held.timer = loop_.after(int64_t{wait_ms} * 1000, [this, number] { let_go(number); });
  desk_.when_settled(procedure.id, [this, number, answer](const ProcedureRecord& record) {
    const auto at = waits_.find(number);
    if (at == waits_.end()) return;
    loop_.cancel(at->second.timer);
    waits_.erase(at);
    answer(record);
  });
}

void Rest::let_go(uint64_t wait) {
  const auto at = waits_.find(wait);
  if (at == waits_.end()) return;
  const std::function<void()> as_it_is = std::move(at->second.as_it_is);
  loop_.cancel(at->second.timer);
  waits_.erase(at);
  as_it_is();
}

void Rest::enter(Phase phase, std::string why) {
  phase_ = phase;
  why_ = std::move(why);
  while (phase_ == Phase::draining && !waits_.empty()) let_go(waits_.begin()->first);
}

void Rest::show(const Call& call, std::string_view id_text) {
  const auto id = parse_procedure_id(id_text);
  if (!id) return call.refuse(404, "not_found", "there is no such procedure", "id");
  const auto record = store_.procedure(*id);
  const auto unavailable = [&] { call.refuse(503, "store_unavailable", "the store cannot be read"); };
  if (!record.ok()) return unavailable();
  if (!record->has_value() || (*record)->tenant != call.tenant->name) return call.refuse(404, "not_found", "there is no such procedure", "id");
  const auto events = store_.events(*id);
  const auto attempts = store_.attempts(*id);
  const auto ledger = store_.ledger(*id);
  if (!events.ok() || !attempts.ok() || !ledger.ok()) return unavailable();
  call.answer(json_response(200, whole_procedure_json(**record, *events, *attempts, *ledger, prompt_of(*id))));
}

void Rest::list(const Call& call) {
  const auto given = parse_query(call.request.query, queries_of(Route::list));
  if (!given.ok()) return call.refuse(400, "query_invalid", given.error().message, "query");
  Query query;
  query.tenant = call.tenant->name;
  query.limit = kListDefault;
  for (const auto& [name, value] : *given) {
    bool good = true;
    if (name == "carrier") query.carrier = value;
    if (name == "state") good = (query.state = parse_state(value)).has_value();
    if (name == "in_doubt") { query.in_doubt_only = value == "true"; good = value == "true" || value == "false"; }
    if (name == "after") { query.after = value; good = parse_procedure_id(value).has_value(); }
    if (name == "limit") { query.limit = parse_count(value, kListedMax).value_or(0); good = query.limit > 0; }
    if (!good) return call.refuse(400, "query_invalid", fmt::format("`{}` has a value that it cannot have", name), name);
  }
  const auto found = store_.find(query);
  if (!found.ok()) return call.refuse(503, "store_unavailable", "the store cannot be read");
  JsonWriter w;
  w.begin().begin_list("procedures");
  for (const ProcedureRecord& record : *found) {
    w.begin();
    write_procedure(w, record);
    w.end();
  }
  w.end_list();
  if (found->size() == query.limit) w.text("next", to_text(found->back().id));
  w.end();
  call.answer(json_response(200, w.take()));
}

void Rest::list_cases(const Call& call) {
  const auto given = parse_query(call.request.query, queries_of(Route::cases));
  if (!given.ok()) return call.refuse(400, "query_invalid", given.error().message, "query");
  CaseQuery query{call.tenant->name, 0, kListDefault};
  for (const auto& [name, value] : *given) {
    const auto number = parse_number(value);
    if (!number || (name == "limit" && (*number == 0 || *number > kListedMax))) return call.refuse(400, "query_invalid", fmt::format("`{}` has a value that it cannot have", name), name);
    if (name == "after") query.after = *number;
    else query.limit = static_cast<uint32_t>(*number);
  }
  const auto cases = store_.find_cases(query);
  if (!cases.ok()) return call.refuse(503, "store_unavailable", "the store cannot be read");
  JsonWriter w;
  w.begin().begin_list("cases");
  for (const CaseRow& row : *cases) {
    w.begin().text("procedure", to_text(row.record.procedure)).text("carrier", row.carrier).text("kind", row.record.kind).time("opened", row.record.opened_us);
    if (row.record.detail.starts_with('{')) w.raw("detail", row.record.detail);
    w.text("state", state_name(row.state)).end();
  }
  w.end_list();
  if (cases->size() == query.limit) w.text("next", std::to_string(cases->back().number));
  w.end();
  call.answer(json_response(200, w.take()));
}

}  // namespace tollgate
