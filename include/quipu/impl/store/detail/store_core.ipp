// SPDX-License-Identifier: BSL-1.0
//
// store_core.ipp: see store/detail/store_core.hpp.
#pragma once

#include "../../../cache/detail/cache_interface.hpp"
#include "../../../cache/detail/guarded_cache.hpp"
#include "../../../core/detail/leak.hpp"
#include "../../../core/error.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/read/log_source.hpp"
#include "../../../store/detail/store_core.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::uint64_t next_store_number() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

QUIPU_DECL store_core::store_core(config chosen, std::unique_ptr<cache_interface> chosen_cache)
    : settings{std::move(chosen)},
      cache{chosen_cache ? std::make_unique<guarded_cache>(std::move(chosen_cache), settings.cache.on_failure,
                                                           settings.observer.get())
                         : nullptr},
      number{next_store_number()} {}

QUIPU_DECL void check_expected_head(const config& settings, log_source& log) {
  if (!settings.expected_head) return;
  const digest found = log.head();
  if (found != *settings.expected_head)
    throw error{errc::corrupt,
                "the log isn't the one that was expected: its head is " + found.str() + ", not " +
                    settings.expected_head->str(),
                {.path = settings.directory.string()}};
}

QUIPU_DECL core_owner& core_owner::operator=(core_owner&& other) noexcept {
  if (this != &other) {
    end();
    core_ = std::move(other.core_);
  }
  return *this;
}

QUIPU_DECL const std::shared_ptr<store_core>& core_owner::share() const {
  if (!core_) throw error{errc::closed, "the store was moved to another object"};
  return core_;
}

QUIPU_DECL void core_owner::end() noexcept {
  if (!core_) return;
  if (core_->is_foreign()) return leak(core_);
  try {
    core_->close();
  } catch (...) {
    static_cast<void>(0);  // store.close() reports what a destructor can only attempt
  }
  core_.reset();
}

}  // namespace quipu::detail::inline QUIPU_MODE
