// SPDX-License-Identifier: BSL-1.0
//
// stored_structures_test.cpp: the small structures of a log are read back as they were written, and refused if they
// can't be right, though their checksums are.
#include "../store/store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/journal/format/compaction_manifest.hpp>
#include <quipu/journal/format/layout.hpp>
#include <quipu/journal/format/recorded_end.hpp>
#include <quipu/journal/format/replica_mark.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <vector>

using namespace store_tests;
using quipu::bytes;
using quipu::bytes_view;
using quipu::errc;
using quipu::detail::compaction_manifest;
using quipu::detail::coordinate_definition;
using quipu::detail::segment_number;

namespace {

quipu::detail::store_identity some_identity() {
  quipu::detail::store_identity made;
  made.lineage = quipu::event_id::generate();
  made.checksum_seed = 7;
  made.chained = true;
  return made;
}

compaction_manifest manifest_of(const quipu::detail::store_identity& identity, std::vector<std::uint64_t> replaced,
                                std::vector<std::uint64_t> made) {
  compaction_manifest manifest;
  manifest.common.identity = identity;
  manifest.generation = 3;
  manifest.replaced = std::move(replaced);
  manifest.made = std::move(made);
  return manifest;
}

}  // namespace

TEST_CASE("a compaction replaces segments in ascending order, and makes some of them", "[journal][damage]") {
  const auto identity = some_identity();
  const auto read = [&](const bytes& raw) { return compaction_manifest::decode(raw, identity, "file"); };
  const bytes whole = manifest_of(identity, {0, 5, 9}, {0, 9}).encode();
  const compaction_manifest found = read(whole);
  CHECK(found.replaced == std::vector<std::uint64_t>{0, 5, 9});
  CHECK(found.made == std::vector<std::uint64_t>{0, 9});
  CHECK(found.generation == 3);

  const std::vector<std::uint64_t> lists[][2] = {
      {{5, 0}, {0}}, {{5, 5}, {5}}, {{0, 5, 9}, {9, 0}}, {{0, 5}, {4}}, {{}, {1}}};
  for (const auto& each : lists)
    CHECK(code_of([&] { static_cast<void>(read(manifest_of(identity, each[0], each[1]).encode())); }) == errc::corrupt);
  CHECK(code_of([&] { static_cast<void>(compaction_manifest::decode(whole, some_identity(), "file")); }) ==
        errc::corrupt);
  using layout = compaction_manifest::layout;
  for (const auto& field : {layout::replaced_count, layout::made_count}) {
    for (const std::uint64_t count :
         {std::uint64_t{0}, std::uint64_t{4}, std::uint64_t{6}, UINT64_MAX, UINT64_MAX / 8}) {
      bytes forged = whole;
      field.store(forged.data(), count);
      quipu::detail::file_head::seal(forged.data(), compaction_manifest::head_size);
      CHECK(code_of([&] { static_cast<void>(read(forged)); }) == errc::corrupt);
    }
  }
}

TEST_CASE("the record of a log's end and the mark of a replica are of one store", "[journal][damage]") {
  const auto identity = some_identity();
  quipu::detail::recorded_end end;
  end.common.identity = identity;
  end.next_sequence = 12;
  const auto raw_end = end.encode();
  const bytes_view of_end{raw_end.data(), raw_end.size()};
  CHECK(quipu::detail::recorded_end::decode(of_end, identity, "file").next_sequence == 12);
  CHECK(code_of([&] { static_cast<void>(quipu::detail::recorded_end::decode(of_end, some_identity(), "file")); }) ==
        errc::corrupt);

  using quipu::detail::replica_mark;
  using quipu::detail::replica_state;
  const auto mark_of = [&](replica_state state) {
    replica_mark mark;
    mark.common.identity = identity;
    mark.state = state;
    const auto raw = mark.encode();
    return bytes_view{raw.data(), raw.size()}.copy();
  };
  for (const auto state : {replica_state::replica, replica_state::left})
    CHECK(replica_mark::decode(mark_of(state), identity, "file").state == state);
  CHECK(code_of([&] { static_cast<void>(replica_mark::decode(mark_of(replica_state{99}), identity, "file")); }) ==
        errc::corrupt);
  CHECK(code_of([&] {
          static_cast<void>(replica_mark::decode(mark_of(replica_state::left), some_identity(), "file"));
        }) == errc::corrupt);
}

TEST_CASE("a segment's name is a number of 64 bits in 20 digits", "[journal][format]") {
  const auto number_in = [](const std::string& digits) { return segment_number(digits + ".segment", ".segment"); };
  CHECK(number_in("00000000000000000000") == 0U);
  CHECK(number_in("00000000000000004711") == 4711U);
  CHECK(number_in("18446744073709551615") == UINT64_MAX);
  for (const char* const none :
       {"18446744073709551616", "18446744073709551620", "99999999999999999999", "0000000000000000000",
        "000000000000000000000", "0000000000000000000a", "-0000000000000000001", "0000000000000000000 "})
    CHECK_FALSE(number_in(none));
  CHECK_FALSE(segment_number("00000000000000000000.index", ".segment"));
}

TEST_CASE("a coordinate's definition has an entity and a scope", "[journal][format]") {
  bytes whole;
  coordinate_definition{"alice", "branch"}.put(whole);
  const auto found = coordinate_definition::read(whole);
  REQUIRE(found);
  CHECK(found->entity == "alice");
  CHECK(found->scope == "branch");
  for (std::size_t size = 0; size <= 7; ++size)
    CHECK_FALSE(coordinate_definition::read(bytes_view{whole}.subview(0, size)));
  bytes without_entity = whole;
  without_entity[0] = std::byte{0};
  CHECK_FALSE(coordinate_definition::read(without_entity));
  CHECK_FALSE(quipu::detail::seal_content::read(bytes_view{whole}));
  CHECK_FALSE(quipu::detail::compaction_note::read(bytes_view{whole}));
}
