// SPDX-License-Identifier: BSL-1.0
//
// batch.hpp: events that are appended together or not at all.
#pragma once

#include "../coordinate/coordinate.hpp"
#include "../core/bytes.hpp"
#include "../journal/config.hpp"
#include "../journal/reports.hpp"
#include "../journal/write/append_entry.hpp"
#include "detail/encoded_event.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu {

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
  batch_item add(const coordinate& where, const Event& event, const append_options& options = {}) {
    return add_encoded(where, event, options, std::nullopt);
  }

  /// Adds an event whose cause is one that was added before: it has that one's id as its causation and belongs to its conversation.
  /// Throws `errc::invalid_argument` for an item of another batch, as far as that shows, and `errc::encode_failed`.
  template <class Event>
  batch_item add_reaction(const coordinate& where, const Event& event, batch_item cause, const append_options& options = {}) {
    check_cause(cause);
    return add_encoded(where, event, options, cause.index);
  }

  /// Adds bytes under a kind. Throws `errc::invalid_argument` for a reserved kind.
  batch_item add_raw(const coordinate& where, event_kind kind, bytes_view payload, const append_options& options = {}) {
    detail::check_kind(kind);
    return keep(where, detail::raw_event(kind, payload), options, std::nullopt);
  }

  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
  [[nodiscard]] bool empty() const noexcept { return items_.empty(); }

  /// Forgets the events and keeps the memory.
  void clear() noexcept {
    items_.clear();
    payloads_.clear();
  }

  /// The entries, as the journal takes them; they refer to this batch. For the store.
  [[nodiscard]] std::vector<append_entry> entries() const {
    std::vector<append_entry> all;
    all.reserve(items_.size());
    for (const item& each : items_) {
      append_entry entry = each.event.entry(bytes_view{payloads_.data() + each.payload_at, each.payload_size});
      entry.entity = each.where.entity();
      entry.scope = each.where.scope();
      entry.options = each.options;
      entry.bypass_reason = each.options.bypass_reason;
      entry.cause_item = each.cause;
      all.push_back(entry);
    }
    return all;
  }

 private:
  struct item {
    coordinate where;
    detail::encoded_event event;
    std::size_t payload_at;
    std::size_t payload_size;
    append_options options;
    std::optional<std::size_t> cause;
  };

  void check_cause(batch_item cause) const {
    if (cause.index >= items_.size())
      throw error{errc::invalid_argument, "the cause isn't an item of this batch", {.expected = items_.size(), .actual = cause.index}};
  }

  template <class Event>
  batch_item add_encoded(const coordinate& where, const Event& event, const append_options& options, std::optional<std::size_t> cause) {
    if constexpr (!detail::appendable<Event>) {
      detail::refuse_to_append<Event>();
      return {};
    } else {
      bytes buffer;
      const detail::encoded_event encoded = detail::encode_event(event, buffer);  // first: the buffer may move
      return keep(where, encoded, options, cause, bytes_view{buffer});
    }
  }

  batch_item keep(const coordinate& where, const detail::encoded_event& event, const append_options& options, std::optional<std::size_t> cause,
                  std::optional<bytes_view> payload = std::nullopt) {
    if (options.causation_id && cause) throw error{errc::invalid_argument, "an event of a batch has two causes: an item and causation_id"};
    const bytes_view content = payload.value_or(event.payload);
    const std::size_t at = payloads_.size();
    payloads_.insert(payloads_.end(), content.begin(), content.end());
    try {
      items_.push_back({where, event, at, content.size(), options, cause});
    } catch (...) {
      payloads_.resize(at);
      throw;
    }
    return {items_.size() - 1};
  }

  std::vector<item> items_;
  bytes payloads_;
};

}  // namespace quipu
