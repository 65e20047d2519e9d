// SPDX-License-Identifier: BSL-1.0
//
// record.hpp: what a record of a replicated store's shared log says, and its bytes: proposals to append, or which store
// the log is of. The bytes are the encoding (codec.hpp) of `record`, behind their checksum.
#pragma once

#include <quipu.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// A region without alternatives.
struct wire_region {
  std::uint8_t match{};  ///< region::match
  std::string entity{};
  std::optional<std::string> scope{};
  std::vector<std::string> tags{};
  std::optional<std::vector<std::uint16_t>> kinds{};
  std::optional<std::uint32_t> category{};
  std::uint64_t first_entity_sequence{};
  std::uint64_t last_entity_sequence{};
};

/// An `append_condition`: no event from `first` on that one of the regions selects.
struct wire_condition {
  std::uint64_t first{};
  std::vector<wire_region> regions{};
};

/// An `append_entry` with its options. A replica has no use for `durability`.
struct wire_entry {
  std::string entity{};
  std::string scope{};
  std::uint16_t kind{};
  std::uint16_t version{};
  bytes payload{};
  std::string schema{};
  std::uint64_t schema_hash{};
  std::string type_name{};
  std::optional<std::uint64_t> cause_item{};
  std::uint8_t expected{};  ///< 0 any, 1 none, 2 some, 3 `expected_last`
  std::uint64_t expected_last{};
  std::optional<wire_condition> condition{};
  std::optional<event_id> idempotency_key{};
  std::optional<event_id> correlation_id{};
  std::optional<event_id> causation_id{};
  std::uint8_t flags{};
  std::optional<std::array<std::uint32_t, 2>> lane{};  ///< depth and lane
  std::string bypass_reason{};
  std::map<std::string, std::string> metadata{};
  bool copy_metadata{};
  std::optional<std::int64_t> timestamp_us{};
  std::vector<std::string> tags{};
};

/// What one append proposes: entries that become one commit, or none of them.
struct wire_proposal {
  std::int64_t time_us{};  ///< by the proposer's clock
  std::vector<wire_entry> entries{};
};

using wire_digest = std::array<std::uint8_t, digest::size>;

/// A record.
struct record {
  static constexpr std::uint16_t known_format = 1;

  std::uint16_t format{known_format};
  event_id id{};       ///< differs for all records; a record that was appended twice has the same
  event_id lineage{};  ///< of the stores of all replicas
  /// How far the proposer had come: the last position that it had applied, and its log's head there. A record that
  /// founds a log has the number of events that its store has already.
  std::uint64_t base{};
  wire_digest head{};
  std::uint64_t founded_events{};
  std::vector<bytes> proposals{};  ///< each a `wire_proposal`; none in a record that founds a log

  [[nodiscard]] bool founds() const noexcept { return proposals.empty(); }
};

[[nodiscard]] bytes encode_proposal(std::span<const append_entry> entries, std::int64_t time_us);
[[nodiscard]] bytes encode_record(const record& from);
/// Nothing for bytes that are no record, or one that was altered. Throws `errc::unsupported_format` for one of a newer
/// version.
[[nodiscard]] std::optional<record> decode_record(bytes_view from);

[[nodiscard]] wire_digest to_wire(const digest& from) noexcept;
[[nodiscard]] digest from_wire(const wire_digest& from) noexcept;

/// A proposal, as a journal takes it. The entries refer to this object.
class decoded_proposal {
 public:
  /// Throws `errc::decode_failed`.
  explicit decoded_proposal(bytes_view from);
  decoded_proposal(const decoded_proposal&) = delete;
  decoded_proposal& operator=(const decoded_proposal&) = delete;

  [[nodiscard]] std::int64_t time_us() const noexcept { return wire_.time_us; }
  [[nodiscard]] std::span<const append_entry> entries() const noexcept { return entries_; }

 private:
  wire_proposal wire_;
  std::vector<append_options> options_;
  std::vector<append_entry> entries_;
};

}  // namespace quipu::detail::inline QUIPU_MODE

#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)
#include "../../impl/replication/detail/record.ipp"
#endif
