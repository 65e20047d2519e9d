// SPDX-License-Identifier: BSL-1.0
//
// schema_ledger.hpp: which shape the log has for each kind and version, so that a type whose shape changed without a
// new version is refused, and each segment gets each schema once. Not thread-safe.
#pragma once

#include "../../codec/fingerprint.hpp"
#include "../../core/error.hpp"
#include "../../event/event_view.hpp"
#include "../../macros.hpp"
#include "../segment/segment.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

struct schema_slot {
  std::uint64_t hash{};  ///< 0: the log has none
  std::string text{};
  std::uint64_t segment{};  ///< the last segment that has it; 0 is none
};

class schema_ledger {
  using segment_list = std::vector<std::shared_ptr<segment>>;
  using schema_slot = detail::schema_slot;

 public:
  /// Where to find the schemas that the ledger wasn't asked for yet.
  void look_in(std::shared_ptr<const segment_list> segments) noexcept { segments_ = std::move(segments); }

  /// Finds the slot, or makes one where the log has no such schema yet. Throws `errc::schema_drift` where it has
  /// another. Addresses stay.
  [[nodiscard]] schema_slot& require(event_kind kind, std::uint16_t version, std::uint64_t hash, std::string_view text);

  /// How often a schema was added or replaced since the log was opened.
  [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }

  /// Takes what a growing segment's index has.
  void learn(const segment_index& index, std::uint64_t stamp);

  /// Throws `errc::schema_drift` where the log has another shape for this kind and version.
  void check(event_kind kind, std::uint16_t version, std::uint64_t hash, std::string_view text);

 private:
  schema_slot& keep(std::uint32_t key, schema_slot made);

  /// What the log has; its hash is 0 where it has nothing.
  schema_slot& slot(event_kind kind, std::uint16_t version);

  std::shared_ptr<const segment_list> segments_;
  stable_list<schema_slot> slots_;
  flat_map<std::uint32_t, schema_slot*, number_hash> by_key_;
  std::uint64_t changes_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
