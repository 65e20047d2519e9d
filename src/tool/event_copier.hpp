// SPDX-License-Identifier: BSL-1.0
//
// event_copier.hpp: appends events that were read from elsewhere, without their C++ types.
#pragma once

#include <quipu.hpp>
#include <quipu/store/detail/event_importer.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace quipu::tool {

using copied_event = quipu::detail::foreign_event;

/// Appends to a store. Entities, scopes, kinds, schemas, payloads, tags, metadata, given times, flags, keys, causes and
/// conversations are kept, and the store's times as far as they do not go back; one that would is given with the event,
/// unless another is. Numbers, ids and hashes are new. An event without an idempotency key gets its old id as one, so
/// that it is copied once, however often the copy is repeated. Not thread-safe.
class event_copier {
 public:
  /// Opens or creates the store. Takes payloads of any size that a store may have. Throws as `store`.
  explicit event_copier(config target);
  ~event_copier();

  /// Appends an event; leaves out one that was erased. Throws as `store::append`.
  void append(const copied_event& event);
  /// As `append`. If no store takes the event, leaves it out and returns why.
  [[nodiscard]] std::optional<error> try_append(const copied_event& event);
  /// Brings everything to stable storage and releases the directory. Throws as `store::close`.
  void close();

  /// Whether the store has no event.
  [[nodiscard]] bool is_empty() const;
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
