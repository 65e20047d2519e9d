// SPDX-License-Identifier: BSL-1.0
//
// index_damage_test.cpp: a damaged index file is known for one; and where checksums were made to fit, nothing outside
// of it is read, and every question is answered. (What is read outside, the address sanitizer sees: each file lies in
// memory of its own.)
#include "index_fixture.hpp"
#include "index_questions.hpp"
#include "raw_log.hpp"
#include "repair.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace index_tests;

namespace {

using head = quipu::detail::index_head::layout;
using table_line = quipu::detail::index_table_line::layout;
constexpr std::size_t head_size = quipu::detail::index_head::size;
constexpr std::size_t line_size = quipu::detail::index_table_line::size;

void repair(bytes& file) { raw_log::repair_index(file); }

bool is_usable(const bytes& file, const sample& like) {
  const auto found = mapped_index::open(file, like.identity(), like.first());
  return found && found->has_right_checksums();
}

/// Whether an index in memory can be made from a file, whose checksums are repaired before.
bool copies(bytes& file, const sample& from) {
  repair(file);
  segment_index copy;
  try {
    mapped_index::open(file, from.identity(), from.first())->copy_to(copy);
  } catch (const quipu::detail::index_damage&) {
    return false;
  }
  return true;
}

/// The bytes [first, second) of a section.
std::pair<std::size_t, std::size_t> section_in(const bytes& file, quipu::detail::index_section wanted) {
  for (std::size_t line = head_size;; line += line_size)
    if (raw_log::number_at(file, table_line::number, line) == static_cast<std::uint32_t>(wanted)) {
      const auto offset = static_cast<std::size_t>(raw_log::number_at(file, table_line::offset, line));
      return {offset, offset + static_cast<std::size_t>(raw_log::number_at(file, table_line::bytes, line))};
    }
}

}  // namespace

TEST_CASE("every changed bit of an index file is noticed", "[journal][index]") {
  for (const shape& each : {shape{1, 40, 5, 3, 3, true, true, true}, shape{2, 70, 1, 1, 1, false, false, false},
                            shape{3, 0, 1, 1, 1, false, false, true}}) {
    const sample from{each};
    bytes file = from.encode();
    REQUIRE(is_usable(file, from));
    std::vector<std::string> missed;
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
      file[bit / 8] ^= std::byte{1} << (bit % 8);
      if (is_usable(file, from)) missed.push_back(std::to_string(bit / 8));
      file[bit / 8] ^= std::byte{1} << (bit % 8);
    }
    CHECK(missed == std::vector<std::string>{});
    REQUIRE(is_usable(file, from));
  }
}

TEST_CASE("an index file that is cut off or goes on too long is noticed", "[journal][index]") {
  const sample from{{1, 40, 5, 3, 3, true, true, true}};
  const bytes file = from.encode();
  bool missed = false;
  for (std::size_t size = 0; size < file.size(); ++size) {
    bytes shorter(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    missed |= is_usable(shorter, from);
    repair(shorter);
    missed |= is_usable(shorter, from);
  }
  bytes longer = file;
  longer.resize(file.size() + 8);
  missed |= is_usable(longer, from);
  repair(longer);
  missed |= is_usable(longer, from);
  raw_log::put_field(longer, head::file_bytes, std::uint64_t{longer.size()});  // bytes behind the last section
  repair(longer);
  missed |= is_usable(longer, from);
  CHECK_FALSE(missed);
}

TEST_CASE("an index file of another store, segment or version is passed over", "[journal][index]") {
  const sample from{{1, 40, 5, 3, 3, true, false, true}};
  bytes file = from.encode();
  auto other = from.identity();
  other.lineage = event_id::from_name("another");
  CHECK_FALSE(mapped_index::open(file, other, from.first()));
  other = from.identity();
  other.checksum_seed ^= 1;
  CHECK_FALSE(mapped_index::open(file, other, from.first()));
  other = from.identity();
  other.chained = !other.chained;
  CHECK_FALSE(mapped_index::open(file, other, from.first()));
  CHECK_FALSE(mapped_index::open(file, from.identity(), from.first() + 1));
  CHECK_FALSE(mapped_index::open(file, from.identity(), from.first() - 1));
  CHECK(mapped_index::open(file, from.identity(), from.first()));

  for (const int version : {quipu::detail::index_head::version - 1, quipu::detail::index_head::version + 1}) {
    bytes another = file;
    raw_log::put_field(another, quipu::detail::file_head::layout::version, static_cast<std::uint16_t>(version));
    repair(another);
    CHECK_FALSE(mapped_index::open(another, from.identity(), from.first()));
  }
  bytes flagged = file;
  raw_log::put_field(flagged, quipu::detail::file_head::layout::flags, std::uint16_t{0x8001});
  repair(flagged);
  CHECK_FALSE(mapped_index::open(flagged, from.identity(), from.first()));
  bytes unknown_bit = file;
  raw_log::put_field(unknown_bit, head::bits, std::uint32_t{2});
  repair(unknown_bit);
  CHECK_FALSE(mapped_index::open(unknown_bit, from.identity(), from.first()));
  bytes segment = file;
  segment[5] = std::byte{'S'};
  repair(segment);
  CHECK_FALSE(mapped_index::open(segment, from.identity(), from.first()));
}

TEST_CASE("an index file that doesn't lie at a multiple of 8 isn't read", "[journal][index]") {
  const sample from{{1, 40, 5, 3, 3, true, false, true}};
  const bytes file = from.encode();
  bytes moved(file.size() + 1);
  std::copy(file.begin(), file.end(), moved.begin() + 1);
  CHECK_FALSE(mapped_index::open(bytes_view{moved}.subview(1), from.identity(), from.first()));
}

TEST_CASE("a file with a section that this program doesn't know is passed over", "[journal][index]") {
  const sample from{{1, 40, 5, 3, 3, true, false, true}};
  bytes file = from.encode();
  const auto sections = raw_log::number_at(file, head::section_count);
  raw_log::put_field(file, table_line::number, std::uint32_t{40}, head_size + (sections - 1) * line_size);
  repair(file);
  CHECK_FALSE(mapped_index::open(file, from.identity(), from.first()));
}

TEST_CASE("a file with a section that is there twice, or out of order, is passed over", "[journal][index]") {
  const sample from{{1, 40, 5, 3, 3, true, false, true}};
  const bytes file = from.encode();
  const std::size_t last = head_size + (raw_log::number_at(file, head::section_count) - 1) * line_size;
  REQUIRE(raw_log::number_at(file, table_line::number, last) == 21);
  for (std::uint32_t number = 0; number < 21; ++number) {
    INFO("section " << number << " instead of the last one");
    bytes changed = file;
    raw_log::put_field(changed, table_line::number, number, last);
    repair(changed);
    CHECK_FALSE(mapped_index::open(changed, from.identity(), from.first()));
  }
}

TEST_CASE("no place lies outside of what is covered", "[journal][index]") {
  const sample from{{1, 40, 5, 3, 3, true, false, true}};
  bytes file = from.encode();
  const std::uint64_t covered = from.cover().log_bytes - 8 * 20;  // the last frame isn't whole any more
  raw_log::put_field(file, head::log_bytes, covered);
  repair(file);
  const auto found = mapped_index::open(file, from.identity(), from.first());
  REQUIRE(found);
  for (const std::uint32_t place : list_of(found->order()))
    CHECK(place * quipu::detail::frame_alignment + quipu::detail::frame_header_size <= covered);
}

TEST_CASE("only what is used is checked", "[journal][index]") {
  const sample from{{1, 20'000, 2000, 40, 5, false, false, false}};
  bytes file = from.encode();
  const std::string& name = from.entity_names().front();
  const std::vector<std::uint32_t> events =
      list_of(mapped_index::open(file, from.identity(), from.first())->find_entity({name})->events);
  std::size_t answered = 0;
  std::size_t refused = 0;
  for (std::size_t at = file.size() - 1; at > quipu::detail::index_block_size;
       at -= std::min(at, quipu::detail::index_block_size)) {
    file[at] ^= std::byte{1};
    const auto found = mapped_index::open(file, from.identity(), from.first());
    REQUIRE(found);
    CHECK_FALSE(found->has_right_checksums());
    try {
      const std::vector<std::uint32_t> read = list_of(found->find_entity({name})->events);
      CHECK(read == events);
      ++answered;
    } catch (const quipu::detail::index_damage&) {
      ++refused;
    }
    file[at] ^= std::byte{1};
  }
  CHECK(refused >= 1);
  CHECK(refused <= 5);  // its slot, its element, its name, its list
  CHECK(answered > 20);
}

TEST_CASE("a damaged slot never makes an entity look absent", "[journal][index]") {
  const sample from{{1, 5000, 2000, 1, 1, false, false, false}};
  bytes file = from.encode();
  const auto [begin, end] = section_in(file, quipu::detail::index_section::entity_slots);
  for (const std::string& name : {from.entity_names().front(), from.entity_names().back()}) {
    const std::size_t size = end - begin;
    std::size_t at = begin + raw_log::crc32c(bytes_view{name}) * std::size_t{4} % size;
    for (std::uint32_t slot = 1; slot != 0; at = begin + (at + 4 - begin) % size) {
      slot = raw_log::number_at<std::uint32_t>(file, at);
      for (std::size_t bit = 0; bit < 32; ++bit) {
        INFO(name << ", bit " << bit << " of the slot at " << at);
        file[at + bit / 8] ^= std::byte{1} << (bit % 8);
        const auto found = mapped_index::open(file, from.identity(), from.first());
        REQUIRE(found);
        CHECK_THROWS_AS(found->find_entity({name}), quipu::detail::index_damage);
        file[at + bit / 8] ^= std::byte{1} << (bit % 8);
      }
    }
  }
}

TEST_CASE("an entity that isn't there is known by its slot alone", "[journal][index]") {
  const sample from{{1, 5000, 2000, 1, 1, false, false, false}};
  bytes file = from.encode();
  for (const auto of : {quipu::detail::index_section::entities, quipu::detail::index_section::names}) {
    const auto [begin, end] = section_in(file, of);
    constexpr std::size_t block = quipu::detail::index_block_size;
    for (std::size_t at = begin + block; at + block < end; at += block) file[at] ^= std::byte{1};
  }
  const auto found = mapped_index::open(file, from.identity(), from.first());
  REQUIRE(found);
  CHECK_FALSE(found->has_right_checksums());
  std::size_t refused = 0;
  for (int number = 0; number < 4000; ++number) {
    try {
      CHECK_FALSE(found->find_entity({"absent:" + std::to_string(number)}));
    } catch (const quipu::detail::index_damage&) {
      ++refused;
    }
  }
  CHECK(refused < 10);  // the bits of the hash that slots have are the same for one name in a million
}

TEST_CASE("damage with checksums that fit reads nothing outside and always ends", "[journal][index]") {
  std::mt19937_64 random{20'260'101};
  std::size_t opened = 0;
  std::size_t answered = 0;
  std::uint64_t sum = 0;
  for (const shape& each : {shape{1, 40, 5, 3, 3, true, true, true}, shape{2, 130, 60, 2, 4, true, false, false},
                            shape{3, 3, 2, 2, 2, true, false, true}}) {
    const sample from{each};
    const bytes file = from.encode();
    for (int round = 0; round < 12'000; ++round) {
      bytes damaged = file;
      constexpr std::size_t first = quipu::detail::file_head::common_size;
      for (std::uint64_t changes = 1 + random() % 3; changes != 0; --changes) {
        // The number of some section's element, or a line of the table, or something in the head.
        std::size_t at = first + random() % (file.size() - first);
        const std::size_t width = random() % 4 == 0 ? 1 : random() % 3 == 0 ? 8 : 4;
        at -= at % width;
        const auto old =
            width == 1 ? raw_log::number_at<std::uint8_t>(damaged, at) : raw_log::number_at<std::uint32_t>(damaged, at);
        const std::uint64_t values[] = {
            0,       1,           old + 1,        old - 1, UINT64_MAX, 0x8000'0000U, random(), random() % 200,
            old * 2, file.size(), UINT64_MAX - 7, old + 8};
        const std::uint64_t value = values[random() % std::size(values)];
        if (width == 1) raw_log::put_number(damaged, at, static_cast<std::uint8_t>(value));
        if (width == 4) raw_log::put_number(damaged, at, static_cast<std::uint32_t>(value));
        if (width == 8) raw_log::put_number(damaged, at, value);
      }
      if (random() % 50 == 0) damaged.resize(random() % (damaged.size() + 1));
      repair(damaged);
      const auto found = mapped_index::open(damaged, from.identity(), from.first());
      opened += found.has_value();
      if (!found) continue;
      REQUIRE(found->has_right_checksums());
      try {
        sum += ask_everything(*found, from);
        ++answered;
      } catch (const quipu::detail::index_damage&) {
        continue;
      }
    }
  }
  INFO(opened << " opened, " << answered << " of them answered all, " << sum);
  CHECK(opened > 10'000);
  CHECK(answered > 1'000);
  CHECK(opened - answered > 5'000);
}

TEST_CASE("a coordinate of an entity or a scope that isn't there is damage", "[journal][index]") {
  const sample from{{1, 40, 5, 3, 3, true, false, true}};
  const bytes file = from.encode();
  const std::size_t offset = section_in(file, quipu::detail::index_section::coordinates).first;
  using coordinate = quipu::detail::index_coordinate;
  for (const auto field : {coordinate::entity, coordinate::scope}) {
    const auto count =
        field.offset == coordinate::entity.offset ? from.index().entities().size() : from.index().scopes().size();
    for (const std::size_t number : {count - 1, count, count + 7}) {
      bytes forged = file;
      field.store(forged.data() + offset, static_cast<std::uint32_t>(number));
      CHECK(copies(forged, from) == (number < count));
    }
  }
}

TEST_CASE("lists can't be made to take more memory than the events' places", "[journal][index]") {
  // Each of many entities claims all events: a copy of them all would take the product.
  const sample from{{1, 4000, 4000, 1, 1, false, false, false}};
  bytes file = from.encode();
  const std::size_t line = head_size + line_size;  // of the second section, the entities
  REQUIRE(raw_log::number_at(file, table_line::number, line) == 2);
  using entity = quipu::detail::index_entity;
  const auto offset = static_cast<std::size_t>(raw_log::number_at(file, table_line::offset, line));
  const auto entities = mapped_index::open(file, from.identity(), from.first())->entity_count();
  for (std::size_t number = 0; number < entities; ++number) {
    std::byte* const at = file.data() + offset + entity::size * number;
    entity::events.store(at, {0, number < 2 ? 4000U : 0U});
    entity::first_sequence.store(at, 0);
    entity::next_sequence.store(at, 5000);
  }
  CHECK_FALSE(copies(file, from));
  entity::events.store(file.data() + offset + entity::size, {0, 0});  // one of them may have them all
  CHECK(copies(file, from));
}

TEST_CASE("names that were chosen to collide give no index file, and soon", "[journal][index]") {
  const auto encoded = [](const segment_index& index) {
    return quipu::detail::encode_index(index, {}, {}, 0, [](std::uint32_t) { return event_id{}; });
  };
  segment_index index;
  std::vector<std::string> names;
  for (std::uint32_t number = 0; names.size() < 500; ++number) {
    const std::string name = std::to_string(number);
    if ((quipu::detail::crc32c(bytes_view{name}) & 0xFFF) == 0)
      names.push_back(name);  // the same slot, in tables of up to 4096
  }
  for (std::uint32_t number = 0; number < 500; ++number) REQUIRE(index.define(number, names[number], "s"));
  const bytes file = encoded(index);
  const auto found = mapped_index::open(file, {}, 0);
  REQUIRE(found);
  REQUIRE(found->has_right_checksums());
  CHECK(difference(index, *found) == "");
  for (std::uint32_t number = 500; number < 520; ++number)
    REQUIRE(index.define(number, names.back() + std::to_string(number), "s"));
  CHECK_FALSE(encoded(index).empty());  // what comes in between is of no account
  std::uint32_t next = 520;
  for (std::uint32_t number = 1'000'000'000; next < 560; ++number) {
    const std::string name = std::to_string(number);
    if ((quipu::detail::crc32c(bytes_view{name}) & 0xFFF) == 0) REQUIRE(index.define(next++, name, "s"));
  }
  CHECK(encoded(index).empty());
}
