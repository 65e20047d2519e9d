// SPDX-License-Identifier: BSL-1.0
//
// placement_test.cpp: the room that a commit asks for is the room that its frames take.
#include "log_end.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace log_ends;

TEST_CASE("an event with options asks for the bytes that it takes", "[journal][placement]") {
  const std::vector<append_options> all{
      {},
      {.idempotency_key = some_id},
      {.position = quipu::dag_position{.lane = 3}},
      {.position = quipu::dag_position{}},
      {.bypass_reason = "because"},
      {.metadata = {{"key", "value"}, {"a longer key", std::string(300, 'v')}}},
      {.timestamp_us = 5},
      {.tags = {"tag", "another"}},
      {.idempotency_key = some_id, .bypass_reason = "because", .metadata = {{"key", "value"}}, .tags = {"tag"}},
  };
  for (const bool chained : {true, false}) {
    log_end log{chained};
    const append_options none;
    log.place_in_general(entry_with(none));  // what it defines, the others need not
    const std::uint64_t definitions = quipu::detail::most_bytes_of_definitions(entry_with(none));
    CHECK(log.asked == definitions + quipu::detail::frame_size(0, 0, chained));
    for (const append_options& each : all) {
      CAPTURE(chained, &each - all.data());
      const std::size_t before = log.buffer.size();
      log.place_in_general(entry_with(each));
      CHECK(log.buffer.size() - before == log.asked - definitions);
    }
  }
}
