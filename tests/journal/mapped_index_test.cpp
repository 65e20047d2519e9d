// SPDX-License-Identifier: BSL-1.0
//
// mapped_index_test.cpp: an index file answers as the index in memory does that it was made from.
#include "index_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace index_tests;

namespace {

/// Segments of many shapes: small ones in every combination, and some larger.
std::vector<shape> shapes() {
  std::vector<shape> all;
  unsigned seed = 0;
  for (const std::size_t events : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{63}, std::size_t{64},
                                   std::size_t{65}, std::size_t{400}})
    for (const std::size_t entities : {std::size_t{1}, std::size_t{2}, std::size_t{50}})
      for (const std::size_t scopes : {std::size_t{1}, std::size_t{4}})
        for (const std::size_t kinds : {std::size_t{1}, std::size_t{5}})
          for (const bool links : {false, true})
            for (const bool dropped : {false, true})
              all.push_back({++seed, events, entities, scopes, kinds, links, dropped, seed % 2 == 0});
  all.push_back({++seed, 5000, 1000, 40, 90, true, true, true});
  all.push_back({++seed, 5000, 5000, 1, 1, false, false, false});
  return all;
}

}  // namespace

TEST_CASE("an index file says what the index in memory says", "[journal][index]") {
  for (const shape& each : shapes()) {
    INFO("seed " << each.seed << ", " << each.events << " events");
    const sample from{each};
    const bytes file = from.encode();
    const auto found = mapped_index::open(file, from.identity(), from.first());
    REQUIRE(found);
    CHECK(from.is_covered_by(*found));
    REQUIRE(found->has_right_checksums());
    CHECK(difference(from.index(), *found) == "");
  }
}

TEST_CASE("an index file doesn't know what isn't in the segment", "[journal][index]") {
  for (const shape& each : shapes()) {
    const sample from{each};
    const bytes file = from.encode();
    const auto found = mapped_index::open(file, from.identity(), from.first());
    REQUIRE(found);
    REQUIRE(found->has_right_checksums());
    std::set<std::string> entities{from.entity_names().begin(), from.entity_names().end()};
    std::set<std::string> scopes{from.scope_names().begin(), from.scope_names().end()};
    bool wrong = false;
    for (int number = 0; number < 300; ++number) {
      const std::string name = "entity:" + std::to_string(number);
      wrong |= found->find_entity({name}).has_value() != entities.contains(name) ||
               found->find_scope(name).has_value() != scopes.contains(name);
      const event_id unknown = event_id::from_name("unknown" + std::to_string(number));
      wrong |= found->find_key(unknown).has_value() || found->find_effects(unknown).size() != 0 ||
               found->find_conversation(unknown).size() != 0;
    }
    wrong |= found->find_entity({""}).has_value() || found->find_scope("").has_value();
    for (unsigned type = 0; type < 600; ++type) {
      const auto kind = event_kind::custom(0xF, type);
      wrong |= found->find_kind(kind).has_value() != (from.index().find_kind(kind) != nullptr);
      for (std::uint16_t version = 0; version < 4; ++version)
        wrong |= found->find_schema(kind, version).has_value() != (from.index().find_schema(kind, version) != nullptr);
    }
    wrong |= !found->names_of(static_cast<std::uint32_t>(found->coordinate_count())).entity.empty() ||
             !found->names_of(UINT32_MAX).scope.empty();
    CHECK_FALSE(wrong);
  }
}

TEST_CASE("the table of ids bounds where an event can be", "[journal][index]") {
  for (const shape& each : shapes()) {
    const sample from{each};
    const bytes file = from.encode();
    const auto found = mapped_index::open(file, from.identity(), from.first());
    REQUIRE(found);
    REQUIRE(found->has_right_checksums());
    bool wrong = false;
    std::size_t widest = 0;
    for (std::size_t position = 0; position < from.ids().size(); ++position) {
      const auto [first, last] = found->id_range(from.ids()[position]);
      wrong |= position < first || position >= last || last > from.ids().size();
      const std::size_t likely = found->likely_position(from.ids()[position], first, last);
      wrong |= likely < first || likely >= last;
      widest = std::max(widest, last - first);
    }
    CHECK_FALSE(wrong);
    CHECK(widest <= 128);  // ids that begin alike are few here
    for (const event_id& absent : {event_id::nil(), event_id::from_reading({1'600'000'000'000'000, 0}, 1),
                                   event_id::from_reading({1'900'000'000'000'000, 0}, 1)}) {
      const auto [first, last] = found->id_range(absent);
      wrong |= first > last || last > from.ids().size() || last - first > 64;
    }
    CHECK_FALSE(wrong);
  }
}

TEST_CASE("ids that begin with the same eight bytes are all found", "[journal][index]") {
  // 500 events in one microsecond: their ids differ only behind the eight bytes that the table has.
  segment_index index;
  REQUIRE(index.define(0, "e", "s"));
  std::vector<event_id> ids;
  bytes frame(quipu::detail::frame_size(0, 0, false));
  for (std::uint32_t number = 0; number < 700; ++number) {
    quipu::detail::frame_content content;
    content.id = event_id::from_reading(
        {number < 100 || number >= 600 ? 1'000'000 + number : 2'000'000 - 1'000'000 + 300, 1}, 0);
    if (number >= 100 && number < 600) content.id = event_id::from_reading({1'000'300, number}, 0);
    content.sequence = content.entity_sequence = number;
    ids.push_back(content.id);
    quipu::detail::write_frame(frame.data(), content, false);
    index.add({frame.data(), false}, 16 + number * 7);
  }
  REQUIRE(std::is_sorted(ids.begin(), ids.end()));
  index_cover cover;
  cover.next_sequence = 700;
  cover.log_bytes = quipu::detail::segment_head::size + 700 * frame.size();
  const bytes file =
      quipu::detail::encode_index(index, cover, {}, 0, [&](std::uint32_t place) { return ids[(place - 16) / 7]; });
  const auto found = mapped_index::open(file, {}, 0);
  REQUIRE(found);
  REQUIRE(found->has_right_checksums());
  bool wrong = false;
  for (std::size_t position = 0; position < ids.size(); ++position) {
    const auto [first, last] = found->id_range(ids[position]);
    wrong |= position < first || position >= last;
  }
  CHECK_FALSE(wrong);
}

TEST_CASE("an index in memory is made again from its file, and grows on", "[journal][index]") {
  for (const shape& each : shapes()) {
    INFO("seed " << each.seed);
    const sample from{each};
    const bytes file = from.encode();
    const auto found = mapped_index::open(file, from.identity(), from.first());
    REQUIRE(found);
    REQUIRE(found->has_right_checksums());
    segment_index again;
    found->copy_to(again);
    CHECK(difference(again, *found) == "");
    CHECK(from.encode(again) == file);
    // One more event, of an entity that is known or of a new one.
    bytes frame(quipu::detail::frame_size(0, 0, false));
    quipu::detail::frame_content content;
    content.coordinate = each.events == 0 ? 0 : static_cast<std::uint32_t>(again.coordinate_count() - 1);
    if (each.events == 0) REQUIRE(again.define(0, "new", "new"));
    content.kind = event_kind::custom(0xE, 1);
    content.entity_sequence = 1'000'000;
    quipu::detail::write_frame(frame.data(), content, false);
    const auto place = static_cast<std::uint32_t>(from.cover().log_bytes / 8);
    again.add({frame.data(), false}, place);
    CHECK(again.order().back() == place);
    CHECK(again.names(content.coordinate).entity->events.back() == place);
    CHECK(again.names(content.coordinate).entity->next_sequence == 1'000'001);
    CHECK(again.find_kind(event_kind::custom(0xE, 1))->size() == 1);
  }
}

TEST_CASE("an index file and the index that continues it make one of all events", "[journal][index]") {
  const auto lists = [](const segment_index& of) {
    std::string all;
    const auto put = [&all](const std::string& name, std::uint64_t first, std::uint64_t next, const auto& events) {
      all += name + ' ' + std::to_string(first) + '-' + std::to_string(next) + ':';
      for (const std::uint32_t each : events) all += ' ' + std::to_string(each);
      all += '\n';
    };
    put("all", 0, 0, of.order());
    for (std::size_t at = 0; at < of.entities().size(); ++at) {
      const auto& each = of.entities()[at];
      put(each.name, each.first_sequence, each.next_sequence, each.events);
    }
    for (std::size_t at = 0; at < of.scopes().size(); ++at) put(of.scopes()[at].name, 0, 0, of.scopes()[at].events);
    for (std::size_t at = 0; at < of.tags().all().size(); ++at)
      put(of.tags().all()[at].name, 0, 0, of.tags().all()[at].events);
    return all;
  };
  for (const shape& each : shapes()) {
    if (each.events > 400) continue;
    INFO("seed " << each.seed << ", " << each.events << " events");
    const sample from{each};
    for (const std::size_t covered : {std::size_t{0}, std::size_t{1}, each.events / 2, each.events}) {
      if (covered > each.events) continue;
      const bytes file = from.encode(from.index_of(0, covered, nullptr));
      const auto found = mapped_index::open(file, from.identity(), from.first());
      REQUIRE(found);
      segment_index whole;
      found->copy_to(whole);
      whole.add_all(from.index_of(covered, each.events, &*found));
      CHECK(lists(whole) == lists(from.index_of(0, each.events, nullptr)));
    }
  }
}

TEST_CASE("lists that are the same are stored once", "[journal][index]") {
  const auto bytes_an_event = [](std::size_t entities, std::size_t scopes, std::size_t kinds) {
    const sample small{{1, 4000, entities, scopes, kinds, false, false, false}};
    const sample large{{1, 8000, entities, scopes, kinds, false, false, false}};
    return static_cast<double>(large.encode().size() - small.encode().size()) / 4000;
  };
  constexpr double ids = 8.0 / 64 + 4.0 / 4096;
  const double order = bytes_an_event(1, 1, 1) - ids;
  CHECK(order == Approx(1.25).margin(0.15));  // 9 bits, and 4 bytes for 32 of them
  CHECK(bytes_an_event(1, 1, 1) == Approx(order + ids).margin(0.01));
  CHECK(bytes_an_event(20, 1, 1) > 2 * order);
  CHECK(bytes_an_event(20, 1, 4) > 3 * order);
  CHECK(bytes_an_event(1, 5, 1) > 2 * order);
  CHECK(bytes_an_event(20, 5, 4) < 8);
}

TEST_CASE("places of every distance are packed and found again", "[journal][index]") {
  std::mt19937_64 random{5};
  for (unsigned bits = 0; bits <= 32; ++bits)
    for (const std::uint32_t count : {1U, 2U, 31U, 32U, 33U, 64U, 200U}) {
      std::vector<std::uint32_t> places;
      const std::uint64_t most = (std::uint64_t{1} << bits) - 1;
      for (std::uint32_t each = 0; each < count; ++each)
        places.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(most, random() & most)));
      std::sort(places.begin(), places.end());
      using packed = quipu::detail::packed_places;
      const unsigned width = packed::width_for(places.data(), count);
      CHECK(width <= bits);
      const auto size = static_cast<std::size_t>(packed::size_of(count, width));
      bytes list(size + packed::slack);
      packed::store(list.data(), places.data(), count, width);
      CHECK(std::all_of(list.begin() + static_cast<std::ptrdiff_t>(size), list.end(),
                        [](std::byte each) { return each == std::byte{0}; }));
      const place_run run{list.data(), count, UINT32_MAX};
      CHECK(list_of(run) == places);
      for (std::size_t first = 0; first < count; first += 7) {
        std::vector<std::uint32_t> copied(count - first);
        run.copy(first, copied.data(), copied.size());
        CHECK(std::equal(copied.begin(), copied.end(), places.begin() + static_cast<std::ptrdiff_t>(first)));
      }
      const place_run bounded{list.data(), count, places.front()};
      CHECK(bounded[count - 1] == places.front());
    }
}

TEST_CASE("an entity whose last events were dropped goes on behind them", "[journal][index]") {
  const sample from{{3, 50, 4, 2, 2, false, true, true}};
  segment_index changed;
  {
    const bytes file = from.encode();
    const auto found = mapped_index::open(file, from.identity(), from.first());
    REQUIRE(found);
    REQUIRE(found->has_right_checksums());
    found->copy_to(changed);
  }
  auto& entity = *changed.names(0).entity;
  entity.next_sequence += 500;
  const bytes file = from.encode(changed);
  const auto found = mapped_index::open(file, from.identity(), from.first());
  REQUIRE(found);
  REQUIRE(found->has_right_checksums());
  CHECK(found->find_entity({entity.name})->next_sequence == entity.next_sequence);
  CHECK(found->find_entity({entity.name})->events.size() == entity.events.size());
}
