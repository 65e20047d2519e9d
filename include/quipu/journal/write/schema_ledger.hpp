// SPDX-License-Identifier: BSL-1.0
//
// schema_ledger.hpp: the schemas of the log for each kind and version. It refuses a type whose shape changed without a
// new version, and tells which schemas a segment still lacks. Not thread-safe.
#pragma once

#include "../../codec/fingerprint.hpp"
#include "../../core/error.hpp"
#include "../../event/event_view.hpp"
#include "../../macros.hpp"
#include "../reports.hpp"
#include "../segment/segment.hpp"
#include "../segment/segment_list.hpp"
#include "append_entry.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// A name that types with a schema have.
struct type_name_slot {
  std::string text{};
  std::uint64_t segment{};  ///< the last segment that has the name; 0 is none
};

struct schema_slot {
  static constexpr std::uint64_t unknown_type = 1;  ///< no entry has this `type_hash`

  std::uint64_t hash{};  ///< 0 if the log has no such schema
  std::string text{};
  std::uint64_t segment{};                ///< the last segment that has the schema; 0 is none
  std::uint64_t last_type{unknown_type};  ///< `type_hash` of the last entry with the schema
  std::vector<type_name_slot> names{};    ///< of the last segment that had the schema, and those that came since

  /// Whether a segment has the schema and the name of an entry's type, if that entry's type was the last one.
  [[nodiscard]] bool was_last(std::uint64_t in, const append_entry& entry) const noexcept {
    return segment == in && last_type == entry.type_hash;
  }
  /// Adds the name of an entry's type, as of no segment, unless there are too many. Throws `errc::invalid_argument` if
  /// it can't be a name.
  void add_name(const append_entry& entry);
  /// Returns the name to define the schema with in a segment, which is recorded as having it from now on; nothing if it
  /// has the schema and the name of the entry's type. The name was added.
  [[nodiscard]] std::optional<std::string_view> define_in(std::uint64_t in, const append_entry& entry) noexcept;
};

class schema_ledger {
  using schema_slot = detail::schema_slot;

 public:
  /// The segments to look up schemas in that the ledger does not have yet.
  void look_in(std::shared_ptr<const segment_list> segments) noexcept { segments_ = std::move(segments); }

  /// Finds the slot of an entry's schema, or adds one if the log has no schema for its kind and version; adds the name
  /// of its type. Throws `errc::schema_drift` if the log has another shape. Addresses are stable.
  [[nodiscard]] schema_slot& require(const append_entry& entry);

  /// The slot of a schema that was looked up before; null for others.
  [[nodiscard]] schema_slot* find(event_kind kind, std::uint16_t version) noexcept;

  /// Number of schemas that were added or replaced since the log was opened.
  [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }

  /// Takes the schemas of a growing segment's index.
  void learn(const segment_index& index, std::uint64_t stamp);

  /// Throws `errc::schema_drift` if the log has another shape for this kind and version.
  void check(event_kind kind, std::uint16_t version, std::uint64_t hash, std::string_view text);

  /// The kinds that types of several names have, of those that were looked up; ascending.
  [[nodiscard]] std::vector<shared_kind> shared_kinds() const;

 private:
  schema_slot& keep(std::uint32_t key, schema_slot made);

  /// The slot of a kind and version; its hash is 0 if the log has no such schema.
  schema_slot& slot(event_kind kind, std::uint16_t version);

  std::shared_ptr<const segment_list> segments_;
  stable_list<schema_slot> slots_;
  flat_map<std::uint32_t, schema_slot*, number_hash> by_key_;
  std::uint64_t changes_{};

  /// The schemas that were looked up last, by their kinds: a program's kinds often have consecutive numbers.
  struct recent_schema {
    std::uint32_t key{};
    schema_slot* slot{};
  };
  std::array<recent_schema, 16> recent_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
