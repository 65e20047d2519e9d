// SPDX-License-Identifier: BSL-1.0
//
// cursor_position.hpp: the position of a cursor in a log, as a value that a program can store and resume from.
#pragma once

#include "../core/error.hpp"
#include "../event/event_id.hpp"
#include "../macros.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::inline QUIPU_MODE {

/// A position in the log of a store. All events before `next_sequence` are consumed. Can be a member of an event or a
/// state.
struct cursor_position {
  /// The store of the position: `store.identity()`, which a snapshot of the store shares. Nil matches any store.
  event_id store{};
  /// The sequence of the next event, which may not be selected.
  std::uint64_t next_sequence{};
  /// The id of the event before `next_sequence`, which may not be selected. A cursor made from the position compares it
  /// with the log to detect a different history. Nil disables the comparison.
  event_id last{};

  /// The position before the first event of any store.
  [[nodiscard]] static constexpr cursor_position start() noexcept { return {}; }
  /// The end of the log at the time a cursor is made from the position: the cursor returns only events appended later.
  [[nodiscard]] static constexpr cursor_position end() noexcept {
    return {.next_sequence = std::numeric_limits<std::uint64_t>::max()};
  }
  /// The position before the event with this sequence (`receipt.sequence`), in any store.
  [[nodiscard]] static constexpr cursor_position at(std::uint64_t sequence) noexcept {
    return {.next_sequence = sequence};
  }

  [[nodiscard]] constexpr bool is_end() const noexcept { return *this == end(); }

  /// Returns the position as one line of text, `<store>/<next_sequence>/<last>`. `parse` reads it.
  [[nodiscard]] std::string str() const;
  /// Returns the position that `str()` wrote as `text`; nothing if `text` has another form.
  [[nodiscard]] static constexpr std::optional<cursor_position> parse(std::string_view text) noexcept {
    const std::size_t first = text.find('/');
    const std::size_t second = first == text.npos ? text.npos : text.find('/', first + 1);
    if (second == text.npos) return std::nullopt;
    const auto store = event_id::parse(text.substr(0, first));
    const auto last = event_id::parse(text.substr(second + 1));
    const std::string_view digits = text.substr(first + 1, second - first - 1);
    if (!store || !last || digits.empty() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
    std::uint64_t number = 0;
    for (const char digit : digits) {
      if (digit < '0' || digit > '9') return std::nullopt;
      const auto value = static_cast<std::uint64_t>(digit - '0');
      if (number > (std::numeric_limits<std::uint64_t>::max() - value) / 10) return std::nullopt;
      number = number * 10 + value;
    }
    return cursor_position{*store, number, *last};
  }

  friend constexpr bool operator==(const cursor_position&, const cursor_position&) noexcept = default;
};

}  // namespace quipu::inline QUIPU_MODE
