#include "peer/routes.h"

#include <strings.h>

#include "peer/mirror.h"

namespace tollgate::peer {

// The readable twins of all shapes that requests are built from, each with its matcher.
struct Routes::Readers {
  Module module;                                   // a copy, its request shapes made readable
  std::vector<std::optional<Matcher>> matchers;    // by shape
  std::vector<std::vector<MirrorHole>> holes;      // by shape
};

namespace {

void add_step_routes(const Module& module, std::vector<Route>& out) {
  for (Index p = 0; p < module.procedures.size(); ++p) {
    const Procedure& procedure = module.procedures[p];
    for (Index s = 0; s < procedure.steps.size(); ++s) {
      Index exchange = procedure.steps[s].exchange;
      if (exchange == kNone) continue;
      out.push_back({Route::Owner::step, p, s, exchange, p, module.exchanges[exchange].moves_money});
    }
  }
}

std::vector<Route> routes_of(const Module& module) {
  std::vector<Route> out;
  for (Index i = 0; i < module.sessions.size(); ++i)
    for (Index exchange : {module.sessions[i].exchange, module.sessions[i].renew_exchange})
      if (exchange != kNone) out.push_back({Route::Owner::session, i, kNone, exchange, kNone, false});
  add_step_routes(module, out);
  for (Index i = 0; i < module.enquiries.size(); ++i)
    out.push_back({Route::Owner::enquiry, i, kNone, module.enquiries[i].exchange, module.enquiries[i].about, false});
  return out;
}

// Every shape that a request of this exchange is built from.
std::vector<Index> request_shapes(const Exchange& exchange) {
  std::vector<Index> out;
  for (Index shape : {exchange.path_shape, exchange.query_shape, exchange.body_shape})
    if (shape != kNone) out.push_back(shape);
  for (const BuiltHeader& header : exchange.headers)
    if (header.shape != kNone) out.push_back(header.shape);
  return out;
}

}  // namespace

std::string_view CarrierRequest::header(std::string_view name) const {
  for (const auto& [given, value] : headers)
    if (given.size() == name.size() && strncasecmp(given.data(), name.data(), name.size()) == 0) return value;
  return {};
}

Routes::Routes(std::shared_ptr<const Program> program)
    : program_(std::move(program)), routes_(routes_of(program_->module())), readers_(std::make_unique<Readers>()) {
  Module& module = readers_->module;
  module = program_->module();
  for (const Route& route : routes_) {
    for (Index shape : request_shapes(program_->module().exchanges[route.exchange]))
      module.shapes[shape] = readable(program_->module().shapes[shape]);
  }
  readers_->matchers.resize(module.shapes.size());
  readers_->holes.resize(module.shapes.size());
  for (const Route& route : routes_) {
    std::string_view about = route.about == kNone ? std::string_view() : module.text(module.procedures[route.about].name);
    for (Index shape : request_shapes(module.exchanges[route.exchange])) {
      if (readers_->matchers[shape]) continue;
      readers_->matchers[shape].emplace(module, std::vector<Index>{shape});
      readers_->holes[shape] = mirror_holes(module, module.shapes[shape], about);
    }
  }
}

Routes::~Routes() = default;

bool Routes::read(Index shape, std::string_view bytes, WireValues& out) const {
  if (shape == kNone) return true;
  Arena arena;
  const bool candidate[1] = {true};
  Selection selection = readers_->matchers[shape]->match(bytes, candidate, arena);
  if (selection.chosen != 0 || selection.breach) return false;
  const std::vector<MirrorHole>& holes = readers_->holes[shape];
  for (size_t i = 0; i < holes.size(); ++i)
    if (selection.holes[i].present() && !holes[i].origin.empty()) out[holes[i].origin] = plain(selection.holes[i]);
  return true;
}

std::optional<Recognised> Routes::recognise(const CarrierRequest& request, bool* path_known) const {
  if (path_known != nullptr) *path_known = false;
  const Module& module = program_->module();
  for (const Route& route : routes_) {
    const Exchange& exchange = module.exchanges[route.exchange];
    if (module.text(exchange.method) != request.method) continue;
    Recognised seen{route, {}};
    if (!read(exchange.path_shape, request.path, seen.wire)) continue;
    if (path_known != nullptr) *path_known = true;
    if (!read(exchange.query_shape, request.query, seen.wire)) continue;
    if (!read(exchange.body_shape, request.body, seen.wire)) continue;
    bool headers_fit = true;
    for (const BuiltHeader& header : exchange.headers)
      headers_fit = headers_fit && read(header.shape, request.header(module.text(header.name)), seen.wire);
    if (headers_fit) return seen;
  }
  return std::nullopt;
}

const Route* Routes::of_exchange(Index exchange) const {
  for (const Route& route : routes_)
    if (route.exchange == exchange) return &route;
  return nullptr;
}

}  // namespace tollgate::peer
