// SPDX-License-Identifier: BSL-1.0
//
// subject.hpp: what a store must be able to do to take part. The calls are coarse, so that a virtual call never counts.
#pragma once

#include "workload.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace journal_bench {

class subject {
 public:
  subject() = default;
  subject(const subject&) = delete;
  subject& operator=(const subject&) = delete;
  virtual ~subject() = default;

  /// Opens what is in a directory, or begins there. Returns when the first question can be answered.
  virtual void open(const std::string& directory) = 0;
  /// Appends events `from` to `until`, unsynced, and returns when they are visible to readers.
  virtual void append(const workload& from, std::uint64_t first, std::uint64_t until) = 0;
  /// Everything appended is on stable storage when it returns.
  virtual void sync() = 0;
  /// Appends one event durably. May be called by several threads at once.
  virtual void append_durably(const workload& from, std::uint64_t index) = 0;

  /// What the store does now and then to stay small, if it does that while others append. Called by another thread.
  virtual void maintain() {}

  virtual sums replay_all() = 0;
  virtual sums replay_entity(std::uint32_t entity) = 0;
  /// The workload that is stored, for those who need it to find an event.
  virtual void know(const workload& from) { static_cast<void>(from); }
  /// Makes ready to read single events, and reads the events with these numbers.
  virtual void prepare_gets(const std::vector<std::uint64_t>& indexes) { static_cast<void>(indexes); }
  virtual sums get(const std::vector<std::uint64_t>& indexes) = 0;

  // Where there is an index for it.
  [[nodiscard]] virtual bool has_queries() const { return false; }
  virtual sums by_kind(std::uint16_t kind) { return static_cast<void>(kind), sums{}; }
  virtual sums by_scope(std::uint32_t scope) { return static_cast<void>(scope), sums{}; }
  /// Reads on from an event as a consumer does: asks so many times for the next 64.
  virtual void poll(std::uint64_t index, unsigned times, sums& all) { static_cast<void>(index + times + all.events); }
  static constexpr std::size_t polled_events = 64;
};

/// By name; null for a name that means nothing.
std::unique_ptr<subject> make_quipu(const std::string& name);
/// Opens a store of quipu's that another process writes.
std::unique_ptr<subject> make_quipu_reader();
std::unique_ptr<subject> make_sqlite(const std::string& name);
std::unique_ptr<subject> make_lmdb(const std::string& name);
std::unique_ptr<subject> make_rocksdb(const std::string& name);
std::unique_ptr<subject> make_fwrite_log(const std::string& name);

[[nodiscard]] inline std::unique_ptr<subject> make_subject(const std::string& name) {
  for (const auto make : {make_quipu, make_sqlite, make_lmdb, make_rocksdb, make_fwrite_log})
    if (auto made = make(name)) return made;
  give_up("there is no subject " + name);
}

/// A subject to read with what another process writes: the same one, but for quipu, where one process writes.
[[nodiscard]] inline std::unique_ptr<subject> make_reader(const std::string& name) {
  return name.starts_with("quipu") ? make_quipu_reader() : make_subject(name);
}

}  // namespace journal_bench
