// SPDX-License-Identifier: BSL-1.0
//
// forged_index_test.cpp: index files whose list of all events is damaged or wrong, while the lists that a reader looks
// into are sound. Damage is made good. A wrong list with fitting checksums gives no event that isn't one. And what a
// segment's file must have to be read by it.
#include "../store/store_fixture.hpp"
#include "raw_log.hpp"
#include "repair.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/environment/posix_environment.hpp>
#include <quipu/journal/format/index_layout.hpp>
#include <quipu/journal/format/layout.hpp>
#include <quipu/journal/format/packed_places.hpp>
#include <quipu/journal/segment/index_files.hpp>
#include <quipu/journal/segment/log_files.hpp>
#include <quipu/journal/segment/mapped_index.hpp>
#include <quipu/journal/segment/segment.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace store_tests;
using quipu::errc;
using quipu::region;
using quipu::detail::index_head;
using quipu::detail::mapped_index;
using quipu::detail::packed_places;

namespace {

constexpr int dropped = 5;

quipu::bytes content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  const std::string content{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
  return quipu::bytes_view{std::string_view{content}}.copy();
}

/// A closed store whose first segment has an index file.
struct indexed_store {
  scratch_folder folder{};
  quipu::config settings = small_segments(folder / "data");
  fs::path segment = folder / "data/00000000000000000000.segment";
  fs::path file = folder / "data/00000000000000000000.index";
  quipu::bytes index{};

  indexed_store(int events, bool with_hole) {
    settings.segment_max_bytes = 1 << 20;
    quipu::store store{settings};
    for (int number = 0; number < events; ++number)
      store.append({"account:" + std::to_string(number % 7), "branch"}, deposited{number},
                   {.durability = quipu::durability::buffered});
    if (with_hole)
      static_cast<void>(store.compact(
          quipu::compaction::retain([](const quipu::event_view& event) { return event.sequence() >= dropped; })));
    store.close();
    index = content_of(file);
  }

  void put_index() const {
    std::ofstream out{file, std::ios::binary};
    out.write(reinterpret_cast<const char*>(index.data()), static_cast<std::streamsize>(index.size()));
  }
  /// The index file as it is now.
  [[nodiscard]] mapped_index opened() const {
    index_head head;
    REQUIRE(head.take(index));
    auto found = mapped_index::open(index, head.common.identity, 0);
    REQUIRE(found);
    return std::move(*found);
  }
  /// The bytes of the list of all events, which is the first in the first section.
  [[nodiscard]] std::size_t order_offset() const {
    using line = quipu::detail::index_table_line::layout;
    REQUIRE(raw_log::number_at(index, line::number, index_head::size) == 1);
    return static_cast<std::size_t>(raw_log::number_at(index, line::offset, index_head::size));
  }
  [[nodiscard]] std::vector<std::uint32_t> order() const {
    const mapped_index from = opened();
    std::vector<std::uint32_t> places(from.order().size());
    from.order().copy(0, places.data(), places.size());
    return places;
  }
  /// Writes the index file with another list of all events, of the same size, and with fitting checksums.
  void put_order(const std::vector<std::uint32_t>& places) {
    std::byte* const at = index.data() + order_offset();
    const auto count = static_cast<std::uint32_t>(places.size());
    const auto width = std::to_integer<unsigned>(*at);
    REQUIRE(packed_places::width_for(places.data(), count) <= width);
    packed_places::store(at, places.data(), count, width);
    raw_log::repair_index(index);
    REQUIRE(order() == places);
    put_index();
  }
};

}  // namespace

TEST_CASE("damage to the list of all events is made good when an event is read that another list names",
          "[journal][index]") {
  indexed_store filled{3000, false};
  filled.index[filled.order_offset() + 20] ^= std::byte{1};
  {
    const mapped_index damaged = filled.opened();
    CHECK_THROWS_AS(damaged.order(), quipu::detail::index_damage);
    CHECK(damaged.find_entity({"account:6"})->events.size() == 3000 / 7);  // its list is sound
  }
  filled.put_index();
  quipu::read_only_store reader{filled.settings};
  CHECK(reader.project<deposit_count>("account:6")->count == 3000 / 7);
  quipu::store store{filled.settings};
  CHECK(store.project<deposit_count>("account:6")->count == 3000 / 7);
  CHECK(store.count(region::all()) == 3000);
}

TEST_CASE("the frame of dropped events is no event, also if an index file lists it as one", "[journal][index]") {
  indexed_store filled{40, true};
  const std::vector<std::uint32_t> holes = [&] {
    const mapped_index sound = filled.opened();
    std::vector<std::uint32_t> places(sound.holes().size());
    sound.holes().copy(0, places.data(), places.size());
    return places;
  }();
  REQUIRE(holes.size() == 1);
  std::vector<std::uint32_t> forged = filled.order();
  REQUIRE(holes.front() < forged.front());
  std::rotate(forged.begin(), forged.end() - 1, forged.end());
  forged.front() = holes.front();
  filled.put_order(forged);
  quipu::store store{filled.settings};
  const quipu::error thrown = error_of([&] {
    for (const quipu::event_view& each : store.query(region::all())) static_cast<void>(each.payload());
  });
  CHECK(thrown.code() == errc::corrupt);
  CHECK(thrown.path() == filled.segment.string());
  CHECK(thrown.offset() == std::uint64_t{holes.front()} * quipu::detail::frame_alignment);
}

TEST_CASE("an event that an index file's list of all events lacks is damage", "[journal][index]") {
  indexed_store filled{40, true};
  std::vector<std::uint32_t> forged = filled.order();
  constexpr std::size_t position = 12;
  const std::uint32_t place = forged[position]++;
  filled.put_order(forged);
  quipu::store store{filled.settings};
  const std::string entity = "account:" + std::to_string((position + dropped) % 7);
  const quipu::error thrown = error_of([&] { static_cast<void>(store.project<deposit_count>(entity)); });
  CHECK(thrown.code() == errc::corrupt);
  CHECK(thrown.path() == filled.segment.string());
  CHECK(thrown.offset() == std::uint64_t{place} * quipu::detail::frame_alignment);
}

TEST_CASE("a segment whose file has another head by now is not read by that file", "[journal][index]") {
  const indexed_store filled{40, true};
  quipu::detail::log_files files{quipu::posix_environment::shared(), filled.folder / "data", false};
  files.open_existing({});
  const auto mapped = files.map_segment(0, 0, quipu::open_mode::read, true);
  const quipu::bytes sound = quipu::bytes_view{mapped.bytes.base, static_cast<std::size_t>(mapped.size)}.copy();
  constexpr std::size_t made_at = quipu::detail::file_head::layout::created_at_us.offset;
  for (const int change : {-1, 0, 1}) {
    quipu::bytes content = sound;
    content[made_at] = static_cast<std::byte>(std::to_integer<int>(content[made_at]) + change);
    const auto first = std::make_shared<quipu::detail::segment>(mapped.path, 0, files.identity(),
                                                                quipu::detail::segment_bytes{.base = content.data()});
    first->complete(mapped.size);
    auto of = first;
    quipu::detail::read_by_index(files, of, false, false);
    CHECK((of == first) == (change != 0));
  }
}
