// SPDX-License-Identifier: BSL-1.0
//
// write_access.ipp: see journal/write/write_access.hpp.
#pragma once

#include "../../../core/detail/failure_text.hpp"
#include "../../../core/detail/process_mark.hpp"
#include "../../../core/error.hpp"
#include "../../../environment/environment.hpp"
#include "../../../journal/write/write_access.hpp"

#include <atomic>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void write_access::check_process() const {
  if (is_foreign()) throw_forked();
}

QUIPU_DECL void write_access::check_usable() const {
  check_process();
  if (was_closed()) throw_closed();
}

QUIPU_DECL void write_access::check_open() const {
  if (is_closing() || closed_) throw_closed();
  if (!is_owner()) throw_forked();
  check_sound();
}

QUIPU_DECL void write_access::check_writable() const {
  check_sound();
  if (closed_) throw error{errc::closed, "the store was closed"};
}

QUIPU_DECL void write_access::check_sound() const {
  if (failed_)
    throw error{
        errc::writer_failed,
        "an earlier write or flush failed, so nothing more is accepted until the store is reopened: " + failure_,
        {.path = directory_}};
}

QUIPU_DECL void write_access::throw_forked() const {
  throw error{errc::locked, "the store was opened by the process that this one was forked from", {.path = directory_}};
}

QUIPU_DECL void write_access::record_failure(const std::exception_ptr& problem) noexcept {
  failed_ = true;
  failure_ = text_of(problem);
}

QUIPU_DECL void write_access::record_closed() noexcept {
  closed_ = true;
  was_closed_.store(true);
}

QUIPU_DECL void write_access::throw_closed() const {
  throw error{errc::closed, "the store was closed", {.path = directory_}};
}

}  // namespace quipu::detail::inline QUIPU_MODE
