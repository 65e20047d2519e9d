// SPDX-License-Identifier: BSL-1.0
//
// text_pool.hpp: copies of many short texts, close together in memory, whose addresses don't change.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

/// Not thread-safe.
class text_pool {
 public:
  /// Copies a text. The copy exists as long as the pool. Throws `std::bad_alloc`.
  [[nodiscard]] std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    if (text.size() > left_) add_block(std::max(text.size(), block_bytes));
    std::memcpy(next_, text.data(), text.size());
    left_ -= text.size();
    return {std::exchange(next_, next_ + text.size()), text.size()};
  }

 private:
  static constexpr std::size_t block_bytes = std::size_t{1} << 14;

  void add_block(std::size_t bytes) {
    blocks_.push_back(std::unique_ptr<char[]>{new char[bytes]});
    next_ = blocks_.back().get();
    left_ = bytes;
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_{};
  std::size_t left_{};
};

}  // namespace quipu::detail
