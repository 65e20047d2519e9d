// SPDX-License-Identifier: BSL-1.0
//
// schema_ledger.hpp: which shape the log has for each kind and version, so that a type whose shape changed without a new version is
// refused, and each segment gets each schema once. Not thread-safe.
#pragma once

#include "../../core/error.hpp"
#include "../../event/event_view.hpp"
#include "../../event/fingerprint.hpp"
#include "segment_index.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace quipu::detail {

struct schema_slot {
  std::uint64_t hash{};
  std::string text{};
  std::uint64_t segment{};  ///< the last segment that has it; 0 is none
};

class schema_ledger {
 public:
  /// Finds the slot, or makes one where the log has no such schema yet. Throws `errc::schema_drift` where it has another. Addresses stay.
  [[nodiscard]] schema_slot& require(event_kind kind, std::uint16_t version, std::uint64_t hash, std::string_view text) {
    const std::uint32_t key = segment_index::schema_key(kind, version);
    const auto found = slots_.find(key);
    if (found == slots_.end()) return slots_.emplace(key, schema_slot{hash, std::string{text}, 0}).first->second;
    if (found->second.hash != hash) throw_schema_drift(kind, version, found->second.text, text);
    return found->second;
  }

  /// Takes what a segment has.
  void learn(const segment_index& index, std::uint64_t segment) {
    for (const auto& [key, known] : index.schemas()) slots_.insert_or_assign(key, schema_slot{known.fingerprint, known.text, segment});
  }

  /// Throws `errc::schema_drift` where the log has another shape for this kind and version.
  void check(event_kind kind, std::uint16_t version, std::uint64_t hash, std::string_view text) const {
    const auto found = slots_.find(segment_index::schema_key(kind, version));
    if (found != slots_.end() && found->second.hash != hash) throw_schema_drift(kind, version, found->second.text, text);
  }

 private:
  std::unordered_map<std::uint32_t, schema_slot> slots_;
};

}  // namespace quipu::detail
