// SPDX-License-Identifier: BSL-1.0
//
// chain_checker.ipp: see journal/maintain/chain_checker.hpp.
#pragma once

#include "../../../environment/detail/start_thread.hpp"
#include "../../../event/detail/hash_batch.hpp"
#include "../../../event/frame.hpp"
#include "../../../journal/maintain/chain_checker.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void hash_checker::check(const group& events) {
  for (const entry& each : events) {
    if (hash_batch::takes(each.event)) {
      frames_[batch_.size()] = each.event.data();
      batch_.add(each.event, each.previous, *each.where);
      if (batch_.is_full()) check_batch();
    } else if (each.event.computed_hash(each.previous, *each.where, key_) != each.event.hash()) {
      found_wrong(each.event.data());
    }
  }
  check_batch();
}

QUIPU_DECL void hash_checker::check_batch() {
  const std::span<const digest> computed = batch_.compute(key_);
  for (std::size_t index = 0; index < computed.size(); ++index)
    if (computed[index] != frame_view{frames_[index], true}.hash()) found_wrong(frames_[index]);
}

QUIPU_DECL void hash_checker::found_wrong(const std::byte* frame) noexcept {
  if (wrong_ == nullptr || std::less<>{}(frame, wrong_)) wrong_ = frame;
}

QUIPU_DECL chain_checker::chain_checker(const hash_key& key, std::uint64_t events) : own_{key}, helping_{key} {
  filling_.reserve(group_size);
  if (events < worth_a_thread || std::thread::hardware_concurrency() < 2) return;
  waiting_.reserve(group_size);
  try {
    thread_ = start_thread([this]() noexcept { help(); });
  } catch (const error&) {
    return;
  }
}

QUIPU_DECL chain_checker::~chain_checker() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock{mutex_};
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

QUIPU_DECL void chain_checker::check_group() {
  if (!give_away()) own_.check(filling_);
  filling_.clear();
}

QUIPU_DECL bool chain_checker::give_away() {
  if (!thread_.joinable()) return false;
  {
    const std::lock_guard lock{mutex_};
    if (!waiting_.empty()) return false;
    waiting_.swap(filling_);
  }
  changed_.notify_all();
  return true;
}

QUIPU_DECL const std::byte* chain_checker::first_wrong() {
  own_.check(filling_);
  filling_.clear();
  if (thread_.joinable()) rejoin();
  const std::byte* const here = own_.wrong();
  const std::byte* const there = helping_.wrong();
  if (here == nullptr || there == nullptr) return here != nullptr ? here : there;
  return std::less<>{}(there, here) ? there : here;
}

QUIPU_DECL void chain_checker::rejoin() {
  std::unique_lock lock{mutex_};
  filling_.swap(waiting_);
  lock.unlock();
  own_.check(filling_);
  filling_.clear();
  lock.lock();
  changed_.wait(lock, [this] { return !is_busy_; });
  if (problem_) std::rethrow_exception(problem_);
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

QUIPU_DECL void chain_checker::help() noexcept {
  group checking;
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
    if (stop_) return;
    checking.swap(waiting_);
    is_busy_ = true;
    lock.unlock();
    std::exception_ptr failed;
    try {
      helping_.check(checking);
    } catch (...) {
      failed = std::current_exception();
    }
    checking.clear();
    lock.lock();
    if (failed) problem_ = failed;
    is_busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
