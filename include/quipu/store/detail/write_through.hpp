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

/// Calls `use(options)` with the options of an event's append: those given, and the tags that its type names.
template <class Use>
auto with_own_tags(const event_to_append& event, const append_options& given, const Use& use) {
  if (event.type->add_tags == nullptr) return use(given);
  append_options tagged = given;
  event.type->add_tags(event.event, tagged.tags);
  return use(tagged);
}

/// Calls `write(entry)` with the entry of an event. The bytes of a packed event are its encoding; others are encoded
/// into a buffer of the thread.
template <class Write>
auto with_entry(const coordinate& where, const event_to_append& event, const append_options& given,
                const Write& write) {
  return with_own_tags(event, given, [&](const append_options& options) {
    const event_operations& type = *event.type;
    if (type.packed_size != 0) {
      const bytes_view payload{static_cast<const std::byte*>(event.event), type.packed_size};
      return write(entry_of(where, type.described, payload, options));
    }
    lent_buffer buffer;
    encode_event(event, buffer.get());
    return write(entry_of(where, type.described, bytes_view{buffer.get()}, options));
  });
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
