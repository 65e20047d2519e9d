// SPDX-License-Identifier: BSL-1.0
//
// memory_shared_log.ipp: see replication/memory_shared_log.hpp.
#pragma once

#include "../../replication/memory_shared_log.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// The log that connections share. All but the mutex and the signal is guarded by the mutex.
struct memory_records {
  struct late_record {
    std::vector<std::byte> bytes;
    event_id id;
  };

  std::mutex mutex;
  std::condition_variable added;
  std::map<std::uint64_t, std::vector<std::byte>> by_position;
  std::map<event_id, std::uint64_t> by_id;
  std::vector<late_record> late;
  std::uint64_t first{1};
  std::uint64_t last{0};

  std::uint64_t add(std::span<const std::byte> record, const event_id& id) {
    by_position.emplace(++last, std::vector<std::byte>{record.begin(), record.end()});
    by_id.emplace(id, last);
    added.notify_all();
    return last;
  }

  /// Adds the late records for which `is_time()` holds.
  template <class IsTime>
  void add_late(const IsTime& is_time) {
    std::erase_if(late, [&](const late_record& each) {
      if (!is_time()) return false;
      add(each.bytes, each.id);
      return true;
    });
  }
};

/// What a call returns that did not reach the engine.
QUIPU_DECL outcome_error unreachable_log() {
  return from_error(error{errc::unavailable, "the shared log in memory cannot be reached"});
}

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL memory_shared_log::memory_shared_log(const shared_log_faults& faults)
    : records_{std::make_shared<detail::memory_records>()}, faults_{faults}, random_{faults.seed} {}

QUIPU_DECL memory_shared_log::memory_shared_log(const memory_shared_log& other, const shared_log_faults& faults)
    : records_{other.records_}, faults_{faults}, random_{faults.seed} {}

QUIPU_DECL bool memory_shared_log::happens(unsigned of_a_thousand) {
  return of_a_thousand != 0 && random_() % 1000 < of_a_thousand;
}

QUIPU_DECL bool memory_shared_log::is_unreachable() { return cut_ || happens(faults_.unavailable); }

QUIPU_DECL outcome<std::uint64_t> memory_shared_log::append(std::span<const std::byte> record, const event_id& id) {
  using answer = outcome<std::uint64_t>;
  const std::lock_guard lock{records_->mutex};
  if (is_unreachable()) return detail::unreachable_log();
  if (happens(faults_.lost_appends)) return answer::retry(0, 1, 0, "the connection broke before the append");
  if (happens(faults_.late_appends)) {
    records_->late.push_back({{record.begin(), record.end()}, id});
    return answer::retry(0, 1, 0, "the connection broke during the append");
  }
  const bool is_repeat = happens(faults_.repeats);
  if (const auto known = records_->by_id.find(id); known != records_->by_id.end() && !is_repeat) return known->second;
  records_->add_late([this] { return random_() % 8 == 0; });
  if (happens(faults_.gaps)) records_->last += 1 + random_() % 3;
  const std::uint64_t position = records_->add(record, id);
  if (is_repeat) records_->add(record, id);
  if (happens(faults_.lost_acknowledgements)) return answer::retry(0, 1, 0, "the acknowledgement was lost");
  return position;
}

QUIPU_DECL outcome<std::vector<shared_record>> memory_shared_log::read(std::uint64_t from, std::size_t limit,
                                                                       std::chrono::milliseconds wait) {
  std::unique_lock lock{records_->mutex};
  if (is_unreachable()) return detail::unreachable_log();
  if (happens(faults_.short_reads)) limit = 1;
  const auto first = [&] { return records_->by_position.lower_bound(from); };
  records_->added.wait_for(lock, wait, [&] { return first() != records_->by_position.end(); });
  if (from < records_->first)
    return from_error(
        error{errc::trimmed, "the shared log was trimmed", {.expected = from, .actual = records_->first}});
  std::vector<shared_record> found;
  for (auto next = first(); next != records_->by_position.end() && found.size() < limit; ++next)
    found.push_back({next->first, next->second});
  return found;
}

QUIPU_DECL outcome<shared_log_extent> memory_shared_log::extent() {
  const std::lock_guard lock{records_->mutex};
  if (is_unreachable()) return detail::unreachable_log();
  return shared_log_extent{records_->first, records_->last};
}

QUIPU_DECL outcome<void> memory_shared_log::trim(std::uint64_t below) {
  const std::lock_guard lock{records_->mutex};
  if (is_unreachable()) return detail::unreachable_log();
  records_->first = std::max(records_->first, std::min(below, records_->last + 1));
  auto& kept = records_->by_position;
  kept.erase(kept.begin(), kept.lower_bound(records_->first));
  return {};
}

QUIPU_DECL void memory_shared_log::cut(bool is_cut) {
  const std::lock_guard lock{records_->mutex};
  cut_ = is_cut;
}

QUIPU_DECL void memory_shared_log::settle() {
  const std::lock_guard lock{records_->mutex};
  records_->add_late([] { return true; });
}

QUIPU_DECL bool memory_shared_log::lose(std::uint64_t position) {
  const std::lock_guard lock{records_->mutex};
  return records_->by_position.erase(position) != 0;
}

QUIPU_DECL bool memory_shared_log::alter(std::uint64_t position, std::vector<std::byte> bytes) {
  const std::lock_guard lock{records_->mutex};
  const auto found = records_->by_position.find(position);
  if (found == records_->by_position.end()) return false;
  found->second = std::move(bytes);
  return true;
}

QUIPU_DECL void memory_shared_log::roll_back(std::uint64_t from) {
  const std::lock_guard lock{records_->mutex};
  auto& kept = records_->by_position;
  kept.erase(kept.lower_bound(from), kept.end());
  std::erase_if(records_->by_id, [from](const auto& each) { return each.second >= from; });
  records_->last = std::min(records_->last, from == 0 ? 0 : from - 1);
}

}  // namespace quipu::inline QUIPU_MODE
