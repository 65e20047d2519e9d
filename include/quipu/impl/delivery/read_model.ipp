// SPDX-License-Identifier: BSL-1.0
//
// read_model.ipp: see delivery/read_model.hpp.
#pragma once

#include "../../delivery/detail/model_body.hpp"
#include "../../delivery/read_model.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL cursor_position any_read_model::position() const { return thread_->position(); }

QUIPU_DECL void any_read_model::rebuild() { thread_->rebuild(); }

QUIPU_DECL void any_read_model::stop() { thread_->stop(); }

QUIPU_DECL void any_read_model::join() { thread_.join(); }

QUIPU_DECL bool any_read_model::is_running() const { return thread_->is_running(); }

QUIPU_DECL std::string any_read_model::failure() const { return thread_->failure(); }

QUIPU_DECL std::string any_read_model::saving_failure() const { return thread_->saving_failure(); }

QUIPU_DECL bool any_read_model::was_loaded() const { return thread_->was_loaded(); }

QUIPU_DECL std::uint64_t any_read_model::rebuilds() const { return thread_->rebuilds(); }

QUIPU_DECL any_read_model::any_read_model(std::shared_ptr<detail::model_body> of) : thread_{std::move(of)} {}

QUIPU_DECL detail::model_reading any_read_model::read() const { return detail::model_reading{*thread_.operator->()}; }

QUIPU_DECL bool any_read_model::wait_until_visible(const receipt& of, const detail::wait_end& end) {
  return thread_->wait_until_visible(of, end);
}

QUIPU_DECL bool any_read_model::wait_until_caught_up(const detail::wait_end& end) {
  return thread_->wait_until_caught_up(end);
}

}  // namespace quipu::inline QUIPU_MODE
