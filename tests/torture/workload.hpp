// SPDX-License-Identifier: BSL-1.0
//
// workload.hpp: operations on a store, what was promised while they ran, and the check that what a crash left keeps it.
#pragma once

#include "../journal/crash_fixture.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torture {

using namespace simulation;
using quipu::durability;
using quipu::region;

enum class operation : unsigned char {
  append,
  buffer,
  batch,
  rotate,
  sync,
  compact,
  cursor,
  worker,
  cache,
  close,
  reopen
};
inline constexpr std::array<std::string_view, 11> operation_names{
    "append", "buffer", "batch", "rotate", "sync", "compact", "cursor", "worker", "cache", "close", "reopen"};
using workload = std::vector<operation>;

inline std::string text_of(const workload& of) {
  std::string text;
  for (const operation each : of) {
    if (!text.empty()) text += ",";
    text += operation_names[static_cast<std::size_t>(each)];
  }
  return text.empty() ? "none" : text;
}

/// A state that depends on the order of the events.
struct summed {
  using events = quipu::event_list<noted, counted>;
  std::uint64_t sum{};
  void apply(const noted& event) { sum = sum * 31 + event.number; }
  void apply(const counted& event) { sum = sum * 31 + event.number; }
  friend bool operator==(const summed&, const summed&) = default;
};

/// A cache whose entries outlive the program, as those of a file cache do. Copies share the entries.
class surviving_cache {
 public:
  [[nodiscard]] quipu::cache_capabilities capabilities() const { return {}; }
  [[nodiscard]] std::optional<quipu::cache_entry> get(quipu::bytes_view key) const {
    const auto found = entries_->find(std::string{key.text()});
    return found == entries_->end() ? std::nullopt : std::optional{found->second};
  }
  void put(quipu::bytes_view key, quipu::bytes_view value, quipu::cache_meta meta) const {
    (*entries_)[std::string{key.text()}] = {value.copy(), meta};
  }
  std::uint64_t delete_prefix(quipu::bytes_view prefix) const {
    return std::erase_if(*entries_, [&](const auto& each) { return each.first.starts_with(prefix.text()); });
  }
  void sync() const {}

 private:
  std::shared_ptr<std::map<std::string, quipu::cache_entry>> entries_ =
      std::make_shared<std::map<std::string, quipu::cache_entry>>();
};

/// Of a consumer: what a commit returned for, and what one was begun for.
struct consumed {
  std::uint64_t acknowledged{};
  std::uint64_t attempted{};
  std::function<void(const consumed&)> changed = [](const consumed&) {};

  void attempt(std::uint64_t position) {
    attempted = position;
    changed(*this);
  }
  void acknowledge() {
    acknowledged = attempted;
    changed(*this);
  }
  /// Empty, or what is wrong with the position that was found.
  [[nodiscard]] std::string problem_of(std::uint64_t found) const {
    if (found < acknowledged) return "a commit was lost";
    return found > attempted ? "nobody was there" : "";
  }
};

/// Reads to the end with the cursor "c", and commits.
inline void consume_with_cursor(store& of, consumed& by) {
  auto cursor = of.cursor_guaranteed("c", region::all());
  static_cast<void>(cursor.poll_batch(100));
  by.attempt(cursor.next_sequence());
  cursor.commit();
  by.acknowledge();
}
/// Lets the worker "w" come to the end, and stops it. Returns whether it came there; its commit is for the caller to
/// acknowledge.
inline bool let_worker_work(store& of, consumed& by) {
  by.attempt(of.stats().events);
  auto worker = of.cursor_worker("w", region::all(), [](const quipu::event_view&) {},
                                 {.restart = quipu::restart_policy::never()});
  const bool done = worker.wait_caught_up_for(std::chrono::minutes{1});
  worker.stop();
  worker.join();
  return done;
}
/// Empty, or what is wrong with the positions of the cursor "c" and the worker "w".
template <class Store>
std::string consumers_problem(Store& opened, const consumed& cursor, const consumed& worker) {
  std::map<std::string, std::uint64_t> positions;
  for (const quipu::cursor_info& each : opened.cursors()) positions[each.name] = each.position.next_sequence;
  if (std::string problem = cursor.problem_of(positions["c"]); !problem.empty()) return "cursor: " + problem;
  if (std::string problem = worker.problem_of(positions["w"]); !problem.empty()) return "worker: " + problem;
  if (std::max(positions["c"], positions["w"]) > opened.stats().events) return "a position is ahead of the log";
  return {};
}

/// A program's run on a machine.
class life {
 public:
  explicit life(const disk& on)
      : machine_{on}, with_{on, small_store(), [cache = cache_](const quipu::config& settings) {
                              return std::make_unique<store>(settings, cache);
                            }} {}

  void open() { with_.open(); }
  void run(operation what) {
    switch (what) {
      case operation::append:
        return with_.append("alice", 40, durability::durable);
      case operation::buffer:
        return with_.append("alice", 40, durability::buffered);
      case operation::batch:
        return with_.append_batch(3, durability::durable);
      case operation::rotate:  // the second has no room in the segment of the first
        with_.append("large", 2000, durability::durable);
        return with_.append("large", 2000, durability::durable);
      case operation::sync:
        return with_.sync();
      case operation::compact:
        static_cast<void>(with_.events().compact(quipu::compaction::merge()));
        return;
      case operation::cursor:
        return consume_with_cursor(with_.events(), cursor_);
      case operation::worker:
        return let_worker_commit();
      case operation::cache:
        static_cast<void>(with_.events().project<summed>("alice"));
        return;
      case operation::close:
        return with_.close();
      case operation::reopen:
        return with_.open();
    }
  }

  [[nodiscard]] const promises& given() const { return with_.given; }

  /// Empty, or what is wrong with what a crash left. Goes on with it, so it is changed.
  [[nodiscard]] std::string problem_of(const disk& found) const {
    if (std::string problem = recovery_problem(found, with_.given); !problem.empty()) return problem;
    try {
      store opened{settings_in(found, small_store()), cache_};
      static_cast<void>(opened.verify());
      if (std::string problem = consumers_problem(opened, cursor_, worker_); !problem.empty()) return problem;
      store cacheless{settings_in(found.after_death(), small_store())};
      if (opened.project<summed>("alice") != cacheless.project<summed>("alice")) return "the cache changed an answer";
      return {};
    } catch (const std::exception& failure) {
      return std::string{"after recovery: "} + failure.what();
    }
  }

 private:
  void let_worker_commit() {
    const bool done = let_worker_work(with_.events(), worker_);
    if (machine_.is_off()) throw power_cut{};
    if (!done) throw std::runtime_error{"the worker doesn't come to the end"};
    worker_.acknowledge();
  }

  disk machine_;
  surviving_cache cache_{};
  writer with_;
  consumed cursor_{};
  consumed worker_{};
};

}  // namespace torture
