// One request of a tenant with its answer: what the parts of Rest share.
#pragma once

#include "runtime/api/rest.h"

namespace tollgate {

inline HttpResponse json_response(uint16_t status, std::string body) { return {status, "application/json", std::move(body), {}}; }

struct Rest::Call {
  HttpRequest request;
  const Tenant* tenant = nullptr;
  Listener::Respond respond;
  Metrics* metrics = nullptr;
  std::string_view route;

  void answer(HttpResponse response) const;
  void refuse(uint16_t status, std::string_view code, std::string_view message, std::string_view path = "") const;
  // Whether the body is said to be JSON, once; if not, the call is refused.
  bool json_given() const;
};

}  // namespace tollgate
