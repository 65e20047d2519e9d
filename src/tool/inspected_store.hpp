// SPDX-License-Identifier: BSL-1.0
//
// inspected_store.hpp: what the command asks of a store beyond the public members of `read_only_store`: the lists of
// segments, entities, kinds, schemas and checkpoints. Of the command, only inspected_store.cpp, event_copier.cpp and
// cache.cpp know the engine's inner classes.
#pragma once

#include <quipu.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::tool {

/// The sequences of a segment.
struct segment_bounds {
  std::uint64_t first_sequence{};
  std::uint64_t next_sequence{};  ///< after the last event that was given a number in it
};

struct segment_info {
  std::string name{};  ///< of the file, without the directory
  segment_bounds bounds{};
  std::uint64_t events{};      ///< that readers see
  std::uint64_t bytes{};       ///< that frames and head take
  std::uint64_t generation{};  ///< of the compaction that last took events from it; 0 for none
  bool is_last{};
  bool has_index_file{};
};

struct schema_info {
  std::uint16_t version{};
  std::string text{};
  std::vector<std::string> type_names{};  ///< of the event types that had it, the oldest first
};

struct entity_info {
  std::string name{};
  std::uint64_t events{};  ///< that readers see
};

/// The state of a worker's cursor.
struct worker_info {
  std::vector<parked_event> parked;
  std::vector<parked_event> skipped;  ///< the last ones
  std::uint64_t skipped_count{};
};

/// A damaged checkpoint is left out, and `complain(failure)` is called.
using complaint = std::function<void(const error&)>;

/// Lists are of the log as it is when they are asked for. Not thread-safe. Members throw as those of `read_only_store`.
class inspected_store : public read_only_store {
 public:
  explicit inspected_store(const config& settings) : read_only_store{settings} {}

  [[nodiscard]] std::uint64_t end_sequence();
  [[nodiscard]] bool has_key();
  /// `none`, `replica`, or `left` for a log that left replication. Throws `errc::corrupt`.
  [[nodiscard]] std::string_view replication();
  /// Throws `errc::configuration`, as a writer, where only a `replicated_store` may write.
  void require_no_replica();
  /// Whether the log ends with the mark of an orderly close.
  [[nodiscard]] bool was_closed();
  /// `closed`, `not closed`, or `empty` for a store that never had an event: its close leaves no mark.
  [[nodiscard]] std::string_view condition();

  [[nodiscard]] std::vector<segment_info> segments();
  /// As `segments`, one after the other.
  void visit_segments(const std::function<void(const segment_info&)>& take);
  /// As `segments`, in the order of the log, without reading the segments.
  [[nodiscard]] std::vector<segment_bounds> bounds();
  /// Calls `take` for each entity in the order in which they appear in the log, until it returns false.
  void visit_entities(const std::function<bool(const entity_info&)>& take);
  [[nodiscard]] std::set<std::string, std::less<>> scopes();
  /// Ascending. Tombstones are among them.
  [[nodiscard]] std::vector<event_kind> kinds();
  /// Ascending by version; nothing for a kind of raw bytes.
  [[nodiscard]] std::vector<schema_info> schemas_of(event_kind kind);
  /// The kinds whose events were written by a type with this name.
  [[nodiscard]] std::vector<event_kind> kinds_of_type(std::string_view name);
  [[nodiscard]] std::vector<cursor_info> sound_cursors(const complaint& complain);
  /// Nothing if the cursor is not a worker's. Throws `errc::not_found` if there is no such cursor.
  [[nodiscard]] std::optional<worker_info> worker_of(std::string_view cursor);

  /// Waits until the event with this sequence is visible, or a second has passed.
  void wait_for(std::uint64_t sequence);
  /// Gives back the memory that the pages of the files take in this process. Views stay valid.
  void release_pages();
};

/// Opens a store to look into it. Where the process may not have the address space that the largest segment would need
/// (`ulimit -v`), takes what the present files need; reading then throws `errc::configuration` if a writer's segment
/// grows far beyond them. Throws as `read_only_store`.
[[nodiscard]] std::unique_ptr<inspected_store> open_to_inspect(config settings);

}  // namespace quipu::tool
