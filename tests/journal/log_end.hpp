// SPDX-License-Identifier: BSL-1.0
//
// log_end.hpp: the end of a log in memory, and an entry, for tests of how frames are laid out.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/write/placement.hpp>
#include <quipu/journal/write/single_append.hpp>
#endif

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace log_ends {

using quipu::append_options;
using quipu::event_id;
using quipu::receipt;
using quipu::detail::append_entry;
using quipu::detail::placement;
using quipu::detail::single_append;

inline const event_id some_id = event_id::from_name(std::string_view{"some"});

inline append_entry entry_with(const append_options& options) {
  append_entry entry{};
  entry.entity = "account:alice";
  entry.scope = "branch:zurich";
  entry.kind = quipu::event_kind::custom(0xF, 1);
  entry.version = 1;
  entry.schema = "{cents:i64}";
  entry.schema_hash = quipu::fingerprint_of_text(entry.schema);
  entry.type_hash = quipu::detail::type_hash_of(entry.schema_hash, {});
  entry.options = &options;
  return entry;
}

/// A log's end in memory: frames are laid out in its buffer.
struct log_end {
  explicit log_end(bool with_chain) : chained{with_chain} {}

  void place_in_general(const append_entry& entry) {
    placement placing{{&entry, 1}, settings, chained};
    placing.prepare(entities, schemas);
    asked = placing.most_bytes();
    buffer.reserve(static_cast<std::size_t>(asked), 3);
    placing.write({buffer, definition, chained, segment, next, next_coordinate, entity_count}, {&given, 1},
                  [] { return some_id; });
  }
  bool place_straight(const append_entry& entry) {
    single_append event{entry, chained};
    if (!event.find(entities, schemas, segment)) return false;
    buffer.reserve(event.size(), 1);
    given = {};
    event.write(buffer, next++, some_id, given);
    return true;
  }
  [[nodiscard]] std::string bytes() const { return {reinterpret_cast<const char*>(buffer.data()), buffer.size()}; }

  bool chained;
  quipu::config settings{.directory = "unused"};
  quipu::detail::entity_table entities;
  quipu::detail::schema_ledger schemas;
  quipu::detail::tail_buffer buffer;
  quipu::bytes definition = quipu::bytes(4096);
  std::uint64_t segment{1};
  std::uint64_t next{};
  std::uint32_t next_coordinate{};
  std::uint64_t entity_count{};
  std::uint64_t asked{};  ///< by the last commit
  receipt given;
};

}  // namespace log_ends
