// SPDX-License-Identifier: BSL-1.0
//
// checkpoint_test.cpp: the bytes of a checkpoint as docs/format.md has them, the names of its files, and the words for
// a region: all that is persisted, pinned.
#include "../store/store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/delivery/detail/checkpoint.hpp>
#include <quipu/delivery/detail/region_text.hpp>
#include <quipu/delivery/detail/worker_record.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

using namespace store_tests;
using quipu::region;
using checkpoint = quipu::detail::checkpoint;

TEST_CASE("the bytes of a checkpoint are those of the format", "[delivery][golden]") {
  checkpoint made;
  made.identity = {.lineage = *quipu::event_id::parse("018bcfe5-6800-700a-8755-858b1b393130"),
                   .checksum_seed = 0x471B1FF5,
                   .chained = true};
  made.committed_at_us = 1'700'000'000'000'010;
  made.next_sequence = 4711;
  made.last = *quipu::event_id::parse("018bcfe5-6800-7014-8000-000ae5d4a313");
  made.commit = 1'700'000'000'000'010;
  made.name = "billing";
  made.region = "all";
  made.state = quipu::bytes_view{"state"}.copy();
  const std::string expected =
      "5155495055435552"  // QUIPUCUR
      "0100"
      "0100"
      "6301527b"
      "018bcfe56800700a8755858b1b393130"
      "f51f1b47"
      "60000000"
      "0a401e18240a0600"
      "6712000000000000"
      "018bcfe5680070148000000ae5d4a313"
      "0a401e18240a0600"
      "07000000"
      "03000000"
      "05000000"
      "37ebb9d1"
      "62696c6c696e67"
      "616c6c"
      "7374617465";
  const quipu::bytes raw = made.encode();
  CHECK(quipu::detail::to_hex(raw) == expected);
  const checkpoint read = checkpoint::decode(raw, "billing", "file");
  CHECK(read.identity.lineage == made.identity.lineage);
  CHECK(read.committed_at_us == made.committed_at_us);
  CHECK(read.next_sequence == 4711);
  CHECK(read.last == made.last);
  CHECK(read.commit == made.commit);
  CHECK(read.region == "all");
  CHECK(read.state == made.state);
}

TEST_CASE("a cursor's file has its name, escaped, and no other file is one", "[delivery][golden]") {
  using quipu::detail::checkpoint_file_name;
  using quipu::detail::cursor_name_of;
  CHECK(checkpoint_file_name("billing-2_a") == "billing-2_a.cursor");
  CHECK(checkpoint_file_name("A b/..") == "%41%20b%2f%2e%2e.cursor");
  CHECK(checkpoint_file_name(std::string(80, '\xFF')).size() <= 255 - 4);
  for (int value = 0; value < 256; ++value) {
    const std::string name = std::string{"x"} + static_cast<char>(value);
    CHECK(cursor_name_of(checkpoint_file_name(name)) == name);
  }
  for (const std::string_view other : {".cursor", "a", "a.cursor.tmp", "A.cursor", "a b.cursor", "%4.cursor",
                                       "%.cursor", "%61.cursor", "%zz.cursor", "quipu.store"})
    CHECK(cursor_name_of(other) == std::nullopt);
  CHECK(cursor_name_of(std::string(81, 'a') + ".cursor") == std::nullopt);
}

TEST_CASE("a region has the same words wherever it is asked for in the same way", "[delivery][golden]") {
  using quipu::detail::region_text;
  const quipu::event_kind first = quipu::event_kind::custom(0x1, 2);
  const quipu::event_kind second = quipu::event_kind::custom(0xF, 0xFFF);
  CHECK(region_text(region::all()) == "all");
  CHECK(region_text(region::entity_prefix("")) == "all");
  CHECK(region_text(region::entity("account:1")) == "entity=account:1");
  CHECK(region_text(region::entity_prefix("a b%\xFF")) == "entity_prefix=a%20b%25%ff");
  CHECK(region_text(region::entity("a\x7F")) == "entity=a%7f");
  CHECK(region_text(region::scope("s").with_category(15)) == "scope=s category=15");
  CHECK(region_text(region::all().with_kinds({second, first, second})) == "kinds=0x1002,0xFFFF");
  CHECK(region_text(region::all().with_entity_sequence_range(3, 9)) ==
        "sequence=3..9");  // as it was before there were two ranges
  CHECK(region_text(region::all().with_sequence_range(3, 9)) == "store_sequence=3..9");
  CHECK(region_text(region::scope("s").with_sequence_range(0, 9).with_entity_sequence_range(1, 2)) ==
        "scope=s sequence=1..2 store_sequence=0..9");
  CHECK(region_text(region::scope("s").with_scope("t")) == "nothing");
  CHECK(region_text(region::tag("b c").with_tag("a")) == "tag=a tag=b%20c");
  CHECK(region_text(region::any_of({region::tag("a"), region::scope("s").with_kind(first), region::all()})) ==
        "tag=a | scope=s kinds=0x1002 | all");
  // Names can't pass for the words around them.
  CHECK(region_text(region::entity("a scope=s")) != region_text(region::entity("a").with_scope("s")));
  CHECK(region_text(region::tag("a | tag=b")) != region_text(region::any_of({region::tag("a"), region::tag("b")})));
}

TEST_CASE("a checkpoint whose sizes don't add up is damaged, though its checksums are right", "[delivery][damage]") {
  checkpoint made;
  made.name = "c";
  made.region = "all";
  made.state = quipu::bytes_view{"state"}.copy();
  const quipu::bytes whole = made.encode();
  using layout = checkpoint::layout;
  for (const auto field : {layout::name_size, layout::region_size, layout::state_size}) {
    for (const std::uint32_t size : {0U, 2U, 4U, 6U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
      quipu::bytes forged = whole;
      field.store(forged.data(), size);
      quipu::detail::file_head::seal(forged.data(), checkpoint::head_size);
      CHECK(code_of([&] { static_cast<void>(checkpoint::decode(forged, "c", "file")); }) == quipu::errc::corrupt);
    }
  }
}

TEST_CASE("a worker's record of another version is none", "[delivery][damage]") {
  using record = quipu::detail::worker_record;
  record made;
  made.add_skipped({});
  quipu::bytes whole = made.encode();
  CHECK(record::decode(whole));
  for (const std::uint32_t version : {record::version - 1, record::version + 1}) {
    record::layout::version.store(whole.data(), version);
    CHECK_FALSE(record::decode(whole));
  }
}

TEST_CASE("a worker's record of which any part is missing, or more is told than there is, is none",
          "[delivery][damage]") {
  using record = quipu::detail::worker_record;
  record made;
  made.parked.push_back({quipu::event_id::generate(), 1, 2, 3, "first"});
  made.parked.push_back({quipu::event_id::generate(), 2, 2, 3, ""});
  made.add_skipped({quipu::event_id::generate(), 3, 2, 3, "skipped"});
  const quipu::bytes whole = made.encode();
  const auto read = record::decode(whole);
  REQUIRE(read);
  CHECK(read->parked.size() == 2);
  CHECK(read->parked[0].error == "first");
  CHECK(read->skipped[0].error == "skipped");
  for (std::size_t size = 1; size < whole.size(); ++size)
    CHECK_FALSE(record::decode(quipu::bytes_view{whole}.subview(0, size)));
  quipu::bytes more = whole;
  more.push_back(std::byte{0});
  CHECK_FALSE(record::decode(more));

  const auto with = [&](const auto& field, std::size_t at, std::uint32_t value) {
    quipu::bytes forged = whole;
    field.store(forged.data() + at, value);
    return record::decode(forged).has_value();
  };
  CHECK(with(record::layout::parked_size, 0, 2));
  for (const std::uint32_t size : {1U, 3U, 65'537U, 0xFFFF'FFFFU})
    CHECK_FALSE(with(record::layout::parked_size, 0, size));
  for (const std::uint32_t size : {0U, 2U, 65U, 0xFFFF'FFFFU}) CHECK_FALSE(with(record::layout::skipped_size, 0, size));
  CHECK_FALSE(with(record::layout::magic, 0, record::magic + 1));
  for (const std::uint32_t size : {1025U, 0xFFFF'FFFFU})
    CHECK_FALSE(with(record::event_layout::text_size, record::layout::head_size, size));
}
