// SPDX-License-Identifier: BSL-1.0
//
// forged_segment_test.cpp: each byte of a segment is changed, and all checksums are made to fit again. What then opens
// and is verified has the events that were written; all else is refused, and nothing crashes.
#include "../store/store_fixture.hpp"
#include "raw_log.hpp"
#include "repair.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

using namespace store_tests;
using quipu::errc;
using quipu::region;

namespace {

quipu::bytes content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  const std::string content{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
  return quipu::bytes_view{std::string_view{content}}.copy();
}
void put_content(const fs::path& file, const quipu::bytes& content) {
  std::ofstream out{file, std::ios::binary | std::ios::trunc};
  out.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
}

/// A closed log of which events were dropped and erased, without index files.
struct small_log {
  scratch_folder folder{};
  quipu::config settings = small_segments(folder / "data");
  std::vector<fs::path> segments{};

  explicit small_log(bool chained) {
    settings.chain = chained;
    quipu::store store{settings};
    for (int number = 0; number < 9; ++number) {
      const auto key = quipu::event_id::from_name(std::to_string(number));
      store.append({"account:" + std::to_string(number % 3), "branch"}, deposited{number},
                   {.idempotency_key = number % 2 == 0 ? std::optional{key} : std::nullopt, .tags = {"vip"}});
    }
    store.append({"account:1", "other"}, withdrawn{4, "rent"}, {.metadata = {{"user", "eve"}}});
    static_cast<void>(store.compact(
        quipu::compaction::retain([](const quipu::event_view& event) { return event.sequence() % 4 != 1; })));
    static_cast<void>(store.compact(
        quipu::compaction::tombstone([](const quipu::event_view& event) { return event.sequence() != 3; })));
    store.append({"account:2", "branch"}, renamed{"Eve"});
    store.close();
    for (const auto& each : fs::directory_iterator{folder / "data"}) {
      if (each.path().extension() == ".segment") segments.push_back(each.path());
      if (each.path().extension() == ".index") fs::remove(each.path());
    }
    std::sort(segments.begin(), segments.end());
  }
};

/// Without the ids of erased events: the bytes that their hashes were made of are gone.
std::vector<std::string> events_of(quipu::read_only_store& store) {
  std::vector<std::string> all;
  for (const quipu::event_view& each : store.query(region::all()))
    all.push_back(std::to_string(each.sequence()) + " " +
                  (each.kind() == quipu::event_kind::tombstone ? "erased" : each.id().str()) + " " +
                  std::string{each.entity()} + " " + std::string{each.scope()} + " " + each.kind().str() + " " +
                  quipu::detail::to_hex(each.payload()));
  return all;
}

/// Reads all that a log has, in every way. Throws what the store throws.
std::vector<std::string> read_all(const quipu::config& settings, bool verifies) {
  quipu::read_only_store store{settings};
  std::vector<std::string> found = events_of(store);
  if (verifies) static_cast<void>(store.verify());
  for (const char* const entity : {"account:0", "account:1", "account:2"}) {
    static_cast<void>(store.project<account>(entity));
    static_cast<void>(store.count(region::entity(entity)));
  }
  for (int number = 0; number < 9; ++number)
    static_cast<void>(store.find_by_key(quipu::event_id::from_name(std::to_string(number))));
  static_cast<void>(store.count(region::tag("vip")));
  return found;
}

/// What reading gives, or nothing where the log is refused as it may be.
std::optional<std::vector<std::string>> read_or_refused(const quipu::config& settings, bool verifies) {
  try {
    return read_all(settings, verifies);
  } catch (const quipu::error& refused) {
    INFO(refused.what());
    const errc code = refused.code();
    CHECK((code == errc::corrupt || code == errc::unsupported_format || code == errc::configuration ||
           code == errc::schema_drift || code == errc::decode_failed));
    return std::nullopt;
  }
}

}  // namespace

TEST_CASE("a log whose bytes were changed, with right checksums, is refused or has the events that were written",
          "[journal][damage]") {
  for (const bool chained : {true, false}) {
    const small_log log{chained};
    const std::vector<std::string> expected = read_all(log.settings, true);
    REQUIRE(expected.size() == 8);
    quipu::config salvaging = log.settings;
    salvaging.open = quipu::open_policy::salvage;
    std::size_t refusals = 0;
    for (const fs::path& segment : log.segments) {
      const quipu::bytes whole = content_of(segment);
      const std::size_t end = raw_log::end_of_frames(raw_log::frames_of(whole));
      for (std::size_t at = 0; at < end; at += chained ? 1 : 5) {
        CAPTURE(chained, segment.filename(), at);
        constexpr unsigned changes[] = {0x01, 0x80, 0xFF};
        quipu::bytes forged = whole;
        forged[at] ^= static_cast<std::byte>(changes[at % 3]);
        raw_log::repair_segment(forged);
        put_content(segment, forged);
        const auto found = read_or_refused(log.settings, true);
        if (!found) ++refusals;
        if (found && chained) CHECK(*found == expected);
        if (at % 5 == 0) static_cast<void>(read_or_refused(salvaging, false));
      }
      put_content(segment, whole);
    }
    CHECK(refusals > 100);
    CHECK(read_all(log.settings, true) == expected);
  }
}

TEST_CASE("a coordinate whose number was forged costs a salvage no memory", "[journal][damage][forged_coordinate]") {
  const small_log log{true};
  quipu::config salvaging = log.settings;
  salvaging.open = quipu::open_policy::salvage;
  const fs::path segment = log.segments.front();
  const quipu::bytes whole = content_of(segment);
  const auto peak_kib = [] {
    std::ifstream status{"/proc/self/status"};
    for (std::string word; status >> word;)
      if (word == "VmHWM:") return status >> word, std::stoll(word);
    return 0LL;
  };
  for (const std::uint32_t number : {std::uint32_t{1} << 24, (std::uint32_t{1} << 24) - 1, UINT32_MAX}) {
    quipu::bytes forged = whole;
    bool has_definition = false;
    for (const raw_log::frame& each : raw_log::frames_of(whole)) {
      if (!each.internal() || each.kind != quipu::event_kind::data.raw()) continue;
      raw_log::put_field(forged, raw_log::frame_layout::coordinate, number, each.at);
      has_definition = true;
    }
    REQUIRE(has_definition);
    raw_log::repair_segment(forged);
    put_content(segment, forged);
    std::ofstream{"/proc/self/clear_refs"} << "5";  // the peak begins anew
    const auto before = peak_kib();
    CHECK(read_or_refused(salvaging, false));
    CHECK(peak_kib() - before < 64 * 1024);
  }
}
