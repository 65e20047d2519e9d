// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <iostream>
#include <thread>

struct clicked {
  static constexpr auto kind = quipu::event_kind::custom(4, 1);
  std::uint32_t number{};
};

// [writer]
/// Lives in the loop's thread. None of its members waits for the disk.
class click_writer {
 public:
  explicit click_writer(quipu::store& store) : store_{store} {}

  void write(clicked event) { waiting_.push_back(event); }
  [[nodiscard]] bool is_idle() const { return waiting_.empty() && placed_.empty(); }

  /// Called once in each turn of the loop.
  void turn() {
    while (!waiting_.empty() && now() >= not_before_) {
      auto placed = store_.try_submit({"page:1", "web"}, waiting_.front());
      if (placed.is_retry()) {  // no room just now; a thread of the store makes some
        not_before_ = now() + std::chrono::milliseconds{placed.retry().after_ms};
        break;
      }
      placed_.push_back(std::move(placed).into_value());  // throws what append throws
      waiting_.pop_front();
    }
    while (!placed_.empty() && placed_.front().ready()) {  // wait() returns at once
      std::cout << "event " << placed_.front().wait().sequence << " is durable\n";
      placed_.pop_front();
    }
  }

 private:
  using clock = std::chrono::steady_clock;
  static clock::time_point now() { return clock::now(); }

  quipu::store& store_;
  std::deque<clicked> waiting_;
  std::deque<quipu::ticket> placed_;
  clock::time_point not_before_{};
};
// [/writer]

int main() {
  // [settings]
  quipu::config settings{.directory = "clicks"};
  settings.sync.interval_ms = 5;  // a thread of the store flushes what nobody waits for
  quipu::store store{settings};
  // [/settings]

  // [loop]
  click_writer writer{store};
  std::uint32_t turns = 0;
  while (turns < 4 || !writer.is_idle()) {
    if (turns < 4) writer.write(clicked{turns});  // input of this turn
    writer.turn();
    std::this_thread::sleep_for(std::chrono::milliseconds{1});  // the loop's own work
    ++turns;
  }
  // [/loop]
  std::cout << store.count(quipu::region::all()) << " events\n";
}
