// SPDX-License-Identifier: BSL-1.0
//
// first_read_test.cpp: what a read through an index file checks: the frames that it reads, each when it is first read
// and by whatever way, and no others.
#include "../store/store_fixture.hpp"
#include "raw_log.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

using namespace store_tests;
using quipu::errc;
using quipu::event_view;
using quipu::region;

namespace {

constexpr int entities = 5;
constexpr int events = 400;

std::string name_of(int number) { return "account:" + std::to_string(number % entities); }

/// A closed store with one segment, which is sealed, and the bytes and frames of that.
struct sealed_store {
  scratch_folder folder{};
  quipu::config settings = small_segments(folder / "data");
  fs::path file = folder / "data/00000000000000000000.segment";
  std::vector<quipu::event_id> ids{};
  quipu::bytes sound{};
  std::vector<raw_log::frame> frames{};  // of the events

  sealed_store() {
    settings.segment_max_bytes = 1 << 20;
    quipu::store store{settings};
    for (int number = 0; number < events; ++number)
      ids.push_back(store.append({name_of(number), "branch"}, deposited{number}, buffered()).id);
    store.close();
    std::ifstream in{file, std::ios::binary};
    const std::string content{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
    sound = quipu::bytes_view{std::string_view{content}}.copy();
    for (const raw_log::frame& each : raw_log::frames_of(sound))
      if (!each.internal()) frames.push_back(each);
    REQUIRE(frames.size() == events);
  }
  static quipu::append_options buffered() {
    quipu::append_options options;
    options.durability = quipu::durability::buffered;
    return options;
  }
  void put(const quipu::bytes& content) const {
    std::ofstream out{file, std::ios::binary};
    out.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  }
  void damage(int number) const {
    quipu::bytes damaged = sound;
    damaged[frames[static_cast<std::size_t>(number)].at + 30] ^= std::byte{0x10};
    put(damaged);
  }
};

/// Every way to read the events of an entity, or the one event with an id.
std::vector<std::function<void(quipu::store&)>> ways_to_read(const sealed_store& in, int number) {
  const std::string name = name_of(number);
  const quipu::event_id id = in.ids[static_cast<std::size_t>(number)];
  const auto walk = [](const quipu::event_range& range) {
    for (const event_view& each : range) (void)each.as<deposited>();
  };
  return {[name](quipu::store& store) { (void)store.project<deposit_count>(name); },
          [name, walk](quipu::store& store) { walk(store.stream(name)); },
          [id](quipu::store& store) { (void)store.get(id); },
          [walk](quipu::store& store) { walk(store.by_kind(deposited::kind)); },
          [walk](quipu::store& store) { walk(store.by_scope("branch")); },
          [walk](quipu::store& store) { walk(store.query(region::all())); },
          [](quipu::store& store) { (void)store.project<deposit_count>(region::all()); }};
}

}  // namespace

TEST_CASE("each way to read finds damage, however often and after whichever read", "[journal][index]") {
  const sealed_store filled;
  for (const int number : {0, 1, 203, events - 60}) {
    filled.damage(number);
    const auto ways = ways_to_read(filled, number);
    for (std::size_t first = 0; first < ways.size(); ++first) {
      quipu::store store{filled.settings};
      for (int round = 0; round < 2; ++round)
        for (std::size_t step = 0; step < ways.size(); ++step) {
          const quipu::error thrown = error_of([&] { ways[(first + step) % ways.size()](store); });
          INFO("event " << number << ", way " << (first + step) % ways.size());
          CHECK(thrown.code() == errc::corrupt);
          CHECK(thrown.path() == filled.file.string());
          CHECK(thrown.offset() == filled.frames[static_cast<std::size_t>(number)].at);
        }
    }
  }
}

TEST_CASE("damage to one event doesn't touch reads of its neighbours", "[journal][index]") {
  const sealed_store filled;
  filled.damage(203);
  quipu::store store{filled.settings};
  for (int round = 0; round < 3; ++round) {
    for (const int number : {10, 390})  // a search by id reads others that were appended at about the same time
      CHECK(store.get(filled.ids[static_cast<std::size_t>(number)]).as<deposited>().cents == number);
    for (const int number : {202, 204, 201, 205})
      CHECK(store.project<deposit_count>(name_of(number))->count == events / entities);
    CHECK(code_of([&] { (void)store.project<deposit_count>(name_of(203)); }) == errc::corrupt);
  }
}

TEST_CASE("events that changed places, with every checksum right, are damage wherever they are read",
          "[journal][index]") {
  const sealed_store filled;
  for (const auto& [left, right] : {std::pair{100, 101}, std::pair{7, 300}, std::pair{11, 16}}) {
    const raw_log::frame& first = filled.frames[static_cast<std::size_t>(left)];
    const raw_log::frame& second = filled.frames[static_cast<std::size_t>(right)];
    REQUIRE(first.size == second.size);
    quipu::bytes swapped = filled.sound;
    std::swap_ranges(swapped.begin() + static_cast<std::ptrdiff_t>(first.at),
                     swapped.begin() + static_cast<std::ptrdiff_t>(first.at + first.size),
                     swapped.begin() + static_cast<std::ptrdiff_t>(second.at));
    filled.put(swapped);
    for (const int number : {left, right}) {
      quipu::store store{filled.settings};
      const quipu::error thrown = error_of([&] { (void)store.project<deposit_count>(name_of(number)); });
      CHECK(thrown.code() == errc::corrupt);
      CHECK(thrown.path() == filled.file.string());
      CHECK(thrown.offset());
    }
  }
}

TEST_CASE("what lies between events and doesn't belong there is damage when the event before it is read",
          "[journal][index]") {
  const sealed_store filled;
  const auto all = raw_log::frames_of(filled.sound);
  // The definition of a coordinate that follows an event.
  std::size_t at = 1;
  while (!(all[at].internal() && all[at].kind == 0 && !all[at - 1].internal())) ++at;
  const auto check = [&](auto&& change) {
    quipu::bytes changed = filled.sound;
    change(changed);
    raw_log::seal_frame(changed, all[at].at);
    filled.put(changed);
    quipu::store store{filled.settings};
    const quipu::error thrown = error_of([&] { (void)store.project<deposit_count>(name_of(0)); });
    CHECK(thrown.code() == errc::corrupt);
    CHECK(thrown.path() == filled.file.string());
    CHECK(thrown.offset() == all[at].at);
  };
  using layout = raw_log::frame_layout;
  check([&](quipu::bytes& changed) {
    raw_log::put_field(changed, layout::flags, static_cast<std::uint16_t>(all[at].flags & ~0x0100U), all[at].at);
  });
  check(
      [&](quipu::bytes& changed) { raw_log::put_field(changed, layout::sequence, all[at].sequence - 1, all[at].at); });
  check([&](quipu::bytes& changed) {
    raw_log::put_field(changed, layout::sequence, std::uint64_t{events + 1}, all[at].at);
  });
}

TEST_CASE("every event is found by its id, and no other id is, however the events lie in time", "[journal][index]") {
  const scratch_folder folder;
  quipu::config settings = small_segments(folder / "data");
  settings.segment_max_bytes = 64 << 10;
  std::int64_t now_us = 1'700'000'000'000'000;
  settings.clock = [&now_us] { return now_us; };
  std::vector<quipu::event_id> ids;
  {
    quipu::store store{settings};
    for (int number = 0; number < 1500; ++number) {
      // Bursts within a microsecond, steady hours, long silences, and a clock that goes back.
      if (number % 200 > 120) now_us += number % 7 == 0 ? 3'600'000'000 : 13;
      if (number % 500 == 499) now_us -= 1'000'000;
      ids.push_back(store.append({name_of(number), "branch"}, deposited{number}, sealed_store::buffered()).id);
    }
    store.close();
  }
  quipu::store store{settings};
  for (int round = 0; round < 2; ++round)
    for (std::size_t number = 0; number < ids.size(); ++number) {
      REQUIRE(store.get(ids[number]).as<deposited>().cents == static_cast<std::int64_t>(number));
      auto raw = ids[number].raw();
      raw.back() ^= 1;
      REQUIRE_FALSE(store.find(quipu::event_id{raw}));
    }
}
