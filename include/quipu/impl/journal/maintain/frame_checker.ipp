// SPDX-License-Identifier: BSL-1.0
//
// frame_checker.ipp: see journal/maintain/frame_checker.hpp.
#pragma once

#include "../../../core/error.hpp"
#include "../../../environment/detail/start_thread.hpp"
#include "../../../event/frame.hpp"
#include "../../../journal/maintain/frame_checker.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL frame_checker::frame_checker(const store_identity& identity, std::uint64_t events) : identity_{identity} {
  if (events < worth_a_thread || std::thread::hardware_concurrency() < 2) return;
  try {
    thread_ = start_thread([this]() noexcept { run(); });
  } catch (const error&) {
    return;
  }
}

QUIPU_DECL frame_checker::~frame_checker() {
  if (!thread_.joinable()) return;
  tell_thread({}, true);
  thread_.join();
}

QUIPU_DECL void frame_checker::begin(const std::byte* begin, const std::byte* end) {
  range_ = {begin, end, position_of(range_.end)};
  if (thread_.joinable()) tell_thread(range_, false);
}

QUIPU_DECL bool frame_checker::check(const std::byte* at) noexcept {
  // The thread may still be at an earlier range, and it stops at a damaged frame: then check the frame here.
  sound_end_ = read_end_.load(std::memory_order_acquire);
  if (position_of(at) < sound_end_) return true;
  return check_frame(at, static_cast<std::size_t>(range_.end - at), identity_.checksum_seed, identity_.chained);
}

QUIPU_DECL void frame_checker::tell_thread(const range& next, bool stop) {
  {
    const std::lock_guard lock{mutex_};
    next_ = next;
    stop_ = stop;
    ranges_begun_.fetch_add(1);
  }
  changed_.notify_one();
}

QUIPU_DECL void frame_checker::run() noexcept {
  std::uint64_t number = 0;
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [&] { return ranges_begun_.load() != number; });
    if (stop_) return;
    number = ranges_begun_.load();
    const range frames = next_;
    lock.unlock();
    read_ahead(frames, number);
    lock.lock();
  }
}

QUIPU_DECL void frame_checker::read_ahead(const range& frames, std::uint64_t number) noexcept {
  const std::byte* at = frames.begin;
  bool is_sound = true;
  while (is_sound && at != frames.end && ranges_begun_.load() == number) {
    for (int count = 0; is_sound && at != frames.end && count < frames_at_once; ++count) {
      is_sound = check_frame(at, static_cast<std::size_t>(frames.end - at), identity_.checksum_seed, identity_.chained);
      if (is_sound) at += frame_view{at, identity_.chained}.size();
    }
    read_end_.store(frames.position + static_cast<std::uint64_t>(at - frames.begin), std::memory_order_release);
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
