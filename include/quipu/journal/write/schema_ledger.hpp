// SPDX-License-Identifier: BSL-1.0
//
// schema_ledger.hpp: which shape the log has for each kind and version, so that a type whose shape changed without a new version is
// refused, and each segment gets each schema once. Not thread-safe.
#pragma once

#include "../../codec/fingerprint.hpp"
#include "../../core/error.hpp"
#include "../../event/event_view.hpp"
#include "../segment/segment.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

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

  /// Finds the slot, or makes one where the log has no such schema yet. Throws `errc::schema_drift` where it has another. Addresses stay.
  [[nodiscard]] schema_slot& require(event_kind kind, std::uint16_t version, std::uint64_t hash, std::string_view text) {
    schema_slot& known = slot(kind, version);
    if (known.hash != hash) {
      if (known.hash != 0 && !reads_schema(text, known.text)) throw_schema_drift(kind, version, known.text, text);
      ++changes_;
      known = {hash, std::string{text}, 0};  // new, or a class version that rose: the log gets the newer text
    }
    return known;
  }

  /// How often a schema was added or replaced since the log was opened.
  [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }

  /// Takes what a growing segment's index has.
  void learn(const segment_index& index, std::uint64_t stamp) {
    for (const auto& each : index.schemas()) {
      if (schema_slot** found = by_key_.find(each.key)) **found = {each.value.fingerprint, each.value.text, stamp};
      else keep(each.key, {each.value.fingerprint, each.value.text, stamp});
    }
  }

  /// Throws `errc::schema_drift` where the log has another shape for this kind and version.
  void check(event_kind kind, std::uint16_t version, std::uint64_t hash, std::string_view text) {
    const schema_slot& known = slot(kind, version);
    if (known.hash != 0 && known.hash != hash && !reads_schema(text, known.text)) throw_schema_drift(kind, version, known.text, text);
  }

 private:
  schema_slot& keep(std::uint32_t key, schema_slot made) {
    schema_slot& kept = slots_.add();
    kept = std::move(made);
    return *by_key_.insert(key, &kept);
  }

  /// What the log has; its hash is 0 where it has nothing.
  schema_slot& slot(event_kind kind, std::uint16_t version) {
    const std::uint32_t key = segment_index::schema_key(kind, version);
    if (schema_slot** found = by_key_.find(key)) return **found;
    schema_slot made;
    for (std::size_t position = segments_ ? segments_->size() : 0; position-- != 0;) {
      const segment& in = *(*segments_)[position];
      made.hash = in.schema_fingerprint(kind, version);
      if (made.hash == 0) continue;
      made.text = in.schema_text(kind, version);
      made.segment = in.first_sequence() + 1;
      break;
    }
    return keep(key, std::move(made));
  }

  std::shared_ptr<const segment_list> segments_;
  stable_list<schema_slot> slots_;
  flat_map<std::uint32_t, schema_slot*, number_hash> by_key_;
  std::uint64_t changes_{};
};

}  // namespace quipu::detail
