// SPDX-License-Identifier: BSL-1.0
//
// failing_cache.hpp: a cache that fails when it is told to, and counts what it is asked.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/cache/projection_cache.hpp>
#include <quipu/core/error.hpp>
#endif

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cache_tests {

/// Copies share everything. Thread-safe.
class failing_cache {
 public:
  struct shared {
    std::mutex mutex{};
    std::function<void()> at_next_get{};  // not thread-safe
    std::map<std::string, quipu::cache_entry> entries{};
    std::atomic<bool> get_fails{false};
    std::atomic<bool> put_fails{false};
    std::atomic<bool> delete_fails{false};
    std::atomic<bool> throws_no_exception{false};
    std::atomic<std::uint64_t> gets{0};
    std::atomic<std::uint64_t> puts{0};
    std::atomic<std::uint64_t> syncs{0};
  };

  [[nodiscard]] shared& of() const noexcept { return *shared_; }

  quipu::cache_capabilities capabilities() const { return {}; }
  std::optional<quipu::cache_entry> get(quipu::bytes_view key) {
    ++of().gets;
    if (of().at_next_get) std::exchange(of().at_next_get, {})();
    if (of().get_fails) fail("the shelf is locked");
    const std::lock_guard lock{of().mutex};
    const auto found = of().entries.find(std::string{key.text()});
    return found == of().entries.end() ? std::nullopt : std::optional{found->second};
  }
  void put(quipu::bytes_view key, quipu::bytes_view value, quipu::cache_meta meta) {
    ++of().puts;
    if (of().put_fails) fail("the shelf is full");
    const std::lock_guard lock{of().mutex};
    of().entries[std::string{key.text()}] = {value.copy(), meta};
  }
  std::uint64_t delete_prefix(quipu::bytes_view prefix) {
    if (of().delete_fails) fail("the shelf is glued");
    const std::lock_guard lock{of().mutex};
    return std::erase_if(of().entries, [&](const auto& each) { return each.first.starts_with(prefix.text()); });
  }
  void sync() { ++of().syncs; }

 private:
  void fail(const char* why) const {
    if (of().throws_no_exception) throw 7;
    throw quipu::error{quipu::errc::cache_failed, why};
  }

  std::shared_ptr<shared> shared_ = std::make_shared<shared>();
};

}  // namespace cache_tests
