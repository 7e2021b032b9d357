// Credentials that the simulated carrier has handed out, and until when they hold.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "peer/routes.h"

namespace tollgate::peer {

class Tokens {
 public:
  void issue(std::string token, Index session, int64_t until_us) { live_[std::move(token)] = {session, until_us}; }
  void revoke(std::string_view token) {
    if (auto found = live_.find(token); found != live_.end()) live_.erase(found);
  }
  // The live token that this request bears, in a header or in its query; "" if none.
  std::string borne(const CarrierRequest& request, int64_t now_us) {
    std::erase_if(live_, [&](const auto& entry) { return entry.second.until_us <= now_us; });
    for (const auto& [token, issued] : live_) {
      for (const auto& [name, value] : request.headers)
        if (value.find(token) != std::string::npos) return token;
      if (request.query.find(token) != std::string::npos) return token;
    }
    return {};
  }

 private:
  struct Issued { Index session; int64_t until_us; };
  std::map<std::string, Issued, std::less<>> live_;
};

}  // namespace tollgate::peer
