// SPDX-License-Identifier: BSL-1.0
//
// emitter.hpp: what a reactor is given to emit events with.
#pragma once

#include "../coordinate/coordinate.hpp"
#include "../core/bytes.hpp"
#include "../core/error.hpp"
#include "../core/event_kind.hpp"
#include "../event/event_id.hpp"
#include "../journal/append_options.hpp"
#include "../macros.hpp"
#include "batch.hpp"
#include "detail/reaction_key.hpp"
#include "detail/refused_arguments.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace quipu::inline QUIPU_MODE {

/// Collects what a reactor emits for one event. All of it is appended in one commit when the reactor returns, and
/// nothing where it throws. Each event has the one that is reacted to as its cause, belongs to its conversation, and
/// has an idempotency key, so that it is appended once, however often the reactor is called with the same event.
class emitter {
 public:
  /// For the store: emits for the reactor of this mark.
  explicit emitter(const detail::reactor_mark& mark) noexcept : mark_{mark} {}

  /// Emits an event. `options` may ask for anything but a cause and a key: that is `errc::invalid_argument`. Not
  /// durable at once, unless they say so; before the reactor's position is. Throws `errc::encode_failed`.
  template <class Event>
  void operator()(const coordinate& where, const Event& event, append_options options = {}) {
    prepare(options);
    batch_.add(where, event, options);
  }
  /// A compile error: an entity alone is not a coordinate.
  template <detail::names_an_entity Given = detail::name_in_braces, class Event>
  void operator()(const Given&, const Event&, const append_options& = {}) {
    detail::refuse_entity<Given>();
  }
  /// Emits bytes under a kind. Throws `errc::invalid_argument` for a reserved kind.
  void raw(const coordinate& where, event_kind kind, bytes_view payload, append_options options = {});
  /// How many events were emitted for this one.
  [[nodiscard]] std::size_t size() const noexcept { return batch_.size(); }

  /// For the store.
  void begin(const event_id& cause) noexcept;
  [[nodiscard]] const batch& emitted() const noexcept { return batch_; }

 private:
  void prepare(append_options& options) const;

  detail::reactor_mark mark_;
  event_id cause_{};
  batch batch_;
};

}  // namespace quipu::inline QUIPU_MODE
