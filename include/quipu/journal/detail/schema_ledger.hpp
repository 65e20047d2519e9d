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

namespace quipu::detail {

struct schema_slot {
  std::uint64_t hash{};
  std::string text{};
  std::uint64_t segment{};  ///< the last segment that has it; 0 is none
};

template <class When>
class basic_schema_ledger {
  using segment_index = basic_segment_index<When>;
  using schema_slot = deferred<When, detail::schema_slot>;

 public:
  /// Finds the slot, or makes one where the log has no such schema yet. Throws `errc::schema_drift` where it has another. Addresses stay.
  [[nodiscard]] schema_slot& require(event_kind kind, std::uint16_t version, std::uint64_t hash, std::string_view text) {
    const std::uint32_t key = segment_index::schema_key(kind, version);
    if (schema_slot** found = by_key_.find(key)) {
      schema_slot& known = **found;
      if (known.hash != hash) {
        if (!reads_schema(text, known.text)) throw_schema_drift(kind, version, known.text, text);
        ++changes_;
        known = {hash, std::string{text}, 0};  // a class version that rose: the log gets the newer text
      }
      return known;
    }
    ++changes_;
    return keep(key, hash, text, 0);
  }

  /// How often a schema was added or replaced since the log was opened.
  [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }

  /// Takes what a segment has.
  void learn(const segment_index& index, std::uint64_t stamp) {
    for (const auto& each : index.schemas()) {
      if (schema_slot** found = by_key_.find(each.key)) **found = {each.value.fingerprint, each.value.text, stamp};
      else keep(each.key, each.value.fingerprint, each.value.text, stamp);
    }
  }

  /// Throws `errc::schema_drift` where the log has another shape for this kind and version.
  void check(event_kind kind, std::uint16_t version, std::uint64_t hash, std::string_view text) const {
    schema_slot* const* found = by_key_.find(segment_index::schema_key(kind, version));
    if (found != nullptr && (*found)->hash != hash && !reads_schema(text, (*found)->text))
      throw_schema_drift(kind, version, (*found)->text, text);
  }

 private:
  schema_slot& keep(std::uint32_t key, std::uint64_t hash, std::string_view text, std::uint64_t stamp) {
    schema_slot& made = slots_.add();
    made = {hash, std::string{text}, stamp};
    return *by_key_.insert(key, &made);
  }

  stable_list<schema_slot> slots_;
  flat_map<std::uint32_t, schema_slot*, number_hash> by_key_;
  std::uint64_t changes_{};
};
using schema_ledger = basic_schema_ledger<when_used>;

}  // namespace quipu::detail
