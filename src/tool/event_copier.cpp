// SPDX-License-Identifier: BSL-1.0
//
// event_copier.cpp: see event_copier.hpp. Memory holds the ids of all copied events.
#include "event_copier.hpp"

#include <quipu/journal/write/journal.hpp>

#include <algorithm>
#include <limits>

namespace quipu::tool {
namespace {

/// Whether a failure is about the event, and not about the store.
bool is_refusal(errc code) {
  return code == errc::invalid_argument || code == errc::invalid_coordinate || code == errc::payload_too_large ||
         code == errc::idempotency_mismatch || code == errc::encode_failed || code == errc::decode_failed;
}

}  // namespace

struct event_copier::state {
  explicit state(config target) : log{with_clock(std::move(target))} {}

  config with_clock(config target) {
    target.payload_max_bytes = std::uint64_t{1} << 30;  // the largest there is: the limit of the source is not known
    target.clock = [this] { return event_us ? *event_us : quipu::detail::system_now_us(); };
    return target;
  }

  /// The time before which the log's clock can't go back.
  [[nodiscard]] std::int64_t last_time_us() {
    const reversed_range events = event_range{log.snapshot(), region::all()}.reverse();
    const auto last = events.begin();
    return last == events.end() ? std::numeric_limits<std::int64_t>::min() : (*last).timestamp_us();
  }

  std::optional<std::int64_t> event_us{};  ///< of the event that is appended; nothing while the store is made
  quipu::detail::journal log;
  quipu::detail::event_importer importer{log};
  std::int64_t last_us{last_time_us()};
  std::uint64_t left_out{};
};

event_copier::event_copier(config target) : state_{std::make_unique<state>(std::move(target))} {}
event_copier::~event_copier() = default;

void event_copier::append(const copied_event& event) {
  if (event.kind == event_kind::tombstone) {
    ++state_->left_out;
    return;
  }
  state_->event_us = event.timestamp_us;
  copied_event dated = event;
  if (!event.given_us && event.timestamp_us < state_->last_us) dated.given_us = event.timestamp_us;
  const receipt made = state_->importer.append(dated);
  state_->last_us = std::max(state_->last_us, made.id.reading().wall_us);
}

std::optional<error> event_copier::try_append(const copied_event& event) {
  try {
    append(event);
    return std::nullopt;
  } catch (const error& failure) {
    if (!is_refusal(failure.code())) throw;
    return failure;
  }
}

void event_copier::close() { state_->log.close(); }

bool event_copier::is_empty() const { return state_->log.snapshot().end_sequence == 0; }

std::uint64_t event_copier::appended() const noexcept { return state_->importer.appended(); }
std::uint64_t event_copier::repeated() const noexcept { return state_->importer.repeated(); }
std::uint64_t event_copier::left_out() const noexcept { return state_->left_out; }

}  // namespace quipu::tool
