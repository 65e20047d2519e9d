// SPDX-License-Identifier: BSL-1.0
//
// chain_checker.hpp: recomputes the hashes of a log: of each event, and the log's head. The hash of an event covers the
// stored hash of its entity's event before, so no event's hash waits for another one: they are computed in groups, many
// at once, and in a large log by two threads.
#pragma once

#include "../../event/detail/hash_batch.hpp"
#include "../../event/frame.hpp"
#include "../../hash/blake3.hpp"
#include "../../macros.hpp"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Compares the hashes of events with what they must be. Not thread-safe.
class hash_checker {
 public:
  struct entry {
    frame_view event{};
    digest previous{};  ///< stored hash of the entity's event before
    const coordinate_digest* where{};
  };
  using group = std::vector<entry>;

  explicit hash_checker(const hash_key& key) noexcept : key_{key} {}

  /// Checks some events. Throws `std::bad_alloc`.
  void check(const group& events);
  /// The first frame in memory whose hash is wrong; null if there is none.
  [[nodiscard]] const std::byte* wrong() const noexcept { return wrong_; }

 private:
  void check_batch();
  void found_wrong(const std::byte* frame) noexcept;

  const hash_key& key_;
  hash_batch batch_;
  std::array<const std::byte*, hash_batch::capacity> frames_{};  // of the events in the batch
  const std::byte* wrong_{};
};

/// For the use of one thread.
class chain_checker {
 public:
  /// About `events` will be checked. A second thread helps where they are many, unless there is no second processor or
  /// the system can't start a thread.
  chain_checker(const hash_key& key, std::uint64_t events);
  ~chain_checker();

  chain_checker(const chain_checker&) = delete;
  chain_checker& operator=(const chain_checker&) = delete;

  /// Adds an event whose hash must be that of its frame. The frame and `where` must stay until `first_wrong`. Throws
  /// `std::bad_alloc`.
  void add(const frame_view& event, const digest& previous, const coordinate_digest& where) {
    add_unchecked(event.hash());
    filling_.push_back({event, previous, &where});
    if (filling_.size() == group_size) check_group();
  }
  /// Adds an event whose hash can't be recomputed, because it was dropped or erased.
  void add_unchecked(const digest& stored) {
    hashes_[hash_count_++] = stored;
    if (hash_count_ == hashes_.size()) take_hashes();
  }

  /// Waits until all that were added are checked. Returns the first frame in memory whose hash is wrong; null if there
  /// is none. Throws `std::bad_alloc`.
  [[nodiscard]] const std::byte* first_wrong();

  /// The log's head after all events that were added.
  [[nodiscard]] digest head();

 private:
  using group = hash_checker::group;
  static constexpr std::size_t group_size = 1024;
  static constexpr std::uint64_t worth_a_thread = 65'536;

  /// Gives the group that was filled to the helping thread; checks it here where that has one waiting already.
  void check_group();
  [[nodiscard]] bool give_away();
  /// Takes back the group that waits for the helping thread, and waits until that is done with its own.
  void rejoin();
  void take_hashes() noexcept;
  void help() noexcept;

  blake3_hasher head_;
  std::array<digest, 1024> hashes_{};  // 32 KiB at once fill all lanes
  std::size_t hash_count_{};
  group filling_;
  hash_checker own_;

  hash_checker helping_;  // used by the thread while it is busy
  std::mutex mutex_;
  std::condition_variable changed_;
  group waiting_;               // not empty: to be checked by the thread
  bool is_busy_{};              // the thread checks a group
  bool stop_{};                 // the thread is to end
  std::exception_ptr problem_;  // why the thread failed
  std::thread thread_;          // none: nobody helps
};

}  // namespace quipu::detail::inline QUIPU_MODE
