// SPDX-License-Identifier: BSL-1.0
//
// chain_checker.ipp: see journal/maintain/chain_checker.hpp.
#pragma once

#include "../../../event/detail/hash_batch.hpp"
#include "../../../event/frame.hpp"
#include "../../../journal/maintain/chain_checker.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <tuple>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void chain_checker::add(const frame_view& event, const digest& previous, const coordinate_digest& where) {
  add_unchecked(event.hash());
  if (!hash_batch::takes(event)) {
    if (event.computed_hash(previous, where, key_) != event.hash()) found_wrong(event.data());
    return;
  }
  frames_[batch_.size()] = event.data();
  batch_.add(event, previous, where);
  if (batch_.is_full()) check_batch();
}

QUIPU_DECL const std::byte* chain_checker::first_wrong() noexcept {
  check_batch();
  return wrong_;
}

QUIPU_DECL void chain_checker::check_batch() noexcept {
  const std::span<const digest> computed = batch_.compute(key_);
  for (std::size_t index = 0; index < computed.size(); ++index)
    if (computed[index] != frame_view{frames_[index], true}.hash()) found_wrong(frames_[index]);
}

QUIPU_DECL void chain_checker::found_wrong(const std::byte* frame) noexcept {
  if (wrong_ == nullptr || std::less<>{}(frame, wrong_)) wrong_ = frame;
}

QUIPU_DECL digest chain_checker::head() {
  take_hashes();
  return head_.finish();
}

QUIPU_DECL void chain_checker::take_hashes() noexcept {
  static_assert(sizeof hashes_ == std::tuple_size_v<decltype(hashes_)> * digest::size);
  head_.update(bytes_view{hashes_[0].bytes().data(), hash_count_ * digest::size});
  hash_count_ = 0;
}

}  // namespace quipu::detail::inline QUIPU_MODE
