// SPDX-License-Identifier: BSL-1.0
//
// reader_core.ipp: see store/detail/reader_core.hpp.
#pragma once

#include "../../../journal/observer.hpp"
#include "../../../journal/read/follower.hpp"
#include "../../../store/detail/reader_core.hpp"

#include <memory>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL reader_core::reader_core(const config& chosen, std::unique_ptr<cache_interface> chosen_cache)
    : store_core{settings_for_reading(validated(chosen)), std::move(chosen_cache)}, log{settings} {
  if (settings.observer) settings.observer->on_open(log.opening());
}

}  // namespace quipu::detail::inline QUIPU_MODE
