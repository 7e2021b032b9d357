// Who is calling: the dual of auth. Every comparison of something secret takes the same time wherever it differs. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "runtime/engine/deployment.h"
#include "runtime/engine/engine.h"

namespace tollgate {

bool same_in_constant_time(std::string_view a, std::string_view b);

// "196.201.214.0/24", "10.1.2.3", "2001:db8::/32". A malformed network or address is never inside.
bool in_network(std::string_view network, std::string_view address);

// Whether every `verify` of the callback's endpoint holds. `path_token` is the URL's last segment, `called` the callback or endpoint that the URL names.
// `declared` runs the slice of a verify that is written in the language.
bool verified(const Deployment& deployment, const Callback& callback, const Inbound& inbound, std::string_view key, std::string_view path_token, Vault& vault,
              std::string_view called, const std::function<bool(Index)>& declared);

}  // namespace tollgate
