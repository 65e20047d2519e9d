// SPDX-License-Identifier: BSL-1.0
//
// append_condition.hpp: what must not have happened since a decision was made. An append with a condition is refused
// if an event that the decision did not see, and that it depends on, is in the log by now: a "dynamic consistency
// boundary" (dcb.events), over any region of the log and not just one stream.
#pragma once

#include "../coordinate/region.hpp"

#include <cstdint>
#include <optional>

namespace quipu {

/// No event that a region selects has a sequence from `first_unexpected()` on. A value; made by `none_since` and
/// `none_ever`.
class append_condition {
 public:
  /// The events that must not be there: what the region selects, from `first_unexpected()` on.
  [[nodiscard]] const region& unexpected() const noexcept { return unexpected_; }
  [[nodiscard]] std::uint64_t first_unexpected() const noexcept { return first_unexpected_; }
  /// The sequence after which nothing is expected; nothing for `none_ever`.
  [[nodiscard]] std::optional<std::uint64_t> since() const noexcept {
    return first_unexpected_ == 0 ? std::nullopt : std::optional{first_unexpected_ - 1};
  }

  friend bool operator==(const append_condition&, const append_condition&) = default;

  friend append_condition none_since(const region& wanted, std::uint64_t sequence);
  friend append_condition none_ever(const region& wanted);

 private:
  append_condition(const region& wanted, std::uint64_t first)
      : unexpected_{wanted.with_sequence_range(first, UINT64_MAX)}, first_unexpected_{first} {}

  region unexpected_;
  std::uint64_t first_unexpected_;
};

/// No event that `wanted` selects came after the event with this sequence. Events that were dropped or erased in the
/// meantime are not seen.
[[nodiscard]] inline append_condition none_since(const region& wanted, std::uint64_t sequence) {
  return {wanted, sequence == UINT64_MAX ? sequence : sequence + 1};
}

/// No event that `wanted` selects is in the log.
[[nodiscard]] inline append_condition none_ever(const region& wanted) { return {wanted, 0}; }

}  // namespace quipu
