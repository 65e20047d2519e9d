// SPDX-License-Identifier: BSL-1.0
//
// delivering.hpp: how a store's events come to whoever consumes them. The store and the read-only store have it in common. See delivery/ for
// what is given out, and docs/delivery.md for which to take.
#pragma once

#include "../cache/no_cache.hpp"
#include "../cache/projection_cache.hpp"
#include "../coordinate/region.hpp"
#include "../delivery/cursor.hpp"
#include "../delivery/cursor_position.hpp"
#include "../delivery/detail/checkpoint_files.hpp"
#include "../delivery/detail/log_source.hpp"
#include "../delivery/detail/visibility.hpp"
#include "../delivery/detail/wait_time.hpp"
#include "../delivery/named_cursor.hpp"
#include "../delivery/subscription.hpp"
#include "../delivery/watcher.hpp"
#include "../journal/append_options.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "../projection/projection.hpp"

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu {

/// The delivering half of a store. `Self` derives from it, and gives `shared_core()`, which is a log source, and `log()`, or `errc::closed`. What is
/// given out keeps the core and may outlive the store.
template <class Self, projection_cache Cache>
class delivering {
  using cursor_info_type = cursor_info;

 public:
  /// A cursor over the events of a region: each once, in order, those that are there and those that come. It begins at `from`: by default at the
  /// log's first event. Throws `errc::invalid_argument` for a position that isn't of this log, or ahead of it; `errc::closed`.
  [[nodiscard]] cursor cursor_guaranteed(region wanted, const cursor_position& from = cursor_position::start()) {
    return {source(), std::move(wanted), from};
  }
  [[nodiscard]] outcome<cursor> try_cursor_guaranteed(region wanted, const cursor_position& from = cursor_position::start()) {
    return detail::attempt([&] { return cursor_guaranteed(std::move(wanted), from); });
  }

  /// The events of a region from now on, as they are appended. Whoever falls behind by more than `options.capacity` events loses the oldest.
  /// Throws `errc::invalid_argument` for a capacity of 0 or over 2^24; `errc::closed`.
  [[nodiscard]] subscription subscribe_lossy(region wanted, const subscription_options& options = {}) {
    return {source(), std::move(wanted), options};
  }

  /// The state of an entity after each change from now on: `State{}` with all its events folded in. To have the state before the first change as
  /// well, make the watcher and then `project`: so no change is missed. Throws `errc::closed`.
  template <class State>
  [[nodiscard]] auto watch(std::string_view entity) {
    if constexpr (!projection<State>) return detail::projection_sentence<State>::value;
    else return watcher<State>{source(), entity};
  }

  /// Waits until this store shows the event of a receipt, and no longer than `timeout`, a duration of any unit; whether it does. So who has a receipt
  /// from elsewhere, another thread or process, reads what was written there. Durable, where the receipt says so: a receipt that does was given when
  /// the event was on stable storage, and an event that isn't there yet is never seen before. Throws `errc::invalid_argument` for a receipt of another store;
  /// `errc::closed`; reading a `read_only_store`, as that does.
  template <detail::duration_like Duration>
  [[nodiscard]] bool wait_until(const receipt& of, const Duration& timeout) {
    return detail::wait_until_visible(*source(), of, detail::wait_end::after(timeout));
  }

  /// The named cursors of the store, by name. Throws `errc::corrupt` for a checkpoint that is damaged, `errc::unsupported_format`, `errc::io_failed`,
  /// `errc::closed`.
  [[nodiscard]] std::vector<cursor_info_type> cursors() { return detail::list_checkpoints(self().log().directory()); }

 protected:
  delivering() = default;
  delivering(delivering&&) = default;
  delivering& operator=(delivering&&) = default;
  ~delivering() = default;

 private:
  [[nodiscard]] Self& self() noexcept { return static_cast<Self&>(*this); }
  [[nodiscard]] std::shared_ptr<detail::log_source> source() {
    static_cast<void>(self().log());
    return self().shared_core();
  }
};

}  // namespace quipu
