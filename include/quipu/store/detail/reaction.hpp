// SPDX-License-Identifier: BSL-1.0
//
// reaction.hpp: what a reactor's worker does with an event.
#pragma once

#include "../../core/error.hpp"
#include "../../delivery/detail/worker_body.hpp"
#include "../../event/event_id.hpp"
#include "../../event/event_view.hpp"
#include "../../journal/append_options.hpp"
#include "../../macros.hpp"
#include "../emitter.hpp"
#include "reaction_key.hpp"
#include "writer_core.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

class reaction {
 public:
  using reactor = std::function<void(const event_view&, emitter&)>;

  reaction(std::shared_ptr<writer_core> core, std::string_view name, reactor call, std::size_t own_limit);

  void react(const event_view& cause);
  /// Makes durable what was emitted.
  void sync();

 private:
  /// How far back causes are looked at.
  static constexpr std::size_t chain_limit = 1024;

  [[nodiscard]] static bool is_of_the_log(errc code) noexcept;

  void check_chain(const log_snapshot& seen, const event_view& begin) const;

  std::shared_ptr<writer_core> core_;
  std::string name_;
  reactor_mark mark_;
  emitter emit_;
  reactor call_;
  std::size_t own_limit_;
  bool is_unsynced_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
