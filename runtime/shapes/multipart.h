// multipart/form-data (RFC 7578). The boundary follows from how long the parts are, so that the same message is the same bytes whenever it is
// built; it stands nowhere inside of them, and tells nothing of them.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tollgate {

constexpr std::string_view kMultipart = "multipart/form-data";

// `parts`: the bytes of all parts, each with its headers, beginning at `cuts` and ending in CR LF. Appends the whole body.
void join_parts(std::string_view parts, std::span<const size_t> cuts, std::string& out);

// What separates the parts of a body, without the two dashes before it: from the first line that begins with them; "" if there is none.
std::string_view boundary_of(std::string_view body);

// The Content-Type of a message that was declared as `declared`: of a multipart it names the boundary.
std::string content_type_with_boundary(std::string_view declared, std::string_view body);

}  // namespace tollgate
