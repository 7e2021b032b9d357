// Routes: which exchange of the definition a request belongs to, and what the request says. The carrier's reading of what we build.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "peer/payment.h"
#include "runtime/load/program.h"

namespace tollgate::peer {

// A request as the carrier receives it; `path` begins with "/" and has no query. Header names in any case.
struct CarrierRequest {
  std::string method, path, query, body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view header(std::string_view name) const;   // "" when absent
};

struct Route {
  enum class Owner : uint8_t { session, step, enquiry } owner = Owner::step;
  Index index = kNone;      // session, procedure or enquiry
  Index step = kNone;       // of the procedure
  Index exchange = kNone;
  Index about = kNone;      // procedure that the exchange is about; kNone for a session
  bool moves_money = false;
};

struct Recognised {
  Route route;
  WireValues wire;
};

class Routes {
 public:
  explicit Routes(std::shared_ptr<const Program> program);
  ~Routes();

  // nullopt: no exchange of this carrier looks like that. `path_known` tells whether method and path fitted one.
  std::optional<Recognised> recognise(const CarrierRequest& request, bool* path_known = nullptr) const;
  const std::vector<Route>& all() const { return routes_; }
  // The route of an exchange; nullptr when no declaration uses it.
  const Route* of_exchange(Index exchange) const;

 private:
  struct Readers;
  bool read(Index shape, std::string_view bytes, WireValues& out) const;

  std::shared_ptr<const Program> program_;
  std::vector<Route> routes_;
  std::unique_ptr<Readers> readers_;
};

}  // namespace tollgate::peer
