// SPDX-License-Identifier: BSL-1.0
//
// frame_checker.hpp: checks the frames of a log one after the other, and in a large log by a second thread, which reads
// ahead. The threads share nothing but the log and how far the second one has come: whatever else one of them wrote for
// the other would cost more than checking a frame.
#pragma once

#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "../format/layout.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>

namespace quipu::detail::inline QUIPU_MODE {

/// For the use of one thread.
class frame_checker {
 public:
  /// About `events` will be checked. A second thread reads ahead where they are many, unless there is no second
  /// processor or the system can't start a thread.
  frame_checker(const store_identity& identity, std::uint64_t events);
  ~frame_checker();

  frame_checker(const frame_checker&) = delete;
  frame_checker& operator=(const frame_checker&) = delete;

  /// The next frames lie in [begin, end), which can be read until the next call and as long as this lives.
  void begin(const std::byte* begin, const std::byte* end);

  /// Whether a whole, undamaged frame begins at `at`. To be asked about the first frame, and about each next one as
  /// long as the answer is yes.
  [[nodiscard]] bool is_sound(const std::byte* at) { return position_of(at) < sound_end_ || check(at); }

 private:
  static constexpr std::uint64_t worth_a_thread = 65'536;
  /// After so many frames the second thread says how far it is.
  static constexpr int frames_at_once = 64;

  /// Frames in memory. Their bytes are numbered on from those of the ranges before.
  struct range {
    const std::byte* begin{};
    const std::byte* end{};
    std::uint64_t position{};
  };
  [[nodiscard]] std::uint64_t position_of(const std::byte* at) const noexcept {
    return range_.position + static_cast<std::uint64_t>(at - range_.begin);
  }
  [[nodiscard]] bool check(const std::byte* at) noexcept;
  /// Tells the thread that there is another range, or that it is to end.
  void tell_thread(const range& next, bool stop);
  /// What the thread does.
  void run() noexcept;
  /// Checks the frames of a range, the last one that was begun when there were `number`, up to the first damaged one.
  void read_ahead(const range& frames, std::uint64_t number) noexcept;

  const store_identity& identity_;
  range range_;
  std::uint64_t sound_end_{};  // all frames before this position are sound, as far as the caller has looked

  std::atomic<std::uint64_t> read_end_{0};      // the same, as far as the thread has come
  std::atomic<std::uint64_t> ranges_begun_{0};  // changed with the lock
  std::mutex mutex_;
  std::condition_variable changed_;
  range next_;          // of the thread, with the lock
  bool stop_{};         // with the lock
  std::thread thread_;  // none: nobody reads ahead
};

}  // namespace quipu::detail::inline QUIPU_MODE
