// Arena: memory for one slice. Allocation is a bump of a pointer; everything goes at once in reset(). Not thread-safe; one owner.
// A hard ceiling (kArenaMax) turns runaway input into a fault instead of a dead process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <vector>

namespace tollgate {

class Arena {
 public:
  static constexpr size_t kBlock = 16 * 1024;
  static constexpr size_t kArenaMax = 16 * 1024 * 1024;

  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Null when the ceiling would be passed: the caller reports a fault.
  char* allocate(size_t size, size_t align = alignof(std::max_align_t)) {
    size_t at = (used_ + align - 1) & ~(align - 1);
    if (block_ == nullptr || at + size > block_size_) {
      if (!grow(size + align)) return nullptr;
      at = (used_ + align - 1) & ~(align - 1);
    }
    taken_ += at + size - used_;
    used_ = at + size;
    return block_ + at;
  }

  // A copy of `text` that lives as long as the arena; empty view with null data when out of room.
  std::string_view copy(std::string_view text) {
    if (text.empty()) return std::string_view("", 0);
    char* p = allocate(text.size(), 1);
    if (p == nullptr) return {};
    std::memcpy(p, text.data(), text.size());
    return {p, text.size()};
  }

  template <class T>
  T* array(size_t n) {
    char* p = allocate(n * sizeof(T), alignof(T));
    return p == nullptr ? nullptr : new (p) T[n]();
  }

  // Forgets everything; keeps the first block for the next slice.
  void reset() {
    if (blocks_.size() > 1) blocks_.resize(1);
    used_ = taken_ = 0;
    total_ = blocks_.empty() ? 0 : first_size_;
    block_ = blocks_.empty() ? nullptr : blocks_[0].get();
    block_size_ = first_size_;
  }

  size_t total() const { return total_; }
  // Bytes given out since the last reset, alignment included: what stated costs bound.
  size_t taken() const { return taken_; }

 private:
  bool grow(size_t at_least) {
    size_t size = at_least > kBlock ? at_least : kBlock;
    if (total_ + size > kArenaMax) return false;
    blocks_.push_back(std::make_unique<char[]>(size));
    if (blocks_.size() == 1) first_size_ = size;
    block_ = blocks_.back().get();
    block_size_ = size;
    total_ += size;
    used_ = 0;
    return true;
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* block_ = nullptr;
  size_t block_size_ = 0, used_ = 0, total_ = 0, first_size_ = 0, taken_ = 0;
};

}  // namespace tollgate
