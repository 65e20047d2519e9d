// SPDX-License-Identifier: BSL-1.0
//
// single_append_test.cpp: the straight way of one event: which entries take it, and that its frames are those that the
// way of all others makes.
#include "log_end.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

using namespace log_ends;
using quipu::detail::frame_view;

TEST_CASE("an entry with a condition, a link or a key does not take the straight way", "[journal][single_append]") {
  const quipu::config settings{.directory = "unused", .payload_max_bytes = 16};
  const append_options plain{.flags = quipu::event_flags::requires_ack, .durability = quipu::durability::durable};
  REQUIRE(single_append::takes(entry_with(plain), settings));

  const std::vector<append_options> unusual{
      {.expected = quipu::expected_version::no_stream()},
      {.idempotency_key = some_id},
      {.correlation_id = some_id},
      {.causation_id = some_id},
      {.position = quipu::dag_position{}},
      {.durability = static_cast<quipu::durability>(2)},
      {.bypass_reason = "because"},
      {.metadata = {{"key", "value"}}},
      {.copy_metadata = true},
      {.timestamp_us = 0},
      {.tags = {"tag"}},
      {.condition = quipu::none_ever(quipu::region::all())},
  };
  for (const append_options& each : unusual) CHECK_FALSE(single_append::takes(entry_with(each), settings));

  append_entry reaction = entry_with(plain);
  reaction.cause_item = 0;
  CHECK_FALSE(single_append::takes(reaction, settings));

  append_entry moved_from = entry_with(plain);
  moved_from.entity = {};
  CHECK_FALSE(single_append::takes(moved_from, settings));

  const std::string payload(17, 'x');
  append_entry large = entry_with(plain);
  large.payload = std::string_view{payload}.substr(1);
  CHECK(single_append::takes(large, settings));
  large.payload = std::string_view{payload};
  CHECK_FALSE(single_append::takes(large, settings));
}

TEST_CASE("the straight way makes the frames of the general one", "[journal][single_append]") {
  for (const bool chained : {true, false}) {
    for (const std::size_t size : {0U, 1U, 7U, 8U, 9U, 32U, 1000U}) {
      const std::string payload(size, 'p');
      const append_options options{.flags = quipu::event_flags::requires_ack};
      append_entry entry = entry_with(options);
      entry.payload = std::string_view{payload};

      log_end general{chained};
      log_end straight{chained};
      general.place_in_general(entry);
      CHECK_FALSE(straight.place_straight(entry));  // the definitions are missing
      straight.place_in_general(entry);
      const std::size_t before = straight.buffer.size();
      // What lay in the buffer before must not shine through where a frame is filled up.
      std::memset(straight.buffer.data() + before, 0xFF, 8 + 88 + size);

      general.place_in_general(entry);
      REQUIRE(straight.place_straight(entry));
      CHECK(straight.bytes() == general.bytes());
      CHECK(straight.given == general.given);
      CHECK(straight.given.entity_sequence == 1);
      const frame_view frame{straight.buffer.data() + before, chained};
      CHECK(frame.id() == some_id);
      CHECK(frame.payload() == entry.payload);
    }
  }
}

TEST_CASE("a definition that the segment lacks ends the straight way", "[journal][single_append]") {
  const append_options options{};
  append_entry entry = entry_with(options);
  log_end log{true};
  log.place_in_general(entry);
  REQUIRE(log.place_straight(entry));

  append_entry other_shape = entry;
  other_shape.schema_hash = 1;
  other_shape.type_hash = quipu::detail::type_hash_of(1, {});
  CHECK_FALSE(log.place_straight(other_shape));
  append_entry other_name = entry;
  other_name.type_name = "renamed";
  other_name.type_hash = quipu::detail::type_hash_of(other_name.schema_hash, other_name.type_name);
  CHECK_FALSE(log.place_straight(other_name));
  append_entry other_version = entry;
  other_version.version = 2;
  CHECK_FALSE(log.place_straight(other_version));
  append_entry other_scope = entry;
  other_scope.scope = "branch:geneva";
  CHECK_FALSE(log.place_straight(other_scope));

  log.segment = 100;
  CHECK_FALSE(log.place_straight(entry));
  log.place_in_general(entry);
  CHECK(log.place_straight(entry));
}
