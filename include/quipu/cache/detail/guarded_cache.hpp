// SPDX-License-Identifier: BSL-1.0
//
// guarded_cache.hpp: a store's cache, whose failures cost time and change no answer. A failure is counted, and is a
// miss where something was read. After several failures in a row the cache is left alone for a while, because it may
// take long to fail.
#pragma once

#include "../../core/bytes.hpp"
#include "../../journal/config.hpp"
#include "../../journal/observer.hpp"
#include "../../macros.hpp"
#include "../projection_cache.hpp"
#include "cache_interface.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>

namespace quipu::detail::inline QUIPU_MODE {

/// Says when something that failed may be tried again. Thread-safe.
class failure_pause {
 public:
  /// Failures in a row that begin a pause. One bad entry among good ones begins none.
  static constexpr std::uint32_t failures_max = 8;
  static constexpr std::int64_t pause_us = 1'000'000;

  /// False during a pause. After it, true for one caller, and for all again when `succeeded` was called.
  [[nodiscard]] bool may_try() noexcept;
  [[nodiscard]] bool is_on() const noexcept;
  void failed() noexcept;
  void succeeded() noexcept;

 private:
  std::atomic<std::uint32_t> failures_in_a_row_{};
  std::atomic<std::int64_t> over_at_us_{};
};

/// With `cache_failure::fold`, no member throws what the cache throws. With `cache_failure::refuse`, each does, and the
/// cache is called every time. Both count failures. Thread-safe if the cache is.
class guarded_cache {
 public:
  /// `told` is the observer, or null, and must outlive this.
  guarded_cache(std::unique_ptr<cache_interface> cache, cache_failure on_failure, observer* told) noexcept;

  /// False for a miss, after a failure, and during a pause.
  [[nodiscard]] bool get_into(bytes_view key, bytes& value, cache_meta& meta);
  /// Announces a read, if the cache supports that; does nothing during a pause.
  void prefetch(bytes_view key, cache_meta predicted);
  /// Removes every entry, from stable storage too. Tries it also during a pause. From then on, puts only states of this
  /// generation of the log: a fold that began before the compaction does not bring back what that removed.
  void remove_all(std::uint64_t generation);
  /// Puts what `encode(value)` leaves in `value`, a state of a generation of the log; does nothing during a pause.
  template <class Encode>
  void put(std::uint64_t generation, bytes_view key, bytes& value, cache_meta meta, const Encode& encode) {
    if (!may_try(putting_)) return;
    if (succeeds("encode a state", [&] { encode(value); })) put_encoded(generation, key, bytes_view{value}, meta);
  }
  /// Returns `decode()`; false if it throws, as a program's own `serialize` may.
  template <class Decode>
  [[nodiscard]] bool decodes(const Decode& decode) {
    bool is_read = false;
    return succeeds("decode a state", [&] { is_read = decode(); }) && is_read;
  }

  [[nodiscard]] std::uint64_t failures() const noexcept { return failures_.load(); }
  /// Returns what failed last, and why; empty if nothing has failed.
  [[nodiscard]] std::string last_failure() const;

 private:
  [[nodiscard]] bool may_try(failure_pause& pause) noexcept { return is_refusing_ || pause.may_try(); }
  void put_encoded(std::uint64_t generation, bytes_view key, bytes_view value, cache_meta meta);

  /// Makes a call and returns whether it threw nothing. Throws what it threw if the store wants the error.
  template <class Call>
  bool succeeds(const char* what, const Call& call) {
    try {
      call();
      return true;
    } catch (...) {
      record_failure(what);
      if (is_refusing_) throw;
      return false;
    }
  }
  /// Counts the exception that is being handled, and tells the observer. No lock is held.
  void record_failure(const char* what) noexcept;

  const std::unique_ptr<cache_interface> cache_;
  const bool is_refusing_;
  observer* const told_;
  failure_pause getting_;
  failure_pause putting_;
  std::shared_mutex removal_;  // shared by puts
  std::optional<std::uint64_t> only_generation_;
  std::atomic<std::uint64_t> failures_{};
  mutable std::mutex mutex_;
  std::string last_failure_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
