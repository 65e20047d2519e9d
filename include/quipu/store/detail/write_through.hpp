// SPDX-License-Identifier: BSL-1.0
//
// write_through.hpp: from what a caller hands in to the entries that a journal takes, for all the ways to write:
// append, submit, outbox, fence.
#pragma once

#include "../../coordinate/coordinate.hpp"
#include "../../core/bytes.hpp"
#include "../../journal/append_options.hpp"
#include "../../journal/config.hpp"
#include "../../journal/conflict_error.hpp"
#include "../../journal/reports.hpp"
#include "../../journal/write/append_entry.hpp"
#include "../../macros.hpp"
#include "encoded_event.hpp"

#include <cstddef>
#include <memory>

namespace quipu::detail::inline QUIPU_MODE {

/// An entry that refers to the arguments.
[[nodiscard]] inline append_entry entry_of(const coordinate& where, const encoded_event& event, bytes_view payload,
                                           const append_options& options) noexcept {
  return {.entity = where.entity(),
          .scope = where.scope(),
          .kind = event.kind,
          .version = event.version,
          .payload = payload,
          .schema = event.schema,
          .schema_hash = event.schema_hash,
          .type_name = event.type_name,
          .type_hash = event.type_hash,
          .options = &options};
}

/// The entry of an event that is appended as it is. `append` and `submit` make it where they are called: every call
/// between a program and the journal shows in what an append costs.
template <appended_as_it_is Event>
[[nodiscard]] append_entry plain_entry(const coordinate& where, const Event& event,
                                       const append_options& options) noexcept {
  const bytes_view payload{reinterpret_cast<const std::byte*>(std::addressof(event)), sizeof(Event)};
  return entry_of(where, event_operations_of<Event>.described, payload, options);
}

/// Calls `write(entry)` with the entry of an event, encoded into a buffer of the thread.
template <class Write>
auto with_entry(const coordinate& where, event_to_append event, const append_options& given, const Write& write) {
  const event_operations& type = *event.type;
  lent_buffer buffer;
  encode_event(event, buffer.get());
  const bytes_view payload{buffer.get()};
  if (type.add_tags == nullptr) return write(entry_of(where, type.described, payload, given));
  const append_options tagged = with_own_tags(event, given);
  return write(entry_of(where, type.described, payload, tagged));
}

/// Calls, and gives a conflict the log as it is, to find in it what got in between.
template <class Log, class Call>
auto with_conflicts(Log& log, Call&& call) {
  try {
    return call();
  } catch (conflict_error& conflict) {
    conflict.attach(log.snapshot());
    throw;
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
