#pragma once

// Where the project's files are, for tests that read them. A function, not a macro: only one file is then compiled anew in another clone.

namespace tollgate::test {

/// The root of the source tree, absolute, without a slash at its end.
const char* source_dir();

}  // namespace tollgate::test
