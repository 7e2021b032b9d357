// TG_CHECK: a mistake of ours stops the process, in release too. Never used for input, the world, or a carrier's answer.
#pragma once

namespace tollgate {
[[noreturn]] void bug(const char* file, int line, const char* condition, const char* why);
}

#define TG_CHECK(condition, why) \
  do {                           \
    if (!(condition)) [[unlikely]] ::tollgate::bug(__FILE__, __LINE__, #condition, why); \
  } while (false)
