// SPDX-License-Identifier: BSL-1.0
//
// visibility.hpp: whether an event that somebody has a receipt of is visible here.
#pragma once

#include "../../core/detail/atomic.hpp"
#include "../../core/error.hpp"
#include "../../journal/append_options.hpp"
#include "../../journal/detail/segment.hpp"
#include "log_source.hpp"
#include "wait_time.hpp"

namespace quipu::detail {

template <class When>
[[nodiscard]] bool wait_until_visible(basic_log_source<When>& source, const receipt& of, const wait_end& end) {
  const atomic<bool> never{false};
  if (!end.is_now()) source.wait_for_event(of.sequence, end.left_us(), never);
  const basic_log_snapshot<When> seen = source.snapshot();
  if (seen.end_sequence <= of.sequence) {
    if (source.is_closed()) throw error{errc::closed, "the store was closed"};
    return false;
  }
  const auto found = seen.find_sequence(of.sequence);
  if (found && found.frame.sequence() == of.sequence && found.frame.id() != of.id)
    throw error{errc::invalid_argument, "the receipt is of another store: its event is " + of.id.str() + ", and here " + found.frame.id().str() +
                                            " has that number",
                {.expected = of.sequence}};
  return true;
}

}  // namespace quipu::detail
