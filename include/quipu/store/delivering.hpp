// SPDX-License-Identifier: BSL-1.0
//
// delivering.hpp: how a store's events come to whoever consumes them. The store and the read-only store have it in common. See delivery/ for
// what is given out, and docs/delivery.md for which to take.
#pragma once

#include "../cache/no_cache.hpp"
#include "../cache/projection_cache.hpp"
#include "../coordinate/region.hpp"
#include "../core/detail/owner.hpp"
#include "../delivery/cursor.hpp"
#include "../delivery/cursor_position.hpp"
#include "../delivery/detail/checkpoint_files.hpp"
#include "../delivery/detail/log_source.hpp"
#include "../delivery/named_cursor.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"

#include <utility>
#include <vector>

namespace quipu {

/// The delivering half of a store. `Self` derives from it, and gives `shared_core()`, which is a log source, and `log()`, or `errc::closed`. What is
/// given out keeps the core and may outlive the store.
template <class Self, projection_cache Cache>
class delivering {
  using when = detail::deferred<Cache, detail::when_used>;
  using region = basic_region<when>;
  using cursor_info_type = detail::deferred<Cache, cursor_info>;

 public:
  /// A cursor over the events of a region: each once, in order, those that are there and those that come. It begins at `from`: by default at the
  /// log's first event. Throws `errc::invalid_argument` for a position that isn't of this log, or ahead of it; `errc::closed`.
  [[nodiscard]] basic_cursor<when> cursor_guaranteed(region wanted, const cursor_position& from = cursor_position::start()) {
    return {source(), std::move(wanted), from};
  }
  [[nodiscard]] outcome<basic_cursor<when>> try_cursor_guaranteed(region wanted, const cursor_position& from = cursor_position::start()) {
    return detail::attempt([&] { return cursor_guaranteed(std::move(wanted), from); });
  }

  /// The named cursors of the store, by name. Throws `errc::corrupt` for a checkpoint that is damaged, `errc::unsupported_format`, `errc::io_failed`,
  /// `errc::closed`.
  [[nodiscard]] std::vector<cursor_info_type> cursors() { return detail::list_checkpoints<when>(self().log().directory()); }

 protected:
  delivering() = default;
  delivering(delivering&&) = default;
  delivering& operator=(delivering&&) = default;
  ~delivering() = default;

 private:
  [[nodiscard]] Self& self() noexcept { return static_cast<Self&>(*this); }
  [[nodiscard]] detail::shared_owner<detail::basic_log_source<when>> source() {
    static_cast<void>(self().log());
    return self().shared_core();
  }
};

}  // namespace quipu
