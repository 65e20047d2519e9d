// SPDX-License-Identifier: BSL-1.0
//
// event_importer.hpp: appends events that come from another log, without their C++ types. For `store::import_events`,
// and for the command's `salvage` and `import`.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/event_kind.hpp"
#include "../../event/event_header.hpp"
#include "../../event/event_id.hpp"
#include "../../event/event_view.hpp"
#include "../../event/metadata.hpp"
#include "../../journal/append_options.hpp"
#include "../../macros.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

class journal;

/// What a log has of the type of an event.
struct logged_schema {
  std::string text{};
  std::string type_name{};
};

/// An event as it is imported.
struct foreign_event {
  event_id id{};
  event_id correlation_id{};
  std::optional<event_id> causation_id{};
  std::optional<event_id> idempotency_key{};
  std::int64_t timestamp_us{};  ///< by its store's clock; not kept
  std::optional<std::int64_t> given_us{};
  std::string entity{};
  std::string scope{};
  event_kind kind{};
  std::uint16_t version{};
  std::string schema{};     ///< empty for raw bytes
  std::string type_name{};  ///< empty if the log has none
  event_flags flags{};
  std::uint32_t depth{};
  std::uint32_t lane{};
  std::string bypass_reason{};
  metadata_map metadata{};
  std::vector<std::string> tags{};
  bytes payload{};

  /// `logged` is that of the event; it is asked for less often than there are events.
  [[nodiscard]] static foreign_event of(const event_view& event, const logged_schema& logged);
};

/// The schemas of events, each read from the log once.
class logged_schemas {
 public:
  [[nodiscard]] const logged_schema& of(const event_view& event);

 private:
  std::map<std::pair<event_kind, std::uint16_t>, logged_schema> known_;
};

/// The idempotency key of an event that is imported from a store: made of the store's lineage and the event's id there.
[[nodiscard]] event_id import_key(const event_id& lineage, const event_id& id);

/// Numbers, ids and hashes of imported events are new. Their causes and conversations are translated to the new ids.
/// A cause that was not imported is cleared; a conversation whose first event was not keeps its id. Not thread-safe.
class event_importer {
 public:
  /// Finds what was imported earlier: the new id for an old one.
  using finder = std::function<std::optional<event_id>(const event_id& old)>;

  /// `to` must outlive this.
  explicit event_importer(journal& to, finder find_earlier = {});

  /// Appends an event, buffered, under its idempotency key, or else its id. Throws as `journal::append`, and
  /// `errc::invalid_coordinate`.
  receipt append(const foreign_event& event);
  /// Forgets the ids of events that `find_earlier` finds from now on.
  void forget() noexcept { new_ids_.clear(); }

  [[nodiscard]] std::uint64_t appended() const noexcept { return appended_; }
  /// Events that were there already.
  [[nodiscard]] std::uint64_t repeated() const noexcept { return repeated_; }
  [[nodiscard]] std::uint64_t causes_cleared() const noexcept { return causes_cleared_; }

 private:
  /// The new id of an event; nothing if it was not imported.
  [[nodiscard]] std::optional<event_id> find(const event_id& old) const;

  journal& to_;
  finder find_earlier_;
  std::uint64_t next_sequence_;
  std::map<event_id, event_id> new_ids_;
  std::uint64_t appended_{};
  std::uint64_t repeated_{};
  std::uint64_t causes_cleared_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
