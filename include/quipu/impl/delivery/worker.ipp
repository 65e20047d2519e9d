// SPDX-License-Identifier: BSL-1.0
//
// worker.ipp: see delivery/worker.hpp.
#pragma once

#include "../../delivery/detail/worker_body.hpp"
#include "../../delivery/worker.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL worker::worker(std::shared_ptr<detail::worker_body> body) : thread_{std::move(body)} {}

QUIPU_DECL const std::string& worker::name() const { return thread_->name(); }

QUIPU_DECL void worker::stop() { thread_->stop(); }

QUIPU_DECL void worker::join() { thread_.join(); }

QUIPU_DECL worker_state worker::state() const { return thread_->state(); }

QUIPU_DECL std::string worker::failure() const { return thread_->failure(); }

QUIPU_DECL std::uint64_t worker::restarts() const { return thread_->restarts(); }

QUIPU_DECL std::uint64_t worker::next_sequence() const { return thread_->next_sequence(); }

QUIPU_DECL std::vector<parked_event> worker::parked() const { return thread_->parked(); }

QUIPU_DECL std::vector<parked_event> worker::skipped() const { return thread_->skipped(); }

QUIPU_DECL std::uint64_t worker::skipped_count() const { return thread_->skipped_count(); }

QUIPU_DECL std::size_t worker::retry_parked() { return thread_->retry_parked(); }

QUIPU_DECL bool worker::give_up_parked(const event_id& which) { return thread_->give_up_parked(which); }

QUIPU_DECL bool worker::wait_until_caught_up(const detail::wait_end& end) { return thread_->wait_until_caught_up(end); }

}  // namespace quipu::inline QUIPU_MODE
