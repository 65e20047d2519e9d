// SPDX-License-Identifier: BSL-1.0
//
// progress.hpp: how far a long task is, on standard error: a bar that redraws itself on a terminal, a line now and then
// elsewhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

namespace git_ledger {

class progress {
 public:
  enum class style : std::uint8_t { none, lines, bar };

  progress(style how, std::string task, std::size_t total)
      : how_{how},
        task_{std::move(task)},
        total_{total},
        interval_{how == style::bar ? 100 : 5000},
        next_{start_ + interval_} {}
  ~progress() {
    if (how_ == style::bar && drawn_) std::fputs("\n", stderr);
  }
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// One more commit is done, and with it this many events.
  void step(std::size_t events) {
    ++done_;
    events_ += events;
    const auto now = clock::now();
    const bool last = done_ == total_;
    if (how_ == style::none || (!last && now < next_)) return;
    next_ = now + interval_;
    draw(std::chrono::duration<double>(now - start_).count());
  }

 private:
  using clock = std::chrono::steady_clock;

  void draw(double seconds) {
    const double rate = seconds > 0 ? static_cast<double>(events_) / seconds : 0;
    if (how_ == style::bar) {
      const std::size_t filled = done_ * width / total_;
      const std::string bar = std::string(filled, '#') + std::string(width - filled, '.');
      std::fprintf(stderr, "\r%s [%s] %zu/%zu commits, %zu events, %.0f/s \x1b[K", task_.c_str(), bar.c_str(), done_,
                   total_, events_, rate);
    } else {
      std::fprintf(stderr, "%s: %zu of %zu commits, %zu events, %.0f/s\n", task_.c_str(), done_, total_, events_, rate);
    }
    drawn_ = true;
    std::fflush(stderr);
  }

  static constexpr std::size_t width = 30;
  style how_;
  std::string task_;
  std::size_t total_;
  std::size_t done_{};
  std::size_t events_{};
  bool drawn_{};
  clock::time_point start_{clock::now()};
  std::chrono::milliseconds interval_;
  clock::time_point next_;
};

}  // namespace git_ledger
