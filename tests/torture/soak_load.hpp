// SPDX-License-Identifier: BSL-1.0
//
// soak_load.hpp: a store under a steady load, with a consumer of every kind, each of which is compared with what was
// appended. A reader in another process follows it.
#pragma once

#include "../journal/simulated_machine.hpp"
#include "repeating_thread.hpp"
#include "resources.hpp"
#include "shared_page.hpp"

#include <quipu/cache/file_cache.hpp>
#include <quipu/cache/memory_cache.hpp>
#include <quipu/cache/tiered_cache.hpp>
#include <quipu/store/read_only_store.hpp>
#include <quipu/store/store.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace torture {

struct ticked {
  static constexpr auto kind = quipu::event_kind::custom(0xB, 1);
  std::uint64_t number{};
  std::string text{};
};
struct answered {
  static constexpr auto kind = quipu::event_kind::custom(0xB, 2);
  std::uint64_t number{};
};
/// Depends on the events, not on their order.
struct tally {
  using events = quipu::event_list<ticked, answered>;
  std::uint64_t events_seen{};
  std::uint64_t sum{};
  void apply(const ticked& event) { ++events_seen, sum += event.number; }
  void apply(const answered& event) { ++events_seen, sum += event.number; }
  friend bool operator==(const tally&, const tally&) = default;
};

/// Checks that a consumer sees every event of the log once and in order.
class succession {
 public:
  succession(std::string consumer, first_problem& problem) : consumer_{std::move(consumer)}, problem_{problem} {}

  void see(const quipu::event_view& each) {
    const std::uint64_t due = next_.load();
    if (each.sequence() != due)
      problem_.set(consumer_ + " sees event " + std::to_string(each.sequence()) + " instead of " + std::to_string(due));
    next_ = each.sequence() + 1;
  }
  [[nodiscard]] std::uint64_t seen() const noexcept { return next_.load(); }

 private:
  std::string consumer_;
  first_problem& problem_;
  std::atomic<std::uint64_t> next_{};
};

/// What the reader in another process says of itself.
struct reader_page {
  std::atomic<std::uint64_t> seen{};
  std::array<std::atomic<std::uint64_t>, resource_names.size()> held{};
};
/// Follows a store and opens it again now and then, until the parent process ends. Throws if it misses an event.
void follow_store(const quipu::config& settings, const shared_page<reader_page>& page);

/// The store in a folder, its writers and its consumers.
class soak_load {
 public:
  soak_load(const std::filesystem::path& folder, std::uint64_t seed);
  ~soak_load();

  [[nodiscard]] static quipu::config settings_in(const std::filesystem::path& folder);

  [[nodiscard]] std::uint64_t appended() const noexcept { return ticks_.load() + answers_.load(); }
  /// Drops all but the newest events.
  void compact(std::uint64_t kept_events);
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
  /// What a dropped event leaves on the disk: see docs/compaction.md.
  [[nodiscard]] std::uint64_t bytes_of_dropped() const noexcept { return bytes_of_dropped_; }
  /// Has the writers pause until all consumers have come to the end, and compares what they have with the log.
  /// Empty, or what is wrong.
  [[nodiscard]] std::string problem_in_pause(const shared_page<reader_page>& reader);
  /// Verifies the log. Throws what `verify` throws.
  void verify() { static_cast<void>(store_.verify()); }

 private:
  using clock = std::chrono::steady_clock;

  /// The pace of one writer.
  struct writer_turn {
    std::mutex pause{};
    clock::time_point next{clock::now()};
  };

  void add_consumers();
  void paced(writer_turn& turn, const std::function<void()>& work);
  void append_batch();
  void append_singly();
  [[nodiscard]] ticked next_tick(simulation::seeded& random);
  void read_with_cursor();
  void receive();
  void run_worker();
  void renew_models();
  void look_from_a_new_reader();
  void project_something();
  [[nodiscard]] std::string problem_of_models();

  std::filesystem::path folder_;
  first_problem problem_{};
  quipu::store store_;
  simulation::seeded batch_random_;
  simulation::seeded single_random_;
  simulation::seeded reader_random_;
  std::array<writer_turn, 2> turns_{};
  std::atomic<std::uint64_t> ticks_{};
  std::atomic<std::uint64_t> orders_{};
  std::atomic<std::uint64_t> answers_{};
  std::uint64_t dropped_{};
  std::uint64_t bytes_of_dropped_{};

  succession cursor_{"the cursor", problem_};
  succession worker_{"the worker", problem_};
  succession follower_{"the reader of this process", problem_};
  quipu::read_only_store long_reader_;
  quipu::cursor long_cursor_;
  quipu::subscription lossy_;
  std::uint64_t received_{};
  std::atomic<std::uint64_t> received_or_dropped_{};
  quipu::worker reactor_;
  std::mutex models_lock_{};  // of the next two
  std::optional<quipu::read_model<tally>> model_{};
  std::optional<quipu::watcher<tally>> watcher_{};
  std::vector<std::unique_ptr<repeating_thread>> threads_{};
};

}  // namespace torture
