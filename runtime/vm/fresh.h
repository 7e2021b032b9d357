// Fresh identifiers, made of the host's random bytes.
#pragma once

#include <string>

#include "runtime/vm/vm.h"

namespace tollgate {

std::string fresh_uuid(Host& host);
// `n` characters of 2-9 and A-Z without I and O: 32 of them, so five random bits choose one without bias.
std::string fresh_alnum(Host& host, size_t n);
// `n` digits, the first not zero.
std::string fresh_digits(Host& host, size_t n);

}  // namespace tollgate
