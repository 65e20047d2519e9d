// SPDX-License-Identifier: BSL-1.0
//
// event_copier.cpp: see event_copier.hpp. Memory holds the ids of all copied events.
#include "event_copier.hpp"

#include <quipu/journal/write/journal.hpp>

namespace quipu::tool {

struct event_copier::state {
  explicit state(config target) : log{with_clock(std::move(target))} {}

  config with_clock(config target) {
    target.clock = [this] { return event_us ? *event_us : quipu::detail::system_now_us(); };
    return target;
  }

  std::optional<std::int64_t> event_us{};  ///< of the event that is appended; nothing while the store is made
  quipu::detail::journal log;
  quipu::detail::event_importer importer{log};
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
  state_->importer.append(event);
}

void event_copier::close() { state_->log.close(); }

std::uint64_t event_copier::appended() const noexcept { return state_->importer.appended(); }
std::uint64_t event_copier::repeated() const noexcept { return state_->importer.repeated(); }
std::uint64_t event_copier::left_out() const noexcept { return state_->left_out; }

}  // namespace quipu::tool
