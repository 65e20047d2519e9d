// SPDX-License-Identifier: BSL-1.0
//
// guarded_cache.ipp: see cache/detail/guarded_cache.hpp.
#pragma once

#include "../../../cache/detail/cache_interface.hpp"
#include "../../../cache/detail/guarded_cache.hpp"
#include "../../../core/bytes.hpp"
#include "../../../core/detail/failure_text.hpp"
#include "../../../core/detail/steady_time.hpp"
#include "../../../journal/config.hpp"

#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL bool failure_pause::may_try() noexcept {
  if (failures_in_a_row_.load() < failures_max) return true;
  const std::int64_t now_us = steady_now_us();
  std::int64_t over_at_us = over_at_us_.load();
  return now_us >= over_at_us && over_at_us_.compare_exchange_strong(over_at_us, now_us + pause_us);
}

QUIPU_DECL bool failure_pause::is_on() const noexcept {
  return failures_in_a_row_.load() >= failures_max && steady_now_us() < over_at_us_.load();
}

QUIPU_DECL void failure_pause::failed() noexcept {
  over_at_us_.store(steady_now_us() + pause_us);
  if (failures_in_a_row_.load() < failures_max) ++failures_in_a_row_;
}

QUIPU_DECL void failure_pause::succeeded() noexcept {
  if (failures_in_a_row_.load() != 0) failures_in_a_row_.store(0);
}

QUIPU_DECL guarded_cache::guarded_cache(std::unique_ptr<cache_interface> cache, cache_failure on_failure,
                                        observer* told) noexcept
    : cache_{std::move(cache)}, is_refusing_{on_failure == cache_failure::refuse}, told_{told} {}

QUIPU_DECL bool guarded_cache::get_into(bytes_view key, bytes& value, cache_meta& meta) {
  if (!may_try(getting_)) return false;
  bool found = false;
  if (!succeeds("get a state", [&] { found = cache_->get_into(key, value, meta); })) {
    getting_.failed();
    return false;
  }
  getting_.succeeded();
  return found;
}

QUIPU_DECL void guarded_cache::prefetch(bytes_view key, cache_meta predicted) {
  if (!is_refusing_ && getting_.is_on()) return;
  if (!succeeds("announce a read of a state", [&] { cache_->prefetch(key, predicted); })) getting_.failed();
}

QUIPU_DECL void guarded_cache::remove_all(std::uint64_t generation) {
  static_cast<void>(succeeds("remove the states", [&] {
    const std::unique_lock excluding_puts{removal_};
    only_generation_ = generation;
    cache_->remove_all();
  }));
}

QUIPU_DECL void guarded_cache::put_encoded(std::uint64_t generation, bytes_view key, bytes_view value,
                                           cache_meta meta) {
  const auto put = [&] {
    const std::shared_lock excluding_removal{removal_};
    if (!only_generation_ || *only_generation_ == generation) cache_->put(key, value, meta);
  };
  if (succeeds("put a state", put))
    putting_.succeeded();
  else
    putting_.failed();
}

QUIPU_DECL std::string guarded_cache::last_failure() const {
  const std::lock_guard lock{mutex_};
  return last_failure_;
}

QUIPU_DECL void guarded_cache::record_failure(const char* what) noexcept {
  ++failures_;
  const std::string why = text_of(std::current_exception());
  try {
    std::string text = std::string{what} + ": " + why;
    if (told_ != nullptr) told_->on_cache_failure(text);
    const std::lock_guard lock{mutex_};
    last_failure_.swap(text);
  } catch (...) {
    return;  // no memory for the text: the failure is counted
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
