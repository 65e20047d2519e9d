// SPDX-License-Identifier: BSL-1.0
//
// journal_options.hpp: what a journal is told when it is opened, what an append hands it, and what it tells of itself. The store's
// `config` and `batch` are what programs write; these are what is left of them here.
#pragma once

#include "../core/bytes.hpp"
#include "../core/event_kind.hpp"
#include "../hash/digest.hpp"
#include "append_options.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quipu {

/// What opening a store found and mended.
struct recovery_report {
  std::string path{};            ///< the segment that was cut
  std::uint64_t offset{};        ///< where it ends now
  std::uint64_t dropped_bytes{}; ///< what was behind it: an unfinished commit, of which no durable receipt was given
  std::string reason{};

  friend bool operator==(const recovery_report&, const recovery_report&) = default;
};

/// What becomes of other writers while a visibility fence is open.
enum class fence_policy : std::uint8_t {
  wait,    ///< they wait until it ends
  refuse,  ///< they are refused with `errc::busy`
};

/// What waits to be written or flushed, at one moment.
struct writer_pressure {
  std::uint64_t waiting_bytes{};        ///< of frames that have a place in the log and aren't in its file
  std::uint64_t waiting_bytes_limit{};  ///< about as many are ever held: `config.writer.buffer_bytes` being filled, and as many being written
  std::uint64_t events_not_durable{};   ///< that have a place in the log and aren't on stable storage
  std::uint64_t callers_waiting{};      ///< for a flush, for room, or for a fence to end
  std::uint64_t flush_us{};             ///< how long the last flush took
  bool fence_open{};

  /// How much of the room is taken: 0 to 1.
  [[nodiscard]] constexpr double utilization() const noexcept {
    if (waiting_bytes >= waiting_bytes_limit) return waiting_bytes == 0 ? 0.0 : 1.0;
    return static_cast<double>(waiting_bytes) / static_cast<double>(waiting_bytes_limit);
  }

  friend constexpr bool operator==(const writer_pressure&, const writer_pressure&) noexcept = default;
};

/// What reading a damaged log in spite of it has left out.
struct damage_report {
  std::string path{};
  std::uint64_t offset{};
  std::uint64_t bytes{};   ///< that were skipped; 0 where a file is missing
  std::uint64_t events{};  ///< that are missing, as far as what follows tells
  std::string reason{};

  friend bool operator==(const damage_report&, const damage_report&) = default;
};

namespace detail {

struct journal_options {
  std::filesystem::path directory{};
  bool salvage{};  ///< of a reader: leave out what is damaged
  std::uint64_t segment_max_bytes{};
  std::uint64_t payload_max_bytes{};
  std::size_t batch_max_events{};
  std::uint64_t batch_max_bytes{};
  durability default_durability{durability::durable};
  std::uint64_t sync_every_n_events{};
  std::uint64_t sync_interval_ms{};
  std::uint64_t write_buffer_bytes{};
  std::uint64_t preallocate_bytes{};
  double retry_above{1.0};  ///< utilization from which try_submit declines
  bool chain{true};
  std::optional<digest> chain_key{};
  std::function<std::int64_t()> clock{};
};

/// What a writer has done since it was opened.
struct journal_counts {
  std::uint64_t appends{};  ///< commits: single events and batches
  std::uint64_t flushes{};
  std::uint64_t written_bytes{};
  std::uint64_t segments{};
  std::uint64_t entities{};
  std::uint64_t index_failures{};  ///< index files that couldn't be made
};

/// A commit that has its place in the log.
struct placed_commit {
  std::uint64_t begin{};          ///< number of its first event
  std::uint64_t end{};            ///< behind its last; as `begin` where all was there before
  std::uint64_t durable_until{};  ///< its receipts promise that the events before this are durable
};

/// One event to be appended. Refers to what the caller holds until the append returns.
struct append_entry {
  std::string_view entity{};
  std::string_view scope{};
  event_kind kind{};
  std::uint16_t version{};       ///< 0 for raw bytes
  bytes_view payload{};
  std::string_view schema{};     ///< text; empty for raw bytes
  std::uint64_t schema_hash{};
  append_options options{};
  std::optional<std::size_t> cause_item{};  ///< an earlier entry of the same batch
  std::string_view bypass_reason{};
};

}  // namespace detail
}  // namespace quipu
