#include "runtime/base/arena.h"

#include <catch2/catch.hpp>

#include "runtime/base/result.h"

using namespace tollgate;

TEST_CASE("an arena gives aligned memory, keeps what it gave, and forgets on reset") {
  Arena arena;
  const auto first = arena.copy("abc");
  for (int i = 0; i < 1000; ++i) {
    auto* numbers = arena.array<int64_t>(5);
    REQUIRE(numbers != nullptr);
    CHECK(reinterpret_cast<uintptr_t>(numbers) % alignof(int64_t) == 0);
    numbers[4] = i;
  }
  CHECK(first == "abc");
  CHECK(arena.total() > Arena::kBlock);
  arena.reset();
  CHECK(arena.total() <= Arena::kBlock + alignof(std::max_align_t));
  CHECK(arena.copy("") == "");
  CHECK(arena.copy("").data() != nullptr);
}

TEST_CASE("an arena says no at its ceiling instead of taking the process down") {
  Arena arena;
  CHECK(arena.allocate(Arena::kArenaMax + 1) == nullptr);
  size_t given = 0;
  while (arena.allocate(64 * 1024) != nullptr) given += 64 * 1024;
  CHECK(given > Arena::kArenaMax / 2);
  CHECK(arena.total() <= Arena::kArenaMax);
  const std::string big(1024 * 1024, 'x');
  CHECK(arena.copy(big).data() == nullptr);
  arena.reset();
  CHECK(arena.copy(big).size() == big.size());
}

TEST_CASE("an error says what was being done, outermost first") {
  Result<int> failed = Error{"store_locked", "the store is locked"};
  REQUIRE_FALSE(failed.ok());
  CHECK(std::move(failed).error().within("cannot start").message == "cannot start: the store is locked");
  CHECK(*Result<int>(7) == 7);
}
