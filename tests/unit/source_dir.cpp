#include "tests/unit/source_dir.h"

namespace tollgate::test {

const char* source_dir() { return TOLLGATE_SOURCE_DIR; }

}  // namespace tollgate::test
