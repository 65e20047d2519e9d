// SPDX-License-Identifier: BSL-1.0
//
// batch.hpp: events that are appended together or not at all.
#pragma once

#include "../coordinate/coordinate.hpp"
#include "../core/bytes.hpp"
#include "../journal/config.hpp"
#include "../journal/reports.hpp"
#include "../journal/write/append_entry.hpp"
#include "../macros.hpp"
#include "detail/encoded_event.hpp"
#include "detail/refused_arguments.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// An event of a batch, by which later ones can name it as their cause.
struct batch_item {
  std::size_t index{};
};

/// A list of events, encoded when they are added. A value; not thread-safe.
class batch {
  using append_entry = detail::append_entry;

 public:
  /// Adds an event. Throws `errc::encode_failed`.
  template <class Event>
  batch_item add(const coordinate& where, const Event& event, const append_options& options = detail::no_options) {
    return add_encoded(where, event, options, std::nullopt);
  }

  /// A compile error: an entity alone is not a coordinate.
  template <detail::names_an_entity Given = detail::name_in_braces, class Event>
  batch_item add(const Given&, const Event&, const append_options& = {}) {
    detail::refuse_entity<Given>();
  }

  /// Adds an event whose cause is one that was added before: it has that one's id as its causation and belongs to its
  /// conversation. Throws `errc::invalid_argument` for an item of another batch, as far as that shows, and
  /// `errc::encode_failed`.
  template <class Event>
  batch_item add_reaction(const coordinate& where, const Event& event, batch_item cause,
                          const append_options& options = detail::no_options) {
    check_cause(cause);
    return add_encoded(where, event, options, cause.index);
  }

  /// Adds bytes under a kind. Throws `errc::invalid_argument` for a reserved kind.
  batch_item add_raw(const coordinate& where, event_kind kind, bytes_view payload,
                     const append_options& options = detail::no_options);

  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
  [[nodiscard]] bool empty() const noexcept { return items_.empty(); }

  /// Forgets the events and keeps the memory.
  void clear() noexcept;

  /// The entries, as the journal takes them; they refer to this batch. For the store.
  [[nodiscard]] std::vector<append_entry> entries() const;

 private:
  struct item {
    detail::encoded_event event{};
    std::size_t at{};  // in `content_`: the payload, the entity's name, the scope
    std::size_t payload_size{};
    std::size_t entity_size{};
    std::size_t scope_size{};
    std::optional<std::size_t> options{};  // in `options_`; most items have none
    std::optional<std::size_t> cause{};
  };

  void check_cause(batch_item cause) const;

  template <class Event>
  batch_item add_encoded(const coordinate& where, const Event& event, const append_options& options,
                         std::optional<std::size_t> cause) {
    if constexpr (!detail::appendable<Event>) {
      detail::refuse_to_append<Event>();
      return {};
    } else {
      return add_event(where, detail::to_append(event), options, cause);
    }
  }

  batch_item add_event(const coordinate& where, detail::event_to_append event, const append_options& options,
                       std::optional<std::size_t> cause);
  /// Where the next payload begins. Drops what an event left there that could not be added.
  [[nodiscard]] std::size_t begin_payload();
  /// Keeps the payload from `at` to the end as an item's.
  batch_item keep(const coordinate& where, const detail::encoded_event& event, std::size_t at,
                  const append_options& options, std::optional<std::size_t> cause);

  std::vector<item> items_;
  std::vector<append_options> options_;
  bytes content_;
};

}  // namespace quipu::inline QUIPU_MODE
