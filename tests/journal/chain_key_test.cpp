// SPDX-License-Identifier: BSL-1.0
//
// chain_key_test.cpp: a chain that is made with a key: only who has it can add to the log or verify it, and a log that
// was altered with all that anybody else can know doesn't pass.
#include "../store/store_fixture.hpp"
#include "raw_log.hpp"

#include <catch2/catch.hpp>

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/event/frame.hpp>
#include <quipu/hash/blake3.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

using namespace store_tests;
using quipu::errc;
using quipu::region;

namespace {

quipu::config keyed(const std::filesystem::path& directory, const char* secret) {
  quipu::config settings = small_segments(directory);
  settings.chain_key = quipu::blake3(secret);
  return settings;
}

void fill(quipu::store& store) {
  for (int number = 0; number < 100; ++number)
    store.append({"account:" + std::to_string(number % 5), "x"}, deposited{number},
                 {.durability = quipu::durability::buffered});
}

}  // namespace

TEST_CASE("a store with a key works as one without, for whoever has the key", "[journal][chain_key]") {
  const scratch_folder folder;
  const quipu::config settings = keyed(folder / "data", "secret");
  quipu::digest head;
  {
    quipu::store store{settings};
    fill(store);
    store.verify();
    head = store.head();
  }
  quipu::store store{settings};
  CHECK(store.head() == head);
  store.append({"account:1", "x"}, deposited{1});
  store.verify();
  store.snapshot(folder / "copy");
  store.compact(quipu::compaction::retain([](const quipu::event_view& event) { return event.sequence() % 3 != 0; }));
  store.verify();
  quipu::read_only_store copy{keyed(folder / "copy", "secret")};
  copy.verify();
  CHECK(copy.identity() == store.identity());
}

TEST_CASE("without the key a store can be read, and neither written nor verified, and with another not even opened",
          "[journal][chain_key]") {
  const scratch_folder folder;
  const quipu::config settings = keyed(folder / "data", "secret");
  {
    quipu::store store{settings};
    fill(store);
  }
  const quipu::config keyless = small_segments(folder / "data");
  CHECK(code_of([&] { quipu::store store{keyless}; }) == errc::configuration);
  CHECK(code_of([&] { quipu::store store{keyed(folder / "data", "guess")}; }) == errc::configuration);
  CHECK(code_of([&] { quipu::read_only_store reader{keyed(folder / "data", "guess")}; }) == errc::configuration);
  quipu::read_only_store reader{keyless};
  CHECK(reader.count(region::all()) == 100);
  CHECK(code_of([&] { reader.verify(); }) == errc::configuration);
  quipu::store{settings}.verify();

  quipu::store{small_segments(folder / "plain")}.append({"a", "b"}, deposited{1});
  CHECK(code_of([&] { quipu::store store{keyed(folder / "plain", "secret")}; }) == errc::configuration);
  quipu::config unchained = keyed(folder / "unchained", "secret");
  unchained.chain = false;
  CHECK(code_of([&] { quipu::store store{unchained}; }) == errc::configuration);
}

TEST_CASE("the same events have other hashes under another key, and in another store under the same",
          "[journal][chain_key]") {
  const scratch_folder folder;
  const auto hash_in = [&](const char* name, const char* secret) {
    quipu::config settings = keyed(folder / name, secret);
    settings.clock = [] { return std::int64_t{1'700'000'000'000'000}; };
    return quipu::store{settings}.append({"a", "b"}, deposited{1}).hash;
  };
  const quipu::digest first = hash_in("first", "secret");
  CHECK(first != hash_in("second", "secret"));
  CHECK(first != hash_in("third", "other"));
}

TEST_CASE("a chain that was made anew without the key is found out", "[journal][chain_key]") {
  const scratch_folder folder;
  const quipu::config settings = keyed(folder / "data", "secret");
  {
    quipu::store store{settings};
    store.append({"a", "b"}, deposited{500});
  }
  // All that somebody without the key can do: change the amount, the hash as of a store without a key, and the
  // checksum.
  const fs::path file = folder / "data/00000000000000000000.segment";
  std::ifstream in{file, std::ios::binary};
  const std::string content{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
  quipu::bytes segment = quipu::bytes_view{std::string_view{content}}.copy();
  std::uint32_t seed = raw_log::number_at(segment, quipu::detail::file_head::layout::checksum_seed);
  std::size_t at = 0;
  for (const auto& each : raw_log::frames_of(quipu::bytes_view{segment}))
    if (!each.internal()) at = each.at;
  REQUIRE(at != 0);
  segment[at + quipu::detail::frame_layout::hash.end()] ^= std::byte{1};  // of the payload
  const quipu::detail::frame_view frame{segment.data() + at, true};
  quipu::detail::set_frame_hash(segment.data() + at,
                                frame.computed_hash(quipu::digest{}, quipu::detail::digest_of("a", "b")));
  quipu::detail::set_frame_checksum(segment.data() + at, seed);
  std::ofstream{file, std::ios::binary}.write(reinterpret_cast<const char*>(segment.data()),
                                              static_cast<std::streamsize>(segment.size()));
  quipu::store store{settings};
  CHECK(store.project<account>("a")->cents != 500);  // what was written is there to be read
  const quipu::error thrown = error_of([&] { store.verify(); });
  CHECK(thrown.code() == errc::corrupt);
  CHECK(thrown.offset() == at);
}

TEST_CASE("the keys of a store are derived from secret and lineage as the format says", "[journal][chain_key]") {
  const quipu::digest secret = quipu::blake3("secret");
  quipu::detail::store_identity identity;
  identity.lineage = quipu::event_id::from_name("a store");
  std::string about = "quipu event chain";
  about.append(reinterpret_cast<const char*>(identity.lineage.raw().data()), 16);
  const quipu::digest own = quipu::blake3_keyed(secret, std::string_view{about});
  const quipu::digest proof = quipu::blake3_keyed(own, std::string_view{"quipu key check"});
  CHECK(identity.use_key(secret) == [&] {
    std::array<std::byte, 16> first{};
    std::copy_n(proof.bytes().begin(), first.size(), first.begin());
    return first;
  }());
  REQUIRE(identity.digest_key() != nullptr);
  CHECK(*identity.digest_key() == quipu::blake3_keyed(own, std::string_view{"quipu content digest"}));
}
