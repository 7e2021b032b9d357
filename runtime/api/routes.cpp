#include "runtime/api/routes.h"

namespace tollgate {
namespace {

constexpr RouteRow kRoutes[] = {
#define TG_ROUTE(name, method, path, sentence) {Route::name, #name, #method, path, sentence},
#define TG_QUERY(route, name, type, sentence)
#define TG_ANSWER(route, status, schema, sentence)
#include "runtime/api/routes.def"
#undef TG_ROUTE
#undef TG_QUERY
};
constexpr QueryRow kQueries[] = {
#define TG_ROUTE(name, method, path, sentence)
#define TG_QUERY(route, name, type, sentence) {Route::route, #name, #type, sentence},
#include "runtime/api/routes.def"
#undef TG_QUERY
#undef TG_ANSWER
};
constexpr AnswerRow kAnswers[] = {
#define TG_QUERY(route, name, type, sentence)
#define TG_ANSWER(route, status, schema, sentence) {Route::route, status, #schema, sentence},
#include "runtime/api/routes.def"
#undef TG_ROUTE
#undef TG_QUERY
#undef TG_ANSWER
};

constexpr std::string_view kIdHole = "{id}";

bool fits(std::string_view pattern, std::string_view path, std::string_view& id) {
  const size_t hole = pattern.find(kIdHole);
  if (hole == pattern.npos) return pattern == path;
  const std::string_view before = pattern.substr(0, hole), behind = pattern.substr(hole + kIdHole.size());
  if (path.size() < before.size() + behind.size() || !path.starts_with(before) || !path.ends_with(behind)) return false;
  const std::string_view found = path.substr(before.size(), path.size() - before.size() - behind.size());
  if (found.find('/') != found.npos) return false;
  id = found;
  return true;
}

}  // namespace

std::span<const RouteRow> routes() { return kRoutes; }
std::span<const QueryRow> route_queries() { return kQueries; }
std::span<const AnswerRow> route_answers() { return kAnswers; }

RouteMatch match_route(std::string_view method, std::string_view path) {
  RouteMatch match;
  for (const RouteRow& row : kRoutes) {
    if (!fits(row.path, path, match.id)) continue;
    match.path_known = true;
    if (row.method != method) continue;
    match.row = &row;
    return match;
  }
  return match;
}

std::string methods_of(std::string_view path) {
  std::string out;
  std::string_view id;
  for (const RouteRow& row : kRoutes)
    if (fits(row.path, path, id)) out.append(out.empty() ? "" : ", ").append(row.method);
  return out;
}

std::string queries_of(Route route) {
  std::string names;
  for (const QueryRow& row : kQueries)
    if (row.route == route) names.append(names.empty() ? "" : " ").append(row.name);
  return names;
}

}  // namespace tollgate
