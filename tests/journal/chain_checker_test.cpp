// SPDX-License-Identifier: BSL-1.0
//
// chain_checker_test.cpp: verifying a log that is large enough for two threads names the first event whose hash is
// wrong, wherever it is and whatever else is damaged behind it.
#include "../store/store_fixture.hpp"
#include "raw_log.hpp"

#include <catch2/catch.hpp>

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/journal/maintain/frame_checker.hpp>
#endif

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace store_tests;
using quipu::errc;

namespace {

constexpr std::size_t events = 70'000;

/// A closed store in one segment, and its bytes and the frames of its events.
struct large_store {
  scratch_folder folder{};
  quipu::config settings{};
  fs::path file = folder / "data/00000000000000000000.segment";
  quipu::bytes sound{};
  std::vector<raw_log::frame> frames{};

  large_store() {
    settings.directory = folder / "data";
    settings.sync.mode = quipu::sync_mode::buffered;
    quipu::store store{settings};
    std::vector<quipu::coordinate> where;
    for (int number = 0; number < 50; ++number) where.emplace_back("account:" + std::to_string(number), "branch");
    for (std::size_t number = 0; number < events; ++number)
      store.append(where[number % where.size()], deposited{static_cast<std::int64_t>(number)});
    store.append(where[0], withdrawn{1, std::string(5000, 'x')});  // too large for a lane
    store.close();
    std::ifstream in{file, std::ios::binary};
    const std::string content{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
    sound = quipu::bytes_view{std::string_view{content}}.copy();
    for (const raw_log::frame& each : raw_log::frames_of(sound))
      if (!each.internal()) frames.push_back(each);
    REQUIRE(frames.size() == events + 1);
  }

  /// Changes the payloads of some events, and corrects their checksums.
  [[nodiscard]] quipu::bytes forged(const std::vector<std::size_t>& numbers) const {
    quipu::bytes content = sound;
    for (const std::size_t number : numbers) {
      content[frames[number].at + 90] ^= std::byte{1};
      raw_log::seal_frame(content, frames[number].at);
    }
    return content;
  }
  [[nodiscard]] quipu::error verified(const quipu::bytes& content) const {
    std::ofstream{file, std::ios::binary}.write(reinterpret_cast<const char*>(content.data()),
                                                static_cast<std::streamsize>(content.size()));
    quipu::store store{settings};
    return error_of([&] { store.verify(); });
  }
};

}  // namespace

TEST_CASE("verifying names the first event whose hash is wrong", "[journal][verify]") {
  const large_store large;
  for (const std::vector<std::size_t>& numbers : {std::vector<std::size_t>{0},
                                                  {1023},
                                                  {1024},
                                                  {40'000},
                                                  {68'700},
                                                  {69'000},
                                                  {69'600},
                                                  {events - 1},
                                                  {events},
                                                  {3000, 3001},
                                                  {2047, 50'000},
                                                  {65'000, 900, 30'000}}) {
    const quipu::error thrown = large.verified(large.forged(numbers));
    INFO("event " << numbers.front());
    CHECK(thrown.code() == errc::corrupt);
    CHECK(thrown.path() == large.file.string());
    CHECK(thrown.offset() == large.frames[*std::min_element(numbers.begin(), numbers.end())].at);
  }
}

TEST_CASE("a wrong hash is named before a damaged frame behind it", "[journal][verify]") {
  const large_store large;
  quipu::bytes content = large.forged({20'000});
  content[large.frames[20'010].at + 40] ^= std::byte{1};
  CHECK(large.verified(content).offset() == large.frames[20'000].at);
  content = large.forged({20'000});
  content[large.frames[19'990].at + 40] ^= std::byte{1};
  CHECK(large.verified(content).offset() == large.frames[19'990].at);
}

TEST_CASE("verifying says how far it came, and stops when it is told to", "[journal][verify]") {
  const large_store large;
  quipu::store store{large.settings};
  CHECK(store.verify().events == events + 1);
  CHECK(code_of([&] { store.verify([](const quipu::progress&) { return false; }); }) == errc::cancelled);
  std::uint64_t told = 0;
  store.verify([&](const quipu::progress& now) {
    CHECK(now.done >= told);
    CHECK(now.total == store.stats().events);
    told = now.done;
    return true;
  });
  CHECK(told == store.stats().events);
}

TEST_CASE("a damaged frame is found wherever the thread is that reads ahead", "[journal][verify]") {
  constexpr std::size_t count = 300;
  const std::size_t size = quipu::detail::frame_size(8, 0, true);
  const quipu::bytes payload(8);
  quipu::detail::store_identity identity;
  identity.chained = true;
  quipu::detail::frame_content content;
  content.payload = payload;
  quipu::bytes sound(count * size);
  for (std::size_t number = 0; number < count; ++number) {
    quipu::detail::write_frame(sound.data() + number * size, content, true);
    quipu::detail::set_frame_checksum(sound.data() + number * size, identity.checksum_seed);
  }
  const auto sound_frames = [&](quipu::detail::frame_checker& checking, const quipu::bytes& frames) {
    checking.begin(frames.data(), frames.data() + frames.size());
    std::size_t number = 0;
    while (number != count && checking.is_sound(frames.data() + number * size)) ++number;
    return number;
  };
  for (const std::uint64_t expected : {std::uint64_t{count}, UINT64_MAX})  // without and with a second thread
    for (const std::size_t damaged : {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}, count - 1}) {
      quipu::bytes frames = sound;
      frames[damaged * size + 60] ^= std::byte{1};
      quipu::detail::frame_checker checking{identity, expected};
      REQUIRE(sound_frames(checking, sound) == count);
      REQUIRE(sound_frames(checking, sound) == count);
      for (int round = 0; round < 20; ++round) REQUIRE(sound_frames(checking, frames) == damaged);
      REQUIRE(sound_frames(checking, sound) == count);
    }
}
