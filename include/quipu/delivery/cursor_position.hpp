// SPDX-License-Identifier: BSL-1.0
//
// cursor_position.hpp: where a cursor is in a log, as a value that a program can store and come back with.
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

/// Everything before `next_sequence` is behind the cursor. A value, which can be a member of events and states.
struct cursor_position {
  /// The store that the position is of: `store.identity()`, which its snapshots share. Nil means any.
  event_id store{};
  /// The number of the event that comes next, selected or not.
  std::uint64_t next_sequence{};
  /// The id of the event before that one, selected or not: whether it is still there tells whether the log is the one
  /// that was read. Nil where that isn't to be asked.
  event_id last{};

  /// Before the first event of any store.
  [[nodiscard]] static constexpr cursor_position start() noexcept { return {}; }
  /// Behind what is there when a cursor is made from it: only what is appended later is given.
  [[nodiscard]] static constexpr cursor_position end() noexcept {
    return {.next_sequence = std::numeric_limits<std::uint64_t>::max()};
  }
  /// Before the event with this number (`receipt.sequence`), in any store.
  [[nodiscard]] static constexpr cursor_position at(std::uint64_t sequence) noexcept {
    return {.next_sequence = sequence};
  }

  [[nodiscard]] constexpr bool is_end() const noexcept { return *this == end(); }

  /// One line of text, `<store>/<number>/<last>`, that `parse` reads.
  [[nodiscard]] std::string str() const;
  /// The position that a text of `str()` names; nothing for any other text.
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
