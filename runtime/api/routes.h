// The routes of the merchants' API as the table routes.def has them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tollgate {

constexpr size_t kKeyBytesMax = 256;   // of an idempotency key

enum class Route : uint8_t {
#define TG_ROUTE(name, method, path, sentence) name,
#define TG_QUERY(route, name, type, sentence)
#define TG_ANSWER(route, status, schema, sentence)
#include "runtime/api/routes.def"
#undef TG_ROUTE
#undef TG_QUERY
#undef TG_ANSWER
};

struct RouteRow { Route route; std::string_view name, method, path, sentence; };
struct QueryRow { Route route; std::string_view name, type, sentence; };
struct AnswerRow { Route route; uint16_t status; std::string_view schema, sentence; };
std::span<const RouteRow> routes();
std::span<const QueryRow> route_queries();
std::span<const AnswerRow> route_answers();

// The route of a request. `row` null: no such path, or (path_known) no such method there. `id` is what stands for {id}.
struct RouteMatch { const RouteRow* row = nullptr; bool path_known = false; std::string_view id; };
RouteMatch match_route(std::string_view method, std::string_view path);
// The methods of a path, as the header Allow has them: "GET, POST".
std::string methods_of(std::string_view path);

// The names of the query that a route takes, separated by blanks: "after limit".
std::string queries_of(Route route);

// The API's description: OpenAPI 3.1, as JSON, for machines. docs/reference/openapi.json is this text.
std::string openapi_json();

}  // namespace tollgate
