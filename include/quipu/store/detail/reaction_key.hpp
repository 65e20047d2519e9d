// SPDX-License-Identifier: BSL-1.0
//
// reaction_key.hpp: the idempotency keys of what a reactor emits. They say which reactor it was, so that a reactor
// recognises its own reactions, and are otherwise a hash of the event that is reacted to and of the place among what is
// emitted for it.
#pragma once

#include "../../event/event_id.hpp"
#include "../../macros.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

/// A reactor, by its name. Bytes 0 to 5 of its keys are its mark; those behind have 74 bits of the hash, and 6 that say
/// that this is a UUID of version 8.
class reactor_mark {
 public:
  [[nodiscard]] static reactor_mark of(std::string_view name);

  /// The key of the event that is emitted as number `index` for `cause`.
  [[nodiscard]] event_id key(const event_id& cause, std::size_t index) const;
  /// Whether an event's key is one of this reactor's.
  [[nodiscard]] bool is_of(const std::optional<event_id>& of) const noexcept;

 private:
  static constexpr std::size_t marked = 6;
  event_id name_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
