// SPDX-License-Identifier: BSL-1.0
//
// pending_keys_test.cpp: a key is pending from the time that its event is placed until it is written, over both groups.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/write/pending_keys.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <set>
#include <string_view>

using quipu::event_id;
using quipu::detail::append_entry;
using quipu::detail::pending_keys;
using quipu::detail::placement;

namespace {

append_entry entry_with(const quipu::append_options& options) {
  append_entry entry{};
  entry.entity = "entity";
  entry.scope = "scope";
  entry.options = &options;
  return entry;
}

}  // namespace

TEST_CASE("a key is pending until its event is written", "[journal][pending_keys]") {
  const quipu::config settings{.directory = "unused"};
  const event_id first = event_id::from_name(std::string_view{"first"});
  const event_id second = event_id::from_name(std::string_view{"second"});
  const quipu::append_options with_first{.idempotency_key = first};
  const quipu::append_options with_second{.idempotency_key = second};
  const append_entry entries[]{entry_with(with_first), entry_with(with_second)};
  placement one{{entries, 1}, settings, true};
  placement other{{entries + 1, 1}, settings, true};
  placement both{entries, settings, true};
  append_entry without{};
  without.entity = "entity";
  without.scope = "scope";
  placement none{{&without, 1}, settings, true};

  pending_keys keys;
  CHECK_FALSE(keys.has_any_of(both));
  keys.add_new(one);
  keys.add_new(none);
  CHECK_FALSE(keys.contains(event_id::nil()));
  CHECK(keys.contains(first));
  CHECK_FALSE(keys.contains(second));
  CHECK(keys.has_any_of(one));
  CHECK(keys.has_any_of(both));
  CHECK_FALSE(keys.has_any_of(other));
  CHECK_FALSE(keys.has_any_of(none));

  keys.begin_writing();
  CHECK(keys.contains(first));
  keys.add_new(other);  // while the first is being written
  keys.remove_written();
  CHECK_FALSE(keys.contains(first));
  CHECK(keys.contains(second));
  keys.begin_writing();
  CHECK(keys.has_any_of(both));
  keys.remove_written();
  CHECK_FALSE(keys.has_any_of(both));
}

TEST_CASE("ids chosen to collide are spread over a table", "[journal][pending_keys]") {
  constexpr std::uint64_t count = 4096;
  std::set<std::uint64_t> slots;
  for (std::uint64_t number = 0; number < count; ++number) {
    const std::uint64_t words[2] = {number, number ^ 0x5555};  // all have the same sum of their halves, bit by bit
    std::array<std::uint8_t, 16> raw{};
    std::memcpy(raw.data(), words, sizeof words);
    slots.insert(quipu::detail::event_id_hash{}(event_id{raw}) % (64 * count));
  }
  CHECK(slots.size() > count * 9 / 10);
}
