// SPDX-License-Identifier: BSL-1.0
//
// idle_pool.hpp: connections or subscriptions that nobody uses at the moment. A call takes one out and puts it back, so
// that no lock is held while it waits for the engine.
#pragma once

#include <quipu.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Keeps up to `most` items. Thread-safe.
template <class Item>
class idle_pool {
 public:
  explicit idle_pool(std::size_t most) : most_{most} {}

  /// Takes an item out for which `fits(item)` holds; empty if there is none.
  template <class Predicate>
  [[nodiscard]] std::unique_ptr<Item> take(const Predicate& fits) {
    const std::lock_guard lock{mutex_};
    const auto found = std::find_if(items_.begin(), items_.end(), [&](const auto& item) { return fits(*item); });
    if (found == items_.end()) return {};
    auto item = std::move(*found);
    items_.erase(found);
    return item;
  }

  /// Puts an item in; the one that was put in first goes if there are too many.
  void put(std::unique_ptr<Item> item) {
    std::unique_ptr<Item> surplus;  // destroyed without the lock
    const std::lock_guard lock{mutex_};
    if (items_.size() == most_) {
      surplus = std::move(items_.front());
      items_.erase(items_.begin());
    }
    items_.push_back(std::move(item));
  }

 private:
  std::size_t most_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Item>> items_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
