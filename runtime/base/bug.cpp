#include "runtime/base/bug.h"

#include <cstdio>
#include <cstdlib>

namespace tollgate {

void bug(const char* file, int line, const char* condition, const char* why) {
  std::fprintf(stderr, "tollgate: bug at %s:%d: %s (%s). Nothing was sent that is not recorded; please report this.\n", file,
               line, why, condition);
  std::abort();
}

}  // namespace tollgate
