// SPDX-License-Identifier: BSL-1.0
//
// reader_core.hpp: the core of a store that only reads: a store_core that follows another process's log.
// Only definitions files include it.
#pragma once

#include "../../cache/detail/cache_interface.hpp"
#include "../../journal/config.hpp"
#include "../../journal/read/follower.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../macros.hpp"
#include "store_core.hpp"

#include <memory>

namespace quipu::detail::inline QUIPU_MODE {

/// The core of a store that only reads.
class reader_core final : public store_core {
 public:
  reader_core(const config& chosen, std::unique_ptr<cache_interface> chosen_cache);

  [[nodiscard]] log_source& source() noexcept override { return log; }
  void close() noexcept override { log.close(); }
  [[nodiscard]] bool is_foreign() const noexcept override { return log.is_foreign(); }

  follower log;
};

}  // namespace quipu::detail::inline QUIPU_MODE
