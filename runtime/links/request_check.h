// What a request must be before a transport sees it: well-formed, and in clear only to this machine.
#pragma once

#include <string>
#include <string_view>

#include "runtime/ports/ports.h"

namespace tollgate {

// Empty if the request may be sent, else one line that says why not.
std::string trouble_with(const Request& request);

// True if the URL is http or https and its host is this machine by address or by the name "localhost".
bool to_loopback(std::string_view url);

// True if the URL begins with http:, so that its connection is in clear.
bool in_clear(std::string_view url);

}  // namespace tollgate
