// SPDX-License-Identifier: BSL-1.0
//
// event_copier.hpp: appends events that were read from elsewhere, without their C++ types.
#pragma once

#include <quipu.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::tool {

/// An event as it is copied.
struct copied_event {
  event_id id{};
  event_id correlation_id{};
  std::optional<event_id> causation_id{};
  std::optional<event_id> idempotency_key{};
  std::int64_t timestamp_us{};
  std::optional<std::int64_t> given_us{};
  std::string entity{};
  std::string scope{};
  event_kind kind{};
  std::uint16_t version{};
  std::string schema{};  ///< empty for raw bytes
  event_flags flags{};
  std::uint32_t depth{};
  std::uint32_t lane{};
  std::string bypass_reason{};
  metadata_map metadata{};
  std::vector<std::string> tags{};
  bytes payload{};

  [[nodiscard]] static copied_event of(const event_view& event, std::string_view schema);
};

/// Appends to a store. Entities, scopes, kinds, schemas, payloads, metadata, given times, flags, tags, keys, causes and
/// conversations are kept, and the store's times as far as they do not go back; one that would is given with the event,
/// unless another is. Numbers, ids and hashes are new. An event without an idempotency key gets its old id as one, so
/// that it is copied once, however often the copy is repeated. Not thread-safe.
class event_copier {
 public:
  /// Opens or creates the store. Throws as `store`.
  explicit event_copier(config target);
  ~event_copier();

  /// Appends an event; leaves out one that was erased. Throws as `store::append`.
  void append(const copied_event& event);
  /// Brings everything to stable storage and releases the directory. Throws as `store::close`.
  void close();

  [[nodiscard]] std::uint64_t appended() const noexcept;
  /// Events that were there already.
  [[nodiscard]] std::uint64_t repeated() const noexcept;
  /// Erased events.
  [[nodiscard]] std::uint64_t left_out() const noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace quipu::tool
