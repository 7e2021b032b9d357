// SHA-256 and a comparison whose time does not tell where two digests differ.
#pragma once

#include <string_view>

#include "runtime/ports/records.h"

namespace tollgate {

Hash sha256(std::string_view bytes);
bool same_digest(const Hash& a, const Hash& b);

}  // namespace tollgate
