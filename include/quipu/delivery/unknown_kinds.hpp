// SPDX-License-Identifier: BSL-1.0
//
// unknown_kinds.hpp: what a consumer does at an event of a kind that its program does not know. A newer program writes
// such events while an older one still consumes: by default the older one passes over them.
//
//   using handled = quipu::event_list<ordered, cancelled>;
//   auto billing = store.cursor_worker("billing", region,
//                                      [](const quipu::event_view& event) { event.visit(handled{}, bill{}); },
//                                      {.unknown_kinds = quipu::unknown_kinds::stop_unless(handled{})});
#pragma once

#include "../coordinate/region.hpp"
#include "../core/error.hpp"
#include "../core/event_kind.hpp"
#include "../event/detail/shape_list.hpp"
#include "../event/event_list.hpp"
#include "../event/event_view.hpp"
#include "../macros.hpp"

namespace quipu::inline QUIPU_MODE {

/// A policy for cursors, subscriptions, workers, reactors and read models. A value.
///
/// A consumer that stops does so before the event: it throws `errc::kind_mismatch` there, or fails with that reason, as
/// it would at any other failure. The message has the event, its kind and the log's schema. The position stays before
/// the event, so a program that knows the kind goes on from there. Only events that the region selects are judged. The
/// library's own kinds, also that of erased events, are known to every consumer.
class unknown_kinds {
 public:
  /// Events of any kind are delivered, and a read model passes over those that its projection does not list. The
  /// default: with it, a newer program can append events of a new kind before every consumer knows it.
  [[nodiscard]] static constexpr unknown_kinds pass_over() noexcept { return {}; }
  /// Stops at an event of a kind that is neither in the list nor listed by the projection of a read model. A kind is
  /// known with all its versions. Like a projection, the list names stored kinds: an old kind whose events became
  /// others belongs into it, and a region that leaves it out is refused (docs/upcasting.md).
  template <class... Events>
  [[nodiscard]] static constexpr unknown_kinds stop_unless([[maybe_unused]] event_list<Events...> known = {}) noexcept {
    constexpr bool have_kinds = (event_type<Events> && ...);
    static_assert(have_kinds, "stop_unless<E...>(): each E needs a kind (static constexpr auto kind)");
    unknown_kinds made;
    made.stops_ = true;
    if constexpr (have_kinds) made.named_ = detail::shapes_of(known);
    return made;
  }
  /// For read models: stops at an event of a kind that the projection does not list.
  [[nodiscard]] static constexpr unknown_kinds stop() noexcept { return stop_unless<>(); }

  /// For the library's own layers: the same for a consumer that also reads the kinds of a projection.
  [[nodiscard]] constexpr unknown_kinds with_projected(detail::shape_span listed) const noexcept {
    unknown_kinds made = *this;
    made.projected_ = listed;
    return made;
  }
  /// For the library's own layers: throws `errc::invalid_argument` for a region that would miss old events.
  void check_region(const region& wanted) const;
  /// For the library's own layers: whether a consumer need not stop at an event of this kind.
  [[nodiscard]] bool allows(event_kind kind) const noexcept;

 private:
  bool stops_{};
  detail::shape_span named_{};
  detail::shape_span projected_{};
};

}  // namespace quipu::inline QUIPU_MODE

namespace quipu::detail::inline QUIPU_MODE {

/// Thrown at an event at which a consumer stops. Trying again does not help.
class unknown_kind_error : public error {
 public:
  explicit unknown_kind_error(const event_view& event);
};

}  // namespace quipu::detail::inline QUIPU_MODE
