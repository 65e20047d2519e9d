// SPDX-License-Identifier: BSL-1.0
//
// source.hpp: a store that a command reads, also if it is damaged: then its damage is told, and what is sound is read.
#pragma once

#include "context.hpp"
#include "inspected_store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace quipu::tool {

/// Not thread-safe.
class source {
 public:
  /// Opens the store. Damage is told to the context. Throws `command_failure` where no store can be read.
  source(context& of, std::string path);

  [[nodiscard]] inspected_store& store() noexcept { return *store_; }
  /// The directory as it was given.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] bool is_damaged() const noexcept { return !damage_.empty(); }
  [[nodiscard]] const std::vector<damage_report>& damage() const noexcept { return damage_; }

  /// Calls `take` for the events of a region in the order of the log, as of now, until it returns false. Returns false
  /// then. Damage that appears on the way is told, and what is sound behind it is read.
  bool walk(const region& wanted, const std::function<bool(const event_view&)>& take);
  /// As `walk`, but only the last events, at most `count`, in the order of the log.
  [[nodiscard]] std::vector<event_view> last(const region& wanted, std::size_t count);
  /// The first event; nothing if there is none.
  [[nodiscard]] std::optional<event_view> first();
  /// The sequence of the first event that is not older; the end of the log if all are.
  [[nodiscard]] std::uint64_t sequence_at(std::int64_t time_us);
  /// The event with a sequence or id. Throws `command_failure` if there is none.
  [[nodiscard]] event_view find(const std::string& number_or_id);
  /// Calls `read`; if it finds damage, opens the sound rest of the log and calls it again.
  template <class Read>
  auto reading(Read&& read) {
    try {
      return read();
    } catch (const error& failure) {
      salvage_after(failure);
    }
    return read();
  }
  /// Opens what is sound of the log after a failure, and tells the damage. Throws the failure again if it is not
  /// damage, or the log was salvaged before.
  void salvage_after(const error& failure);

 private:
  void open(open_policy how);
  [[nodiscard]] std::optional<event_view> first_from(std::uint64_t sequence);

  context& context_;
  std::string path_;
  std::unique_ptr<inspected_store> store_;
  std::vector<damage_report> damage_;
};

/// A region's events with sequences from `first` up to `last`, which may be beyond the log.
[[nodiscard]] region between(const region& wanted, std::uint64_t first, std::uint64_t last);

/// One damaged part, in words: path, offset, and what is missing.
[[nodiscard]] std::string damage_text(const damage_report& damage);

}  // namespace quipu::tool
