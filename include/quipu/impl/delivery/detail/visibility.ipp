// SPDX-License-Identifier: BSL-1.0
//
// visibility.ipp: see delivery/detail/visibility.hpp.
#pragma once

#include "../../../core/error.hpp"
#include "../../../delivery/detail/visibility.hpp"
#include "../../../delivery/detail/wait_time.hpp"
#include "../../../journal/append_options.hpp"
#include "../../../journal/read/log_source.hpp"
#include "../../../journal/segment/segment.hpp"

#include <atomic>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL bool wait_until_visible(log_source& source, const receipt& of, const wait_end& end) {
  const std::atomic<bool> never{false};
  if (!end.is_now()) source.wait_for_event(of.sequence, end.left_us(), never);
  const bool closed = source.is_closed();  // read first, so that the last events are found
  const log_snapshot seen = source.snapshot();
  if (seen.end_sequence <= of.sequence) {
    if (closed) throw error{errc::closed, "the store was closed"};
    return false;
  }
  const auto found = seen.find_sequence(of.sequence);
  if (found && found.frame.sequence() == of.sequence && found.frame.id() != of.id)
    throw error{errc::invalid_argument,
                "the receipt is of another store: its event has the id " + of.id.str() + ", this store has " +
                    found.frame.id().str() + " at its sequence",
                {.expected = of.sequence}};
  return true;
}

}  // namespace quipu::detail::inline QUIPU_MODE
